using System.Globalization;
using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>The rewrite module: set, if, return, rewrite, break, in the order in which they stand.</summary>
internal static class Rewriting
{
    private const int Go = 1;

    /// <summary>Runs the directives of a server or location.</summary>
    public static int Run(Flow flow)
    {
        var rc = Run(flow, flow.Scope.Steps);
        return rc == Go ? Rc.Declined : rc;
    }

    /// <summary>Go: it goes on behind; anything else ends it.</summary>
    private static int Run(Flow flow, IReadOnlyList<RewriteStep> steps)
    {
        foreach (var step in steps)
        {
            var rc = step switch
            {
                RewriteStep.Set set => Set(flow, set),
                RewriteStep.Break stop => Break(flow, stop.Node),
                RewriteStep.Return answer => Return(flow, answer),
                RewriteStep.Rewrite rewrite => Rewrite(flow, rewrite),
                RewriteStep.If test => If(flow, test),
                RewriteStep.Unknown unknown => flow.Not($"{unknown.Node.Name} is not evaluated", unknown.Node),
                _ => Go,
            };
            if (rc != Go) return rc;
        }

        return Go;
    }

    private static int Set(Flow flow, RewriteStep.Set set)
    {
        Variables.Set(flow, set.Name, Script.Run(flow, set.Value));
        flow.Ground.SetBy[set.Name] = set.Node;
        flow.Ground.SetUnder[set.Name] = set.Value.Contains("$" + set.Name, StringComparison.Ordinal) || set.Value.Contains("${" + set.Name, StringComparison.Ordinal)
            ? [.. flow.Ground.SetUnder.GetValueOrDefault(set.Name) ?? [], .. flow.Entered]
            : [.. flow.Entered];
        if (flow.Entered.Count > 0) flow.Ground.Note(set.Node, "sets it");
        return Go;
    }

    private static int Break(Flow flow, ConfNode node)
    {
        flow.UriChanged = false;
        flow.Ground.Note(node, "ends the rewriting");
        return Rc.Declined;
    }

    private static int Return(Flow flow, RewriteStep.Return answer)
    {
        var decision = new Decision
        {
            By = DecidedBy.Returned,
            Status = answer.Status,
            Node = answer.Node,
            Says = $"answers {answer.Status.ToString(CultureInfo.InvariantCulture)}",
            Scope = flow.Scope,
            Conditions = [.. flow.Entered],
        };
        flow.Decide(decision);
        if (answer.Status >= 400 && string.IsNullOrEmpty(answer.Text)) return answer.Status;
        if (answer.Status is 301 or 302 or 303 or 307 or 308) return answer.Status;
        flow.Sent = answer.Status;
        return Rc.Ok;
    }

