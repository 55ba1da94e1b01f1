using System.Globalization;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Tests.Apache.Expressions;

/// <summary>Expressions, curated and made at random, asked of the real httpd and evaluated here.</summary>
public sealed class ExpressionAgreementTests
{
    /// <summary>Conditions; <c>@F@</c> stands for a folder with the file <c>f</c> (one octet), the empty file <c>e</c>, the link <c>l</c> and the folder <c>d</c>.</summary>
    private static readonly string[] Conditions =
    [
        "true", "false", "not false", "!true", "!'a' == 'b'", "true || false && false", "false && false || true", "(true || true) && false", "not(false)",
        "1 == 1", "'a' = 'a'", "'a' eq '0'", "1 lt 2", "10 -gt 9", "'10' > '9'", "-5 -lt 3", "'abc' -eq 0", "'99999999999999999999' -gt 5", "' 5x' -eq 5", "1.5 == 1.5",
        "'a' < 'b'", "'B' < 'a'", "'é' > 'z'", "'a' <= 'a' && 'a' >= 'a' && 'a' != 'b'", "1 in { '1', 2 }", "'x' -in {'y','x'}", "'x' in {'y'}",
        "'ab' =~ /A/", "'ab' =~ /A/i", "'ab' =~ m#a#", "'ab' =~ m#a#i && 'x' == 'x'", "'ab' =~ /(a)(b)/ && $2 == 'b'", "'ab' =~ /(a)(b)/ && '$2$1' == 'ba'", "'ab' !~ /c/",
        "'abc' =~ /(z)/ || '$1' == ''", "'abc' =~ /(b)/ && 'x' =~ /(y)|x/ && '$1' == ''", "'abc' =~ /(b)/ && 'x' =~ /x/ && '$1' == 'b'", "'' =~ /(b)?/ && '$0' == ''",
        "'abc' =~ /b(?<n>c)/ && $1 == 'c'", "%{HTTP_HOST} =~ /lab/", "%{HTTP_HOST} == req('host')", "req('Host') = tolower(%{HTTP_HOST})", "tolower('A' . 'B') == 'ab'",
        "tolower ( 'A' ) == 'a'", "-n 'a' && -z ''", "-n''", "-T 'off'", "-T 'on'", "-T 'No'", "-T '0'", "-T '00'", "-T 'offx'", "-T ''", "-R '127.0.0.0/8'", "-R '127.0.0.1'", "-R '127'",
        "-R '10.0.0.0/8'", "-R '::1'", "-R '127.0.0.0/255.255.0.0'", "%{REMOTE_ADDR} -ipmatch '127.0.0.1/255.0.0.0'", "'::1' -ipmatch '::/0'", "'1.2.3.4' -ipmatch '1.2.0.0/16'",
        "'/a/b' -fnmatch '/a/*'", "'/a/b' -fnmatch '/*'", "'/a/b' -strmatch '/*'", "'/A/b' -strmatch '/a*'", "'/A/b' -strcmatch '/a*'", "'abc' -strmatch 'a[b-c]?'", "'a]c' -strmatch 'a[]x]c'",
        "-d '@F@'", "-d '@F@/f'", "-e '@F@/f'", "-e '@F@/none'", "-f '@F@/f'", "-f '@F@/d'", "-s '@F@/f'", "-s '@F@/e'", "-L '@F@/l'", "-h '@F@/f'", "-f '@F@/l'", "-x '@F@/f'", "-x '@F@'",
        "filesize('@F@/f') == 1", "filesize('@F@/none') == 0", "file('@F@/f') == 'x'", "file('@F@/none') == ''", "true || file('@F@/none') == ''",
        "'a\\'b' == \"a'b\"", "'a\\101b' == 'aAb'", "'a\\tb' =~ /\\t/", "\"a\"==req('x').\"a\"", "1==-1", "%{tolower:ABC} == 'abc'", "'%{tolower:A%{HTTP_HOST}}' == 'alab.test'",
        "%{REQUEST_METHOD} == 'GET'", "%{QUERY_STRING} == 'q=1'", "%{REQUEST_URI} =~ m#^/#", "%{THE_REQUEST} =~ /^GET .* HTTP.1.1$/", "%{SERVER_PROTOCOL} == 'HTTP/1.1'",
        "%{HTTPS} == 'off'", "%{IPV6} == 'off'", "%{IS_SUBREQ} == 'false'", "%{REMOTE_USER} == ''", "%{AUTH_TYPE} == ''", "env('PATH') =~ /bin/", "osenv('PATH') == ''", "%{ENV:NOSUCH} == ''",
        "req('X-Two') == 'a, b'", "http('x-two') -strmatch 'a*'", "md5('é') == 'c9e8b9d2e3de1a6be46c7e0de1b4fbb6'", "sha1('') == 'da39a3ee5e6b4b0d3255bfef95601890afd80709'", "base64('é') == 'w6k='",
        "unbase64('w6k=') == 'é'", "unbase64('YWI') == 'ab'", "escape('/a b?%é;') == '/a%20b%3f%25%c3%a9;'", "unescape('a%2Fb%20') == 'a%2Fb '", "unescape('%zz') == ''", "toupper('aé') == 'Aé'",
        // What the grammar refuses.
        "", "'a'", "1", "%{HTTP_HOST}", "('a') == 'a'", "'a' 'b' == 'ab'", "1 -eq 1 -eq 1", "TRUE", "true false", "'x' =~ '^x'", "'x' =~ x", "'x' =~ /x", "'ab' =~ /(b/", "'ab' =~ /a/s", "'a/b' =~ /a\\/b/",
        "a == 'b'", "HTTP_HOST == 'x'", "-R '%{HTTP_HOST}'", "-R 127", "'x' -foo 'y'", "-q 'x'", "'a' -in req('x')", "'a' IN {'a'}", "0x10 == '16'", "'a' == 'a' # c", "%{FOO} == 'a'", "foo('a') == 'b'",
        "'a\\400' == ''", "'a\\8' == ''", "(true", "true)", "'a == 'b'", "%{tolower:} == ''", "%{} == ''", "'a' in {}", "1 ==", "== 1", "&& true", "!", "-n", "'a' . == 'a'", "%{tolower :A} == 'a'",
    ];

