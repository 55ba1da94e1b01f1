using System.Text;

namespace Gatehouse.Apache.Variables;

/// <summary>mod_setenvif looks for patterns without special characters as plain text; such a match has no groups, so <c>$0</c> stays as it is.</summary>
internal static class PlainText
{
    /// <summary>The text that a pattern stands for (non_regex_pattern); null: it is a pattern.</summary>
    public static string? Of(string pattern)
    {
        var text = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            const string special = "^.$|()[]*+?{}";
            var c = pattern[i];
            if (c == '\\')
            {
                if (i + 1 < pattern.Length && (special.Contains(pattern[i + 1], StringComparison.Ordinal) || pattern[i + 1] == '\\')) text.Append(pattern[++i]);
                else if (i + 1 < pattern.Length) return null;
                continue;
            }

            if (special.Contains(c, StringComparison.Ordinal)) return null;
            text.Append(c);
        }

        return text.ToString();
    }
}