    private static int Rewrite(Flow flow, RewriteStep.Rewrite rewrite)
    {
        if (rewrite.Pattern is null) return flow.Not($"the pattern `{rewrite.Node[0]}` can't be evaluated: {rewrite.Problem}", rewrite.Node);
        switch (Variables.Exec(flow, rewrite.Pattern, flow.Uri))
        {
            case null:
                return flow.Not("the pattern takes too long to match", rewrite.Node);
            case false:
                flow.Ground.Note(rewrite.Node, "no match");
                return Go;
        }

        if (rewrite.RedirectStatus != 0)
        {
            flow.Decide(new() { By = DecidedBy.Returned, Status = rewrite.RedirectStatus, Node = rewrite.Node, Says = $"redirects ({rewrite.RedirectStatus.ToString(CultureInfo.InvariantCulture)})", Scope = flow.Scope, Conditions = [.. flow.Entered] });
            return rewrite.RedirectStatus;
        }

        flow.Internal = true;
        if (rewrite.Stays)
        {
            flow.ValidLocation = false;
            flow.UriChanged = false;
        }
        else
        {
            flow.UriChanged = true;
        }

        var mark = rewrite.Replacement.IndexOf('?', StringComparison.Ordinal);
        var path = Script.Run(flow, mark < 0 ? rewrite.Replacement : rewrite.Replacement[..mark]);
        if (!path.IsKnown) return flow.Not(path.Unknown!, rewrite.Node);
        if (mark >= 0)
        {
            var captures = flow.Captures;
            if (flow.Quoted) flow.Captures = [.. captures.Select(Escaped)];
            var arguments = Script.Run(flow, rewrite.Replacement[(mark + 1)..]);
            flow.Captures = captures;
            if (!arguments.IsKnown) return flow.Not(arguments.Unknown!, rewrite.Node);
            flow.Arguments = rewrite.AddArguments && flow.Arguments.Length > 0 ? arguments.Plain + "&" + flow.Arguments : arguments.Plain;
        }
        else if (!rewrite.AddArguments)
        {
            flow.Arguments = "";
        }

        if (path.Plain.Length == 0) return flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Node = rewrite.Node, Says = "rewrites to nothing", Scope = flow.Scope });
        flow.Uri = path.Plain;
        flow.Ground.Note(rewrite.Node, $"rewrites to {StaticContent.Shown8(flow.Uri)}");
        return rewrite.Last ? Rc.Declined : Go;
    }

    /// <summary>A group in the arguments of a rewritten URI, escaped (NGX_ESCAPE_ARGS).</summary>
    private static string? Escaped(string? text)
    {
        if (text is null) return null;
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is <= ' ' or '"' or '#' or '%' or '&' or '+' or '<' or '=' or '>' or '?' or '\\' or '^' or '`' or '{' or '|' or '}' or ';' or >= '\x7F') result.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
            else result.Append(c);
        }

        return result.ToString();
    }

    private static int If(Flow flow, RewriteStep.If test)
    {
        var held = Holds(flow, test, out var unknown);
        if (held is null)
        {
            // What only sets variables makes those unknown, and nothing else.
            if (test.Steps.Count > 0 && test.Steps.All(step => step is RewriteStep.Set) && test.Scope.Nodes.All(node => node.Name is "set" or "access_log" or "add_header" or "expires" or "log_not_found"))
            {
                foreach (var set in test.Steps.OfType<RewriteStep.Set>()) Variables.Set(flow, set.Name, Text.Not(unknown!));
                return Go;
            }

            return flow.Not(unknown!, test.Node);
        }

        flow.Ground.Note(test.Node, held.Value ? "is true" : "is not true");
        if (!held.Value) return Go;
        if (test.Scope.Parent!.Kind != ScopeKind.Server)
        {
            flow.Scope = test.Scope;
            Evaluator.TakeHandler(flow);
        }

        flow.Entered.Add(test);
        var rc = Run(flow, test.Steps);
        if (rc == Go) flow.Entered.Remove(test);
        return rc;
    }

    /// <summary>Whether a condition holds; null: it can't be told.</summary>
    private static bool? Holds(Flow flow, RewriteStep.If test, out string? unknown)
    {
        var condition = test.Condition;
        unknown = null;
        if (condition.Test == IfTest.Invalid)
        {
            unknown = "the condition does not parse";
            return null;
        }

        var left = Script.Run(flow, condition.Left);
        if (!left.IsKnown)
        {
            unknown = left.Unknown;
            return null;
        }

        switch (condition.Test)
        {
            case IfTest.Truth:
                return left.Plain.Length > 0 && left.Plain != "0";
            case IfTest.Equal:
                var right = Script.Run(flow, condition.Right);
                unknown = right.Unknown;
                return right.IsKnown ? left.Plain.Equals(right.Plain, StringComparison.Ordinal) != condition.Negated : null;
            case IfTest.Pattern:
                if (condition.Pattern is null)
                {
                    unknown = $"the pattern `{condition.Right}` can't be evaluated: {condition.Problem}";
                    return null;
                }

                if (Variables.Exec(flow, condition.Pattern, left.Plain) is { } matched) return matched != condition.Negated;
                unknown = "the pattern takes too long to match";
                return null;
            default:
                return FileTest(flow, condition, Paths.FromPrefix(flow.Ground, left.Plain), out unknown);
        }
    }

    private static bool? FileTest(Flow flow, IfCondition condition, string path, out string? unknown)
    {
        var look = Paths.Test(flow, path, out var why);
        unknown = why?.Unknown;
        if (unknown is not null) return null;
        if (look.Answer == FileAnswer.Unknown)
        {
            unknown = $"what stands at {StaticContent.Shown8(path)}";
            return null;
        }

        var is_ = look.Answer == FileAnswer.Found && condition.Test switch
        {
            IfTest.File => look.Kind == FileKind.File,
            IfTest.Directory => look.Kind == FileKind.Directory,
            IfTest.Exists => look.Kind is FileKind.File or FileKind.Directory or FileKind.Link,
            IfTest.Executable => look.OwnerMayRun,
            IfTest.Truth or IfTest.Equal or IfTest.Pattern or IfTest.Invalid => false,
        };
        return is_ != condition.Negated;
    }
}