    private static readonly string[] Texts =
    [
        "plain", "%{HTTP_HOST}", "a%{tolower:AB}c", "a%{tolower:A\\}B}c", "a%{toupper:a}b}c", "x%{req:X-Two}", "a%b", "a$b$1", "a{b}", "a'b'", "%%{HTTP_HOST}", "%{HTTP_HOST}:%{http_host}", "a\\101b", "a\\qb",
        "%{SERVER_NAME}", "%{SERVER_PORT}", "%{REQUEST_SCHEME}", "%{DOCUMENT_URI}", "%{QUERY_STRING}", "%{CONTEXT_PREFIX}|", "%{CONTEXT_DOCUMENT_ROOT}", "%{DOCUMENT_ROOT}", "%{REQUEST_FILENAME}", "%{REMOTE_HOST}",
        "%{API_VERSION}", "%{SERVER_ADMIN}", "%{REQUEST_STATUS}", "%{md5:a}", "%{escape:é/%{HTTP_HOST}}", "%{HTTP2}", "%{TIME_YEAR}", "%{REMOTE_ADDR}%{CONN_REMOTE_ADDR}", "%{reqenv:NOSUCH}|", "%{note:x}|",
        "%{FOO}", "%{foo:a}", "a%{}", "a%{HTTP_HOST", "%{tolower:}", "a\\400", "%{:1:}",
    ];

    private static readonly string[] Words =
        ["'a'", "'b'", "''", "1", "2", "-3", "'10'", "%{HTTP_HOST}", "%{REQUEST_URI}", "%{QUERY_STRING}", "req('X-Two')", "tolower('AB')", "'%{toupper:ab}$1'", "$1", "$0", "'a' . 'b'", "md5('a')", "\"q\\\"\"", "x", "%{NOSUCH}", "'a"];

