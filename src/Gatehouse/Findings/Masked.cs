namespace Gatehouse.Findings;

/// <summary>Secrets as they may be shown: enough to recognise one's own, not enough to use it.</summary>
public static class Masked
{
    /// <summary>The first four characters and the length, of twelve characters or more; of fewer, the length alone.</summary>
    public static string Secret(ReadOnlySpan<char> secret) =>
        secret.Length >= 12 ? $"{secret[..4]}… ({secret.Length} characters)" : $"… ({secret.Length} characters)";
}
