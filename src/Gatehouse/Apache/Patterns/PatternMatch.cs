using System.Text;

namespace Gatehouse.Apache.Patterns;

/// <summary>What looking for a pattern came to.</summary>
/// <param name="Matched">Whether it was found.</param>
/// <param name="Groups">What the whole and each group matched; null: this one took no part. Empty where nothing was found.</param>
/// <param name="Because">Why it can't be told; null where it can.</param>
public readonly record struct PatternMatch(Known Matched, IReadOnlyList<string?> Groups, string? Because)
{
    /// <summary>It was not found.</summary>
    public static PatternMatch None { get; } = new(Known.No, [], null);

    /// <summary>It can't be told.</summary>
    public static PatternMatch Unknown(string because) => new(Known.Unknown, [], because);

    /// <summary>It was found.</summary>
    public static PatternMatch Found(IReadOnlyList<string?> groups) => new(Known.Yes, groups, null);

    /// <summary>
    /// Puts the groups into a text: <c>$0</c> to <c>$9</c> stand for them, a backslash takes the next character's meaning (ap_pregsub).
    /// Groups that took no part stand for nothing.
    /// </summary>
    public string Substitute(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '$' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))
            {
                var number = text[++i] - '0';
                if (number < Groups.Count) result.Append(Groups[number]);
                continue;
            }

            if (text[i] == '\\' && i + 1 < text.Length) i++;
            result.Append(text[i]);
        }

        return result.ToString();
    }
}