    private static readonly string[] Operators =
        ["==", "=", "!=", "<", "<=", ">", ">=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "eq", "ne", "lt", "-strmatch", "-strcmatch", "-fnmatch", "-foo", "=="];

    private static readonly string[] Regexes = ["/a/", "/(a)/", "/(.)b?/i", "m#(l)(a)b#", "/^$/", "/()/", "/q=(\\d)/", "/(/", "m,a,", "/A/i", "/a/x"];

    private static string Condition(Random random, int depth) => random.Next(depth > 0 ? 12 : 8) switch
    {
        0 => "true",
        1 => random.Next(2) == 0 ? "false" : "-n " + Pick(random, Words),
        2 => Pick(random, Words) + (random.Next(2) == 0 ? " =~ " : " !~ ") + Pick(random, Regexes),
        3 => Pick(random, Words) + " in {" + Pick(random, Words) + "," + Pick(random, Words) + "}",
        4 => (random.Next(2) == 0 ? "-T " : "-z ") + Pick(random, Words),
        < 8 => Pick(random, Words) + " " + Pick(random, Operators) + " " + Pick(random, Words),
        8 => (random.Next(2) == 0 ? "!" : "not ") + Condition(random, depth - 1),
        9 => "(" + Condition(random, depth - 1) + ")",
        10 => Condition(random, depth - 1) + " || " + Condition(random, depth - 1),
        _ => Condition(random, depth - 1) + " && " + Condition(random, depth - 1),
    };

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    [Fact]
    public async Task Expressions_parse_and_evaluate_as_in_the_real_httpd()
    {
        RealHttpd.Require();
        var nightly = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1";
        var seed = nightly ? Environment.TickCount : 1;
        var random = new Random(seed);
        var folder = RealHttpd.NewFolder();
        var files = Path.Combine(folder, "files");
        RealHttpd.Write(files, "f", "x");
        RealHttpd.Write(files, "e", "");
        RealHttpd.Write(files, "d/x", "");
        File.CreateSymbolicLink(Path.Combine(files, "l"), Path.Combine(files, "f"));

        var curated = Conditions.Select(text => (Text: text.Replace("@F@", files, StringComparison.Ordinal), GivesText: false))
            .Concat(Texts.Select(text => (Text: text, GivesText: true))).ToList();
        var all = curated.Concat(Enumerable.Range(0, nightly ? 20_000 : 1_000).Select(_ => (Text: Condition(random, 3), GivesText: false))).ToList();
        var configuration = new StringBuilder("<Directory @FOLDER@/www>\nAllowOverride All\nRequire all granted\n</Directory>\n");
        for (var i = 0; i < all.Count; i++)
        {
            var quoted = all[i].Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            var line = all[i].GivesText ? $"Header always set X-A \"expr={quoted}\"" : $"Header always set X-A yes \"expr={quoted}\"\nHeader always set X-B no \"expr=!({quoted})\"";
            RealHttpd.Write(folder, $"www/{i}/f", "");

            // Those that are to be refused, and all random ones, stand in files of their own, so that one does not take the others with it.
            var options = all[i].GivesText ? ExpressionOptions.GivesText : ExpressionOptions.None;
            if (i < curated.Count && Expression.TryParse(all[i].Text, options, out _, out _)) configuration.Append(CultureInfo.InvariantCulture, $"<Location /{i}>\n{line}\n</Location>\n");
            else RealHttpd.Write(folder, $"www/{i}/.htaccess", line + "\n");
        }

        await using var httpd = await RealHttpd.StartAsync(folder, configuration.ToString());
        var surroundings = new Surroundings(new TreeView());
        var wrong = new StringBuilder();
        var unknown = 0;
        for (var i = 0; i < all.Count; i++)
        {
            var (text, givesText) = all[i];
            var said = await httpd.AskAsync($"/{i}/f?q=1", "lab.test", "GET", "X-Two: a", "X-Two: b");
            var options = (givesText ? ExpressionOptions.GivesText : ExpressionOptions.None) | (i < curated.Count ? 0 : ExpressionOptions.Restricted);
            if (!Expression.TryParse(text, options, out var expression, out var error))
            {
                if (said.Status != 500) wrong.AppendLine(CultureInfo.InvariantCulture, $"`{text}` is accepted there, here: {error}");
                continue;
            }

            if (said.Status == 500)
            {
                wrong.AppendLine(CultureInfo.InvariantCulture, $"`{text}` is refused there");
                continue;
            }

            var request = AskedRequest.Of(httpd, $"/{i}/f?q=1", "lab.test", "GET", "X-Two: a", "X-Two: b");
            request.FileName = $"{httpd.Root}/{i}/f";
            if (givesText)
            {
                var value = expression!.Expand(request, surroundings);
                if (value.Value is null) unknown++;
                else if (Octets.Of(value.Value) != said["X-A"]) wrong.AppendLine(CultureInfo.InvariantCulture, $"`{text}`: there `{said["X-A"]}`, here `{value.Value}`");
                continue;
            }

            var answer = expression!.Evaluate(request, surroundings);
            var there = (said["X-A"], said["X-B"]) switch { ("yes", null) => "Yes", (null, "no") => "No", ("yes", "no") => "failed", _ => "nothing" };
            var here = answer.Failed ? "failed" : answer.Is.ToString();
            if (answer.Is == Known.Unknown) unknown++;
            else if (here != there) wrong.AppendLine(CultureInfo.InvariantCulture, $"`{text}`: there {there}, here {here} {answer.Because}");
        }

        Assert.True(wrong.Length == 0, $"seed {seed}: {wrong}");
        Assert.True(unknown <= all.Count / 100, $"{unknown} of {all.Count} unknown");
    }

    [Fact]
    public void What_can_not_be_known_makes_the_answer_unknown_only_where_it_decides()
    {
        var request = new ApacheRequest { Method = "GET", UnparsedTarget = "/", Path = "/", Client = System.Net.IPAddress.Loopback, Peer = System.Net.IPAddress.Loopback };
        Assert.Equal(Known.Unknown, Evaluate("%{TIME_HOUR} -gt 8"));
        Assert.Equal(Known.No, Evaluate("%{TIME_HOUR} -gt 8 && false"));
        Assert.Equal(Known.Yes, Evaluate("-U '/x' || true"));
        Assert.Equal(Known.Unknown, Evaluate("!(-U '/x')"));
        Assert.Equal(Known.Unknown, Evaluate("'a' in {'b', %{LAST_MODIFIED}}"));
        Assert.Equal(Known.Yes, Evaluate("'a' in {%{LAST_MODIFIED}, 'a'}"));
        Assert.Equal(Known.Unknown, Evaluate("env('PATH') == ''"));
        Assert.Equal(Known.Yes, Evaluate("env('HTTPS') == ''"));

        Known Evaluate(string text)
        {
            Assert.True(Expression.TryParse(text, ExpressionOptions.None, out var expression, out var error), error.ToString());
            var answer = expression!.Evaluate(request, new Surroundings(new TreeView()));
            Assert.Equal(answer.Is == Known.Unknown, answer.Because is not null);
            return answer.Is;
        }
    }
}
