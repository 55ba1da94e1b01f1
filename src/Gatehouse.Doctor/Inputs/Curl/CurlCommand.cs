namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>What a command line asks for.</summary>
/// <param name="Transfers">The requests, in order; empty: nothing that can be asked was found, and <paramref name="LeftOut"/> says why.</param>
/// <param name="LeftOut">What was not understood or can't be done here.</param>
public sealed record CommandReading(IReadOnlyList<Transfer> Transfers, IReadOnlyList<LeftOut> LeftOut);

/// <summary>Reads curl's words, as it would itself.</summary>
internal static class CurlCommand
{
    /// <summary>How deep -K files may name others: a file can name itself.</summary>
    private const int MaxConfigDepth = 4;

    /// <summary>Whether a command is curl's, behind what people paste along: a prompt, `sudo`, variables.</summary>
    public static int? Begin(IReadOnlyList<Word> words)
    {
        for (var i = 0; i < Math.Min(words.Count, 12); i++)
        {
            var text = words[i].Text;
            var name = text[(text.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
            if (name.Equals("curl", StringComparison.OrdinalIgnoreCase) || name.Equals("curl.exe", StringComparison.OrdinalIgnoreCase)) return i + 1;
            if (text is not ("$" or "#" or ">" or "%" or "sudo" or "time" or "env" or "command" or "exec" or "!" or "do" or "then" or "&") && !IsAssignment(text)) return null;
        }

        return null;
    }

    /// <summary>The requests of the words behind <c>curl</c>.</summary>
    public static List<Transfer> Read(IReadOnlyList<Word> words, string? input, InputSources sources, Action<int, string> say)
    {
        var transfers = new List<Transfer>();
        var request = new CurlRequest(sources, input, say);
        foreach (var setting in WithConfigFiles(CurlWords.Read(words, say), sources, say, 0))
        {
            if (setting.Option.Meaning == CurlMeaning.Next)
            {
                transfers.AddRange(request.Transfers());
                request = new(sources, input, say);
            }
            else
            {
                request.Apply(setting);
            }
        }

        transfers.AddRange(request.Transfers());
        return transfers;
    }

    private static IEnumerable<CurlSetting> WithConfigFiles(IEnumerable<CurlSetting> settings, InputSources sources, Action<int, string> say, int depth)
    {
        foreach (var setting in settings)
        {
            if (setting.Option.Meaning != CurlMeaning.Config)
            {
                yield return setting;
                continue;
            }

            var file = setting.Value == "-" ? new(default, "options from standard input are not read") : depth == MaxConfigDepth ? new(default, "files of options that name each other are not read without end") : sources.File(Octets.Text(setting.Value));
            if (file.Fault is { } fault)
            {
                say(setting.Position, fault);
                continue;
            }

            var words = CurlConfigFile.Words(Octets.Of(file.Content.Span), setting.Position);
            foreach (var inner in WithConfigFiles(CurlWords.Read(words, say), sources, say, depth + 1)) yield return inner with { Position = setting.Position };
        }
    }

    private static bool IsAssignment(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && char.IsAsciiLetter(text[0]) && text[..equals].All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }
}
