using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Expressions;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Where mod_setenvif, mod_rewrite, mod_alias' Redirect and expressions are asked.</summary>
internal sealed partial class RequestRun
{
    private void SetEnvironment(IReadOnlyList<RuleLayer> layers)
    {
    }

    private HttpdAnswer? ServerRewriting(out bool toFile)
    {
        toFile = false;
        return null;
    }

    private HttpdAnswer? DirectoryRewriting() => null;

    private HttpdAnswer? ServerRedirect() => null;

    private HttpdAnswer? Fixups() => null;

    private (Known Holds, string? Because) Expression(string text)
    {
        if (!Expressions.Expression.TryParse(text, ExpressionOptions.None, out var expression, out _) || expression is null) return (Known.Unknown, "the expression does not parse");
        var answer = expression.Evaluate(request, new Surroundings(evaluator.Files));
        return (answer.Is, answer.Because);
    }
}
