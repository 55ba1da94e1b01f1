using Gatehouse.Apache;

namespace Gatehouse.Doctor.Apache;

/// <summary>Directives as reports show them: one line, what is secret in them masked.</summary>
internal static class Shown
{
    private static readonly string[] SecretWords = ["password", "passphrase", "secret", "cryptopass", "bindpass"];

    /// <summary>The directive's line.</summary>
    public static string Text(Directive directive)
    {
        if (Array.Exists(SecretWords, word => directive.Name.Contains(word, StringComparison.OrdinalIgnoreCase))) return directive.Name + " …";
        if (directive.Name.EndsWith("Header", StringComparison.OrdinalIgnoreCase) && directive.Raw.Contains("Authorization", StringComparison.OrdinalIgnoreCase)) return $"{directive.Name} {string.Join(' ', directive.Arguments.Take(2))} …";
        return directive.Text.Length > 400 ? directive.Text[..400] + "…" : directive.Text;
    }
}
