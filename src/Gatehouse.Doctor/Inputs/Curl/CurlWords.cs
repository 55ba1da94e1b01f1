namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>One option with its value, as curl would take them from its words.</summary>
/// <param name="Option">Which.</param>
/// <param name="Value">Octets; empty where it takes none.</param>
/// <param name="On">False: switched off by <c>--no-</c>.</param>
/// <param name="Position">Of its word.</param>
internal readonly record struct CurlSetting(CurlOption Option, string Value, bool On, int Position);

/// <summary>Words to options, as curl's own reader splits them: short ones combined (<c>-sSLk</c>), values attached (<c>-XPOST</c>) or in the next word.</summary>
internal static class CurlWords
{
    private static readonly CurlOption UrlOption = CurlOptions.Named("url")!;

    /// <summary>Reads the words behind <c>curl</c>.</summary>
    /// <param name="words">The words.</param>
    /// <param name="say">What was left out, with its position.</param>
    public static IEnumerable<CurlSetting> Read(IReadOnlyList<Word> words, Action<int, string> say)
    {
        var onlyUrls = false;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word.Text.Length == 0 && !word.Incomplete) continue;
            if (onlyUrls || word.Text.Length < 2 || word.Text[0] != '-')
            {
                if (word.Incomplete) say(word.Start, "the address holds something that only the shell knows: it is left out");
                else if (Typographic(word.Text)) say(word.Start, "a typographic dash or quote stands where a plain one is meant, as word processors and chats make them: the word is left out");
                else yield return new(UrlOption, word.Text, true, word.Start);
            }
            else if (word.Text == "--")
            {
                onlyUrls = true;
            }
            else if (word.Text[1] == '-')
            {
                if (Long(words, ref i, say) is { } setting) yield return setting;
            }
            else
            {
                foreach (var setting in Letters(words, ref i, say)) yield return setting;
            }
        }
    }

    private static CurlSetting? Long(IReadOnlyList<Word> words, ref int i, Action<int, string> say)
    {
        var word = words[i];
        var name = word.Text[2..];
        var on = true;
        if (CurlOptions.Named(name) is not { } option)
        {
            on = !name.StartsWith("no-", StringComparison.Ordinal);
            if (on || CurlOptions.Named(name[3..]) is not { TakesValue: false } reversed)
            {
                // `--opt=value` is not curl's way: it would take the whole for a name, as we do.
                var shown = name.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals ? name[..equals] + "=…" : name;
                say(word.Start, $"curl has no option `--{Shown(shown)}`: it is left out");
                return null;
            }

            option = reversed;
        }

        if (!option.TakesValue) return new(option, "", on, word.Start);
        if (i + 1 == words.Count)
        {
            say(word.Start, $"`--{option.Name}` lacks its value");
            return null;
        }

        var value = words[++i];
        if (!value.Incomplete) return new(option, value.Text, true, word.Start);
        say(word.Start, $"`--{option.Name}` is left out, for its value is not known here");
        return null;
    }

    private static List<CurlSetting> Letters(IReadOnlyList<Word> words, ref int i, Action<int, string> say)
    {
        var word = words[i];
        var settings = new List<CurlSetting>();
        for (var at = 1; at < word.Text.Length; at++)
        {
            if (CurlOptions.Lettered(word.Text[at]) is not { } option)
            {
                say(word.Start, $"curl has no option `-{Shown(word.Text[at].ToString())}`: it is left out, with what is attached to it");
                break;
            }

            if (!option.TakesValue)
            {
                settings.Add(new(option, "", true, word.Start));
                continue;
            }

            var incomplete = word.Incomplete;
            var value = word.Text[(at + 1)..];
            if (value.Length == 0 && !incomplete)
            {
                if (i + 1 == words.Count)
                {
                    say(word.Start, $"`-{option.Letter}` lacks its value");
                    break;
                }

                (value, _, incomplete) = words[++i];
            }

            if (incomplete) say(word.Start, $"`-{option.Letter}` is left out, for its value is not known here");
            else settings.Add(new(option, value, true, word.Start));
            break;
        }

        return settings;
    }

    /// <summary>En dash, em dash or curly quotes at the beginning, in octets of UTF-8.</summary>
    private static bool Typographic(string octets) =>
        octets.Length >= 3 && octets[0] == '\xe2' && octets[1] == '\x80' && octets[2] is >= '\x90' and <= '\x9f';

    private static string Shown(string octets)
    {
        var text = Octets.Text(octets);
        return text.Length > 40 ? text[..40] + "…" : text;
    }
}
