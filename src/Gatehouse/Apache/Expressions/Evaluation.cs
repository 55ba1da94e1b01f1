using System.Net;
using Gatehouse.Apache.Patterns;
using Gatehouse.Grammar;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Expressions;

/// <summary>One evaluation of an expression; it keeps what patterns captured.</summary>
internal sealed class Evaluation(ApacheRequest request, Surroundings surroundings)
{
    /// <summary>Calls inside each other at which httpd gives up (AP_EXPR_MAX_RECURSION).</summary>
    private const int MaximumDepth = 20;

    private int depth;
    private string? capturesUnknown;

    /// <summary>Why httpd gives up; null: it does not.</summary>
    public string? Failure { get; private set; }

    /// <summary>What the last pattern with groups captured.</summary>
    public IReadOnlyList<string?> Captured { get; set; } = [];

    public ApacheRequest Request => request;

    public Surroundings Surroundings => surroundings;

    public Text Fail(string because)
    {
        Failure ??= because;
        return Text.Empty;
    }

    /// <summary>Whether a condition holds. A side that can't be told does not matter where the other decides alone.</summary>
    public Answer Check(Condition condition)
    {
        if (Failure is not null || !Enter()) return Answer.No;
        var result = condition switch
        {
            Condition.Constant constant => Answer.Of(constant.Value),
            Condition.Not not => Check(not),
            Condition.Or or => Check(or),
            Condition.And and => Check(and),
            Condition.Compare compare => Check(compare),
            Condition.In list => Check(list),
            Condition.InFunction function => Answer.Unknown($"`{function.Name}` asks the TLS connection"),
            Condition.Matches matches => Check(matches),
            Condition.Unary unary => Check(unary),
            Condition.Binary binary => Check(binary),
            _ => throw new InvalidOperationException("a condition of another kind"),
        };
        depth--;
        return result;
    }

    public Text Read(Word word)
    {
        if (Failure is not null || !Enter()) return Text.Empty;
        var result = word switch
        {
            Word.Literal literal => literal.Value,
            Word.Variable variable => ExpressionVariables.Read(variable.Name, request),
            Word.Backreference reference => ReadReference(reference.Number),
            Word.Call call => Read(call.Argument).Then(argument => ExpressionFunctions.Call(call.Function, argument, this)),
            Word.Concat concat => ReadAll(concat),
            _ => throw new InvalidOperationException("a word of another kind"),
        };
        depth--;
        return result;
    }

    private bool Enter()
    {
        if (depth++ < MaximumDepth) return true;
        Failure ??= "its parts stand too deep inside each other";
        return false;
    }

    // A row of parts counts as one level, whichever way it leans.
    private Text ReadAll(Word.Concat concat)
    {
        var parts = new Stack<Word>();
        parts.Push(concat);
        var result = Text.Empty;
        while (parts.TryPop(out var part))
        {
            if (part is Word.Concat inner)
            {
                parts.Push(inner.Right);
                parts.Push(inner.Left);
                continue;
            }

            result += Read(part);
        }

        return result;
    }

    private Text ReadReference(int number) =>
        capturesUnknown is { } because ? Text.Unknown(because) : number < Captured.Count ? Captured[number] ?? "" : "";

    private Answer Check(Condition.Not not)
    {
        Condition inner = not;
        var odd = false;
        while (inner is Condition.Not outer) (inner, odd) = (outer.Inner, !odd);
        depth--;
        var answer = Check(inner);
        depth++;
        return odd ? answer.Opposite : answer;
    }

    // httpd walks a row of alternatives in one loop, so that they count as one level.
    private Answer Check(Condition.Or or)
    {
        var unknown = default(Answer?);
        Condition rest = or;
        while (rest is Condition.Or row)
        {
            var left = Check(row.Left);
            if (left.Is == Known.Yes && unknown is null) return left;
            if (left.Is == Known.Yes) return Answer.Yes;
            if (left.Is == Known.Unknown) unknown ??= left;
            rest = row.Right;
        }

        depth--;
        var last = Check(rest);
        depth++;
        return last.Is == Known.Yes ? last : unknown ?? last;
    }

    private Answer Check(Condition.And and)
    {
        var unknown = default(Answer?);
        Condition rest = and;
        while (rest is Condition.And row)
        {
            var left = Check(row.Left);
            if (left.Is == Known.No) return left;
            if (left.Is == Known.Unknown) unknown ??= left;
            rest = row.Right;
        }

        depth--;
        var last = Check(rest);
        depth++;
        return last.Is == Known.No ? last : unknown ?? last;
    }

