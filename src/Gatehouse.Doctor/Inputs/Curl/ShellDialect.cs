namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>The shell that a command line was written for.</summary>
internal enum ShellDialect
{
    /// <summary>sh, bash, zsh: what most tools copy.</summary>
    Posix,

    /// <summary>Windows' cmd.</summary>
    Cmd,

    /// <summary>PowerShell.</summary>
    PowerShell,
}

/// <summary>Tells them apart by what only one of them writes.</summary>
internal static class ShellDialects
{
    private static readonly string[] WebRequests = ["Invoke-WebRequest", "Invoke-RestMethod"];

    /// <summary>The dialect of a text.</summary>
    public static ShellDialect Of(string text)
    {
        if (WebRequests.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase)) || Begins(text, "iwr ") || Begins(text, "irm ")) return ShellDialect.PowerShell;
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r', ' ')).ToList();
        if (lines.Take(lines.Count - 1).Any(line => line.EndsWith('`')) || (text.Contains("curl.exe", StringComparison.OrdinalIgnoreCase) && (text.Contains('`', StringComparison.Ordinal) || text.Contains("$env:", StringComparison.OrdinalIgnoreCase)))) return ShellDialect.PowerShell;
        if (text.Contains("^\"", StringComparison.Ordinal) || lines.Any(line => line.EndsWith('^'))) return ShellDialect.Cmd;

        // Firefox for cmd: double quotes alone, doubled where they are meant; bash would join the pieces and lose them.
        var quote = text.AsSpan().IndexOfAny('"', '\'');
        return quote >= 0 && text[quote] == '"' && text.IndexOf('\'', StringComparison.Ordinal) < 0 && DoubledInside(text) ? ShellDialect.Cmd : ShellDialect.Posix;
    }

    private static bool Begins(string text, string word)
    {
        var start = text.AsSpan().TrimStart(" \t\r\n>PS");
        return start.StartsWith(word, StringComparison.OrdinalIgnoreCase);
    }

    // `"{""a"":1}"`: a doubled quote with something other than a blank on both sides.
    private static bool DoubledInside(string text)
    {
        for (var at = text.IndexOf("\"\"", StringComparison.Ordinal); at >= 0; at = text.IndexOf("\"\"", at + 2, StringComparison.Ordinal))
            if (at > 0 && text[at - 1] is not (' ' or '\t' or '=' or '\n') && at + 2 < text.Length && text[at + 2] is not (' ' or '\t' or '\r' or '\n')) return true;
        return false;
    }
}
