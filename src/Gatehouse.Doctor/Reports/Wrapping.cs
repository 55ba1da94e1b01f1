using System.Text;

namespace Gatehouse.Doctor.Reports;

/// <summary>Text broken into lines of a width, at blanks; words that are longer stay whole, so that addresses and commands can be copied.</summary>
internal static class Wrapping
{
    /// <summary>The lines; the first begins with <paramref name="first"/>, the others with as many blanks as <paramref name="indent"/> says.</summary>
    public static string Of(string text, int width, string first = "", int indent = 0)
    {
        var all = new StringBuilder(first);
        var column = first.Length;
        var begun = false;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (begun && column + 1 + word.Length > width)
            {
                all.Append('\n').Append(' ', indent);
                column = indent;
                begun = false;
            }

            if (begun)
            {
                all.Append(' ');
                column++;
            }

            all.Append(word);
            column += word.Length;
            begun = true;
        }

        return all.ToString();
    }
}
