using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Reports;

/// <summary>The one place where foreign text is made harmless before it leaves for a terminal: what a server sent, names of files, lines of logs.</summary>
public static class SafeText
{
    /// <summary>One line: control characters (C0, DEL, C1), line and paragraph separators, marks of direction, invisible characters and lone surrogates are written as <c>\x1b</c> or <c>\u202e</c>; everything else stays.</summary>
    public static string Of(string text)
    {
        var harmless = true;
        foreach (var letter in text)
        {
            if (letter is < ' ' or > '~')
            {
                harmless = false;
                break;
            }
        }

        if (harmless) return text;
        var safe = new StringBuilder(text.Length + 16);
        foreach (var rune in Runes(text))
        {
            switch (rune.Value)
            {
                case '\t':
                    safe.Append(' ');
                    break;
                case < 0x100 when rune.Letter is { } octet && IsHidden(octet):
                    safe.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture));
                    break;
                default:
                    if (rune.Letter is { } letter && !IsHidden(letter)) safe.Append(letter.ToString());
                    else if (rune.Value < 0x10000) safe.Append("\\u").Append(rune.Value.ToString("x4", CultureInfo.InvariantCulture));
                    else safe.Append("\\u{").Append(rune.Value.ToString("x", CultureInfo.InvariantCulture)).Append('}');
                    break;
            }
        }

        return safe.ToString();
    }

    /// <summary>What a terminal would obey, hide or turn around.</summary>
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x034F or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    // Lone surrogates have no rune: their number is kept, and no letter.
    private static IEnumerable<(int Value, Rune? Letter)> Runes(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (Rune.TryGetRuneAt(text, at, out var rune))
            {
                yield return (rune.Value, rune);
                at += rune.Utf16SequenceLength;
            }
            else
            {
                yield return (text[at++], null);
            }
        }
    }
}
