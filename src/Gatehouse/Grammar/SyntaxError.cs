namespace Gatehouse.Grammar;

/// <summary>Where a text stops following its grammar, as a value: parsers of untrusted text never throw.</summary>
/// <param name="Start">Offset in characters at which the failing token starts.</param>
/// <param name="Offset">Offset in characters of the first character that does not fit; the text's length where it ends too early.</param>
/// <param name="Expected">What the grammar allows there, in the words of its specification.</param>
public readonly record struct SyntaxError(int Start, int Offset, string Expected)
{
    /// <summary>For instance: <c>at offset 4: expected a dot</c>.</summary>
    public override string ToString() => $"at offset {Offset}: expected {Expected ?? "nothing"}";
}
