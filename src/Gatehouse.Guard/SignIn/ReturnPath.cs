using Gatehouse.Guard.Pipeline;

namespace Gatehouse.Guard.SignIn;

/// <summary>Where a sign-in leads back to: a path on this host, and nothing that a browser could take for another (RFC 9700 section 4.11).</summary>
internal static class ReturnPath
{
    /// <summary>Longer ones are not remembered: they would not fit into a request line again.</summary>
    private const int Longest = 4096;

    /// <summary>The path and query where it is safe; otherwise the root.</summary>
    public static string Safe(string? text) => text is not null && IsSafe(text) ? text : "/";

    // Browsers take `//host`, `/\host` and a path with tabs or line ends in it for another host.
    private static bool IsSafe(string text)
    {
        if (text.Length is 0 or > Longest || text[0] != '/' || text.StartsWith(GuardPipeline.OwnPrefix, StringComparison.Ordinal)) return false;
        var query = false;
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (letter is <= ' ' or > '~' or '\\' or '#' or '"' or '<' or '>') return false;
            if (letter == '?') query = true;
            if (letter == '/' && !query && i > 0 && text[i - 1] == '/') return false;
        }

        return true;
    }
}
