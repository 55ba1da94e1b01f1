namespace Gatehouse.Doctor.Reports;

/// <summary>A paragraph for a terminal.</summary>
public static class Paragraph
{
    /// <summary>Wrapped to a width, every line behind the same number of blanks.</summary>
    public static string Of(string text, int width, int indent = 0) => Wrapping.Of(SafeText.Of(text), width, new string(' ', indent), indent);
}
