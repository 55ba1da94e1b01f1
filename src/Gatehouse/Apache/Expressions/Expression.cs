using Gatehouse.Grammar;

namespace Gatehouse.Apache.Expressions;

/// <summary>Where an expression stands.</summary>
[Flags]
public enum ExpressionOptions
{
    /// <summary>A condition in the server's configuration.</summary>
    None = 0,

    /// <summary>It gives a text instead of yes or no (<c>Header set X "expr=..."</c>, Redirect in a Location, SetEnv of others).</summary>
    GivesText = 1,

    /// <summary>It stands in a .htaccess file, where 2.4.68 and later let it ask nothing of the disk.</summary>
    Restricted = 2,
}

/// <summary>
/// An expression of httpd (ap_expr): &lt;If&gt;, <c>Require expr</c>, SetEnvIfExpr, <c>RewriteCond expr</c>, Redirect in a Location.
/// What can't be known from here makes the answer unknown and says why.
/// </summary>
public sealed class Expression
{
    private readonly Condition? condition;
    private readonly Word? word;

    private Expression(string text, Condition? condition, Word? word)
    {
        Text = text;
        this.condition = condition;
        this.word = word;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <returns>False, with the position, where httpd refuses it too.</returns>
    public static bool TryParse(string text, ExpressionOptions options, out Expression? value, out SyntaxError error)
    {
        var parser = new ExpressionParser(text, options);
        var givesText = options.HasFlag(ExpressionOptions.GivesText);
        var condition = givesText ? null : parser.ReadCondition();
        var word = givesText ? parser.ReadText() : null;
        error = parser.Problem;
        value = condition is null && word is null ? null : new(text, condition, word);
        return value is not null;
    }

    /// <summary>Whether the condition holds for a request.</summary>
    public Answer Evaluate(ApacheRequest request, Surroundings surroundings) => Evaluate(request, surroundings, out _);

    /// <summary>The same, with what the last pattern with groups captured (RewriteCond takes it for %0 to %9); empty: nothing, or it can't be told.</summary>
    public Answer Evaluate(ApacheRequest request, Surroundings surroundings, out IReadOnlyList<string?> captured)
    {
        if (condition is null) throw new InvalidOperationException("the expression gives a text");
        var evaluation = new Evaluation(request, surroundings);
        var answer = evaluation.Check(condition);
        captured = evaluation.Captured;
        return evaluation.Failure is { } failure ? new(Known.No, failure, Failed: true) : answer;
    }

    /// <summary>The text that it gives for a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="surroundings">The disk and who looks up other paths.</param>
    /// <param name="captured">What <c>$0</c> to <c>$9</c> stand for; null: nothing.</param>
    public Text Expand(ApacheRequest request, Surroundings surroundings, IReadOnlyList<string?>? captured = null)
    {
        if (word is null) throw new InvalidOperationException("the expression is a condition");
        var evaluation = new Evaluation(request, surroundings) { Captured = captured ?? [] };
        var text = evaluation.Read(word);
        return evaluation.Failure is { } failure ? Expressions.Text.Unknown(failure) : text;
    }

    /// <summary>As written.</summary>
    public override string ToString() => Text;
}
