using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Experiments;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Reports;

/// <summary>Header fields as they may be shown: enough to recognise one's own secret, not enough to use it.</summary>
public static class MaskedField
{
    /// <summary>The value, masked where its field carries secrets: the scheme stays, and the names of cookies.</summary>
    public static string Value(Field field)
    {
        if (!CredentialFields.IsSecret(field.Name)) return field.Name.Equals("Location", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(field.Value, UriKind.Absolute, out var url) ? MaskedUrl.Of(url) : field.Value;
        if (CredentialFields.IsCookie(field.Name)) return string.Join("; ", field.Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Pair));
        if (field.Name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) return field.Value.IndexOf(';') is >= 0 and var end ? Pair(field.Value[..end]) + field.Value[end..] : Pair(field.Value);
        var blank = field.Value.IndexOf(' ');
        var hasScheme = field.Name.EndsWith("Authorization", StringComparison.OrdinalIgnoreCase) && blank > 0 && field.Value.AsSpan(0, blank).IndexOfAny("=:,\"") < 0;
        return hasScheme ? $"{field.Value[..blank]} {Secret(field.Value[(blank + 1)..])}" : Secret(field.Value);
    }

    /// <summary>Masks once: what is masked already stays.</summary>
    internal static string Secret(string value) => value.EndsWith(" characters)", StringComparison.Ordinal) && value.Contains("… (", StringComparison.Ordinal) ? value : Masked.Secret(value);

    private static string Pair(string pair) => pair.IndexOf('=') is >= 0 and var equals ? $"{pair[..equals]}={Secret(pair[(equals + 1)..])}" : Secret(pair);
}
