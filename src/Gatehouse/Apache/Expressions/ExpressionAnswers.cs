namespace Gatehouse.Apache.Expressions;

/// <summary>What a condition comes to.</summary>
/// <param name="Is">Whether it holds.</param>
/// <param name="Because">Why it can't be told, or why evaluating failed; null otherwise.</param>
/// <param name="Failed">Whether httpd itself gives up on evaluating it (a file that can't be opened): its callers take that for no, whatever stands around it.</param>
public readonly record struct Answer(Known Is, string? Because = null, bool Failed = false)
{
    /// <summary>It does not hold.</summary>
    public static Answer No { get; } = new(Known.No);

    /// <summary>It holds.</summary>
    public static Answer Yes { get; } = new(Known.Yes);

    /// <summary>Yes or no.</summary>
    public static Answer Of(bool holds) => holds ? Yes : No;

    /// <summary>It can't be told.</summary>
    public static Answer Unknown(string because) => new(Known.Unknown, because);

    /// <summary>The opposite; unknown stays unknown.</summary>
    public Answer Opposite => Is switch { Known.Yes => No, Known.No => Yes, Known.Unknown => this };
}

/// <summary>A text that is known, or the reason why it is not.</summary>
/// <param name="Value">Null: not known.</param>
/// <param name="Because">Why it is not known.</param>
public readonly record struct Text(string? Value, string? Because = null)
{
    /// <summary>The empty text.</summary>
    public static Text Empty { get; } = new("");

    /// <summary>It can't be told.</summary>
    public static Text Unknown(string because) => new(null, because);

    /// <summary>A known text.</summary>
    public static implicit operator Text(string value) => new(value);

    /// <summary>The same as a method.</summary>
    public static Text ToText(string value) => new(value);

    /// <summary>Both in a row.</summary>
    public static Text operator +(Text left, Text right) => left.Value is null ? left : right.Value is null ? right : new(left.Value + right.Value);

    /// <summary>The same as a method.</summary>
    public static Text Add(Text left, Text right) => left + right;

    /// <summary>The text that a function makes of it; unknown stays unknown.</summary>
    public Text Then(Func<string, Text> make) => Value is null ? this : make(Value);

    /// <summary>The answer of a test of it; unknown stays unknown.</summary>
    public Answer Is(Func<string, bool> test) => Value is null ? Answer.Unknown(Because ?? "its text is not known") : Answer.Of(test(Value));
}
