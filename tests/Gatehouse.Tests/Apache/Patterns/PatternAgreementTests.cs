using System.Globalization;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Variables;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Tests.Apache.Patterns;

/// <summary>Patterns and texts, asked of the real httpd and of <see cref="HttpdPattern"/>.</summary>
public sealed class PatternAgreementTests
{
    private static readonly string[] Atoms =
        ["a", "b", "B", "c", ".", "\\.", "\\d", "\\w", "\\s", "\\S", "[abc]", "[^ab]", "[a-f]", "[[:alpha:]]", "[[:upper:]0-9]", "[]a]", "[a\\]-]", "\\b", "\\x41", "\\101", "^", "$",
         "1", "-", "_", "/", "\\/", "\\h", "\\N", "\\R", "\\Qa.b\\E", "é", "[é]", "\\W", "\\B", "(?i)", "{", "}", "]", ",", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)", "\\1", "\\2", "\\A", "\\z", "\\Z"];

    private static readonly string[] Quantifiers = ["", "", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", "+?", "??", "*+", "?+", "{,2}"];

    private static readonly string[] Openings = ["(", "(", "(", "(?:", "(?<n>", "(?>", "(?i:", "(?-i:", "(?P<m>"];

    private static readonly string[] Letters = ["a", "b", "B", "C", "A", "1", ".", "-", "_", "/", " ", "é", "ab", "]", "{"];

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => Letters[random.Next(Letters.Length)]));

    private static string Piece(Random random, int depth)
    {
        var quantifier = Quantifiers[random.Next(Quantifiers.Length)];
        if (depth == 0 || random.Next(5) > 0) return Atoms[random.Next(Atoms.Length)] + quantifier;
        var text = Openings[random.Next(Openings.Length)] + Sequence(random, depth - 1, 3);
        if (random.Next(3) == 0) text += "|" + Sequence(random, depth - 1, 3);
        return text + ")" + quantifier;
    }

    private static string Sequence(Random random, int depth, int longest) =>
        string.Concat(Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => Piece(random, depth)));

    [Fact]
    public async Task Patterns_compile_and_match_as_in_the_real_httpd()
    {
        RealHttpd.Require();
        var nightly = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1";
        var seed = nightly ? Environment.TickCount : 1;
        var random = new Random(seed);
        var patterns = Enumerable.Range(0, nightly ? 3000 : 300).Select(_ => Sequence(random, 2, 5)).ToList();
        var texts = Enumerable.Range(0, nightly ? 40 : 12).Select(_ => Text(random)).ToList();

        // One folder a pattern: a pattern that httpd refuses makes its .htaccess a 500 and spares the rest.
        var folder = RealHttpd.NewFolder();
        for (var i = 0; i < patterns.Count; i++)
        {
            var line = $"SetEnvIf X-Text \"{patterns[i].Replace("\"", "\\\"", StringComparison.Ordinal)}\" M=$0|$1|$2|$3\nHeader always set X-M \"(%{{M}}e)\"\n";
            RealHttpd.Write(folder, $"www/{i.ToString(CultureInfo.InvariantCulture)}/.htaccess", line);
            RealHttpd.Write(folder, $"www/{i.ToString(CultureInfo.InvariantCulture)}/f", "");
        }

        await using var httpd = await RealHttpd.StartAsync(folder, "<Directory @FOLDER@/www>\nAllowOverride All\nRequire all granted\n</Directory>\n");
        int asked = 0, unknown = 0;
        var wrong = new StringBuilder();
        for (var i = 0; i < patterns.Count; i++)
        {
            var pattern = patterns[i];
            var compiled = HttpdPattern.TryCompile(pattern, PatternOptions.Default, out var ours, out var error);
            foreach (var text in compiled ? texts : texts.Take(1))
            {
                var said = await httpd.AskAsync($"/{i}/f", "lab.test", "GET", "X-Text: " + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)));
                asked++;
                if (!compiled)
                {
                    if (said.Status != 500) wrong.AppendLine(CultureInfo.InvariantCulture, $"`{pattern}` compiles there, here: {error}");
                    continue;
                }

                if (said.Status == 500 && ours!.Untranslatable is not null)
                {
                    unknown++;
                    continue;
                }

                if (said.Status == 500)
                {
                    wrong.AppendLine(CultureInfo.InvariantCulture, $"`{pattern}` does not compile there");
                    break;
                }

                var match = ours!.Match(text.Trim(' ', '\t'));
                if (match.Matched == Known.Unknown)
                {
                    unknown++;
                    continue;
                }

                // Patterns without special characters are looked for as they are, without groups (mod_setenvif).
                var literal = PlainText.Of(pattern) is not null;
                var expected = match.Matched == Known.No ? "((null))" : literal ? "($0|$1|$2|$3)" : $"({match.Substitute("$0|$1|$2|$3")})";
                var got = said["X-M"] ?? "";
                if (got != Octets.Of(expected))
                    wrong.AppendLine(CultureInfo.InvariantCulture, $"`{pattern}` on `{text}`: there {got}, here {expected}");
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{asked} asked, {unknown} unknown");
        Assert.True(wrong.Length == 0, $"seed {seed}: {wrong}");
        Assert.True(unknown * 5 < asked, $"{unknown} of {asked} unknown");
    }
}
