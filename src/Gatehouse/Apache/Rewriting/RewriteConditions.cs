using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Rewriting;

// Whether the conditions of a rule hold.
internal sealed partial class RewriteRun
{
    // Conditions joined by [OR] make groups, and all groups must hold. A group that can't be told does not matter where another fails.
    private Answer Check(IReadOnlyList<RewriteCondition> conditions, RewriteExpansion expansion)
    {
        var unknown = default(Answer?);
        for (var i = 0; i < conditions.Count; i++)
        {
            var group = Answer.No;
            while (true)
            {
                var one = Check(conditions[i], expansion);
                if (one.Is == Known.Yes)
                {
                    group = one;
                    while (i < conditions.Count && conditions[i].OrNext) i++;
                    break;
                }

                if (one.Is == Known.Unknown) group = one;
                if (!conditions[i].OrNext) break;

                // A last condition with [OR] has nothing behind it, and httpd then goes on.
                if (++i == conditions.Count)
                {
                    group = Answer.Yes;
                    break;
                }
            }

            if (group.Is == Known.No) return group;
            if (group.Is == Known.Unknown) unknown ??= group;
        }

        return unknown ?? Answer.Yes;
    }

    private Answer Check(RewriteCondition condition, RewriteExpansion expansion)
    {
        var input = condition.Test == RewriteTest.Expression ? Text.Empty : expansion.Expand(condition.Input, null);
        var answer = input.Value is null ? Answer.Unknown(input.Because ?? "the text to test is not known") : Test(condition, input.Value);
        if (condition.Negated) answer = answer.Failed ? Answer.Yes : answer.Opposite;
        var says = answer.Is switch { Known.Yes => "holds", Known.No => "does not hold", Known.Unknown => $"can't be told from here: {answer.Because}" };
        trace.Add(new(condition.Line.At, condition.Line.Text, condition.Test == RewriteTest.Expression ? says : $"{says} (for `{input.Value}`)"));
        return answer;
    }

    private Answer Test(RewriteCondition condition, string input)
    {
        var files = surroundings.Files;

        // The server's own directory is the root.
        var path = input.StartsWith('/') || input.Length == 0 ? input : "/" + input;
        var facts = condition.Test is >= RewriteTest.IsFile and <= RewriteTest.IsExecutable && path.Length > 0
            ? condition.Test == RewriteTest.IsLink ? files.LinkStat(path) : files.Stat(path)
            : null;
        switch (condition.Test)
        {
            case RewriteTest.Pattern:
                var match = condition.Pattern!.Match(input);
                if (match.Matched == Known.Yes && !condition.Negated) ConditionGroups = match.Groups;
                return match.Matched switch { Known.Yes => Answer.Yes, Known.No => Answer.No, Known.Unknown => Answer.Unknown(match.Because ?? "the match can't be told") };
            case RewriteTest.Expression:
                // Expressions ask the request as it stands, with the name that the rules have made.
                var name = request.FileName;
                request.FileName = FileName;
                var answer = condition.Expression!.Evaluate(request, surroundings, out var captured);
                request.FileName = name;
                if (answer.Is == Known.Yes && !condition.Negated) ConditionGroups = captured;
                return answer;
            case RewriteTest.IsFile: return Answer.Of(facts is { Kind: EntryKind.File });
            case RewriteTest.IsNotEmpty: return Answer.Of(facts is { Kind: EntryKind.File, Size: > 0 });
            case RewriteTest.IsLink: return Answer.Of(facts is { Kind: EntryKind.Link });
            case RewriteTest.IsDirectory: return Answer.Of(facts is { Kind: EntryKind.Directory });
            case RewriteTest.IsExecutable: return Answer.Of(facts is { Searchable: true });
            case RewriteTest.LooksUpUrl: return LookUp(input, byFile: false);
            case RewriteTest.LooksUpFile: return LookUp(input, byFile: true);
            case RewriteTest.TextEqual:
                return Answer.Of(condition.IgnoreCase ? input.Equals(condition.Operand, StringComparison.OrdinalIgnoreCase) : input == condition.Operand);
            case RewriteTest.TextLess: return Answer.Of(Order() < 0);
            case RewriteTest.TextLessOrEqual: return Answer.Of(Order() <= 0);
            case RewriteTest.TextGreater: return Answer.Of(Order() > 0);
            case RewriteTest.TextGreaterOrEqual: return Answer.Of(Order() >= 0);
            case RewriteTest.NumberLess: return Answer.Of(Numbers.Read32(input) < Numbers.Read32(condition.Operand));
            case RewriteTest.NumberLessOrEqual: return Answer.Of(Numbers.Read32(input) <= Numbers.Read32(condition.Operand));
            case RewriteTest.NumberEqual: return Answer.Of(Numbers.Read32(input) == Numbers.Read32(condition.Operand));
            case RewriteTest.NumberGreater: return Answer.Of(Numbers.Read32(input) > Numbers.Read32(condition.Operand));
            case RewriteTest.NumberGreaterOrEqual: return Answer.Of(Numbers.Read32(input) >= Numbers.Read32(condition.Operand));
            default: throw new InvalidOperationException("a test of another kind");
        }

        // With case the longer text is the greater one, without it the alphabet decides.
        int Order()
        {
            var (left, right) = (Octets.Of(input), Octets.Of(condition.Operand));
            if (condition.IgnoreCase) return string.CompareOrdinal(Lower(left), Lower(right));
            return left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
        }

        static string Lower(string text) => string.Concat(text.Select(c => char.IsAsciiLetterUpper(c) ? (char)(c + 32) : c));
    }

    private Answer LookUp(string input, bool byFile)
    {
        if (input.Length == 0 || (request.MainPath is not null && request.MainPath == request.Path)) return Answer.No;
        var found = byFile ? surroundings.SubRequests?.ByFile(request, input) : surroundings.SubRequests?.ByUri(request, input);
        if (found?.Status is not { } status) return Answer.Unknown(found?.Because ?? "looking up another path can't be done from here");
        return Answer.Of(byFile ? status < 300 && surroundings.Files.Stat(found.Request?.FileName ?? input) is not null : status < 400);
    }
}