    private Answer Check(Condition.Compare compare)
    {
        var left = Read(compare.Left);
        var right = Read(compare.Right);
        if (left.Value is null || right.Value is null) return Answer.Unknown(left.Because ?? right.Because ?? "its text is not known");
        var byText = compare.By >= Comparison.TextEqual;
        var order = byText
            ? string.CompareOrdinal(Octets.Of(left.Value), Octets.Of(right.Value))
            : Numbers.Read(left.Value).CompareTo(Numbers.Read(right.Value));
        return Answer.Of(compare.By switch
        {
            Comparison.Equal or Comparison.TextEqual => order == 0,
            Comparison.NotEqual or Comparison.TextNotEqual => order != 0,
            Comparison.Less or Comparison.TextLess => order < 0,
            Comparison.LessOrEqual or Comparison.TextLessOrEqual => order <= 0,
            Comparison.Greater or Comparison.TextGreater => order > 0,
            Comparison.GreaterOrEqual or Comparison.TextGreaterOrEqual => order >= 0,
        });
    }

    private Answer Check(Condition.In list)
    {
        var needle = Read(list.Needle);
        var unknown = needle.Value is null ? needle.Because : null;
        foreach (var one in list.Words)
        {
            var word = Read(one);
            if (needle.Value is not null && word.Value == needle.Value) return Answer.Yes;
            if (word.Value is null) unknown ??= word.Because;
        }

        return unknown is null ? Answer.No : Answer.Unknown(unknown);
    }

    private Answer Check(Condition.Matches matches)
    {
        var subject = Read(matches.Subject);
        var match = subject.Value is null ? PatternMatch.Unknown(subject.Because ?? "its text is not known") : matches.Pattern.Match(subject.Value);

        // What was captured stays where the pattern has no groups.
        if (matches.Pattern.Groups > 0)
        {
            capturesUnknown = match.Because;
            Captured = match.Groups;
        }

        var answer = match.Matched switch
        {
            Known.Yes => Answer.Yes,
            Known.No => Answer.No,
            Known.Unknown => Answer.Unknown(match.Because ?? "the match can't be told"),
        };
        return matches.Negated ? answer.Opposite : answer;
    }

    private Answer Check(Condition.Unary unary)
    {
        var argument = Read(unary.Argument);
        if (unary.Test == 'R') return Answer.Of(unary.Network!.Contains(request.Client));
        if (argument.Value is not { } value) return Answer.Unknown(argument.Because ?? "its text is not known");
        var files = surroundings.Files;
        return unary.Test switch
        {
            'n' => Answer.Of(value.Length > 0),
            'z' => Answer.Of(value.Length == 0),
            'T' => Answer.Of(IsTrue(value)),
            'd' => Answer.Of(files.Stat(value) is { Kind: EntryKind.Directory }),
            'e' => Answer.Of(files.Stat(value) is not null),
            'f' => Answer.Of(files.Stat(value) is { Kind: EntryKind.File }),
            's' => Answer.Of(files.Stat(value) is { Kind: EntryKind.File, Size: > 0 }),
            'L' or 'h' => Answer.Of(files.LinkStat(value) is { Kind: EntryKind.Link }),
            'x' => Answer.Of(files.LinkStat(value) is { Searchable: true }),
            'F' => LookUp(surroundings.SubRequests?.ByFile(request, value), below: 300, value),
            'U' or 'A' when request.MainPath is not null && request.MainPath == request.Path => Answer.No,
            _ => LookUp(surroundings.SubRequests?.ByUri(request, value), below: 400, value: null),
        };
    }

    // -F asks, besides, whether the file is there: "served" is what a look-up says of nothing too.
    private Answer LookUp(SubRequestAnswer? answer, int below, string? value)
    {
        if (answer?.Status is not { } status) return Answer.Unknown(answer?.Because ?? "looking up another path can't be done from here");
        return Answer.Of(status < below && (value is null || surroundings.Files.Stat(answer.Request?.FileName ?? value) is not null));
    }

    private static bool IsTrue(string value) =>
        value is not ("" or "0")
        && !value.Equals("off", StringComparison.OrdinalIgnoreCase)
        && !value.Equals("no", StringComparison.OrdinalIgnoreCase)
        && !value.Equals("false", StringComparison.OrdinalIgnoreCase);

    private Answer Check(Condition.Binary binary)
    {
        var left = Read(binary.Left);
        var right = Read(binary.Right);
        if (left.Value is null || right.Value is null) return Answer.Unknown(left.Because ?? right.Because ?? "its text is not known");
        return binary.Test switch
        {
            "fnmatch" => Answer.Of(FileNamePattern.Matches(right.Value, left.Value, FileNameOptions.PathName)),
            "strmatch" => Answer.Of(FileNamePattern.Matches(right.Value, left.Value, FileNameOptions.None)),
            "strcmatch" => Answer.Of(FileNamePattern.Matches(right.Value, left.Value, FileNameOptions.IgnoreCase)),
            _ => IpMatch(left.Value, binary.Network!),
        };
    }

    private static Answer IpMatch(string text, Subnet network) =>
        Address.TryParse(text, out IPAddress? address, out _)
            ? Answer.Of(network.Contains(address!))
            : text.Length == 0 ? Answer.No : Answer.Unknown($"`{text}` is no address, and names are looked up only by the server");
}
