using System.Text;
using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Apache.Syntax;
using Gatehouse.Doctor.Inputs;
using Gatehouse.Doctor.Inputs.Har;
using Gatehouse.Doctor.Logs.Formats;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Doctor.Reports;
using Gatehouse.Grammar;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Passwords;
using Gatehouse.Patterns;

using GuardConfigurationReader = Gatehouse.Guard.Settings.ConfigurationReader;

namespace Gatehouse.Fuzz;

/// <summary>A reader of hostile text, and what must hold whatever it is given.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Seeds">Good input to begin with.</param>
/// <param name="Try">Reads it; throws <see cref="BrokenPromise"/> where what must hold does not. Any other exception is a fault too.</param>
internal sealed record Target(string Name, string[] Seeds, Action<byte[]> Try);

/// <summary>Something that must hold does not.</summary>
internal sealed class BrokenPromise(string what) : Exception(what);

/// <summary>Every reader of hostile text. A new grammar is one row here.</summary>
internal static class Targets
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Octets as a reader of header fields gets them.</summary>
    private static string Latin(byte[] octets) => Encoding.Latin1.GetString(octets);

    // What is decided on, encoded and read again, is what was decided on: no second reader finds another path in it.
    private static void Canonical(string raw)
    {
        if (!CanonicalPath.TryRead(raw, out var path, out _)) return;
        if (path![0] != '/' || path.Contains("//", StringComparison.Ordinal) || path.Split('/').Any(name => name is "." or "..")) throw new BrokenPromise($"`{path}` is not canonical");
        var encoded = CanonicalPath.Encode(path);
        if (encoded.Length > 16 * 1024) return;
        if (!CanonicalPath.TryRead(encoded, out var again, out var problem) || again != path) throw new BrokenPromise($"`{path}` becomes `{again}` ({problem})");
    }

    private static string Ascii(byte[] octets) => Encoding.ASCII.GetString(octets).Replace('\uFFFD', '~');

    public static IReadOnlyList<Target> All { get; } =
    [
        new("address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1%eth0"], octets => Positioned(Latin(octets), (text) => Address.TryParse(text, out _, out var error) ? null : error)),
        new("network", ["192.0.2.0/24", "10.0.0.0/255.0.0.0", "2001:db8::/32"], octets => Positioned(Latin(octets), (text) => Network.TryParse(text, out _, out _, out var error) ? null : error)),
        new("request-path", ["/a/b.html", "/a/../b//c/./%41%2e%2e", "/caf%C3%A9/%E2%82%AC?", "/a;b/%2f%5c"], octets => Canonical(Latin(octets))),
        new("request-host", ["lab.test:8080", "LAB.test.", "[2001:DB8::1]:443", "192.0.2.1"], octets =>
        {
            if (CanonicalHost.TryRead(Latin(octets), out var host, out _) && (!CanonicalHost.TryRead(host, out var again, out _) || again != host)) throw new BrokenPromise($"`{host}` becomes `{again}`");
        }),
        new("gatehouse-config", ["listen: http://localhost:8080\nsite: .\nrefuse:\n  - network 203.0.113.0/24\nrules:\n  /: anyone\n  /a/**: { allow: role admin, hide: true }\n", "sites:\n  - hosts: [a.test, '*.b.test']\n    upstream: http://localhost:3000\n    rules: { '/**': signed-in }\nsign-in: { users: gatehouse.db, sessions: { idle: 30m } }\nmax-body: 5m\n"], octets =>
        {
            var text = Encoding.UTF8.GetString(octets);
            if (GuardConfigurationReader.Read(text.Replace("file:", "file-", StringComparison.Ordinal), "/gatehouse.yaml", out var faults) is null && !faults.Any(fault => fault.IsError)) throw new BrokenPromise("refused without a reason");
            if (faults.FirstOrDefault(fault => fault.Line < 0 || fault.Column < 0 || fault.Line > 2 + text.AsSpan().Count('\n') + text.AsSpan().Count('\r')) is { } lost) throw new BrokenPromise($"{lost.Line}:{lost.Column} lies outside of the text");
        }),
        new("authorization", ["Basic YWxpY2U6eA==", "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"/\", response=\"0123456789abcdef0123456789abcdef\"", "Bearer a.b.c"], octets => Positioned(Latin(octets), text => Authorization.TryParse(text, out _, out var error) ? null : error)),
        new("challenges", ["Basic realm=\"a\", Digest realm=\"b\", nonce=\"c\", qop=\"auth\"", "Bearer error=\"invalid_token\", scope=\"a b\""], octets => Positioned(Latin(octets), text => Challenges.TryParse(text, out _, out var error) ? null : error)),
        new("digest", ["Digest username*=UTF-8''%c3%a9, realm=\"b\", nonce=\"c\", uri=\"/\", qop=auth, nc=00000001, cnonce=\"d\", response=\"0123456789abcdef0123456789abcdef\""], octets =>
        {
            if (Authorization.TryParse(Latin(octets), out var field, out _)) DigestCredentials.TryParse(field!, out _, out _);
        }),
        new("basic", ["YWxpY2U6d29uZGVy", "Og=="], octets => Positioned(Latin(octets), text => BasicCredentials.TryParse(text, out _, out var error) ? null : error)),
        new("cookies", ["a=b; c=d", "__Host-x=\"y\""], octets => Positioned(Latin(octets), text => Cookies.TryParse(text, out _, out var error) ? null : error)),
        new("set-cookie", ["a=b; Expires=Wed, 09 Jun 2027 10:18:14 GMT; Path=/; Domain=example.org; Secure; HttpOnly; SameSite=None"], octets => Positioned(Latin(octets), text => SetCookie.TryParse(text, out _, out var error) ? null : error)),
        new("jwt", ["eyJhbGciOiJub25lIn0.eyJleHAiOjEsImF1ZCI6WyJhIl19.", "a.b.c"], octets => Positioned(Latin(octets), text => JsonWebToken.TryParse(text, out _, out var error) ? null : error)),
        new("forwarded", ["for=192.0.2.1;proto=https;by=\"[2001:db8::1]:47\", for=unknown"], octets => Positioned(Latin(octets), text => Forwarded.TryParse(text, out _, out var error) ? null : error)),
        new("password-hash", ["$2y$10$abcdefghijklmnopqrstuuKW1N0Zq3p2Q8VJ7lGz1O0S4sK1s9W2e", "$apr1$abcdefgh$0123456789abcdefghijkl", "{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk="], octets => PasswordHash.TryParse(Latin(octets), out _, out _)),
        new("password-file", ["alice:$apr1$abcdefgh$0123456789abcdefghijkl\n# x\nbob:{SHA}x\n"], octets => PasswordFile.Parse(octets)),
        new("httpd-config", ["<Directory \"/srv\">\n  Require all granted # x\n</Directory>\nRewriteRule ^a$ b \\\n [L]\n"], octets => Within(Latin(octets), text => ConfigText.Parse("x", text).Statements.Select(statement => (statement.Start, statement.End)))),
        new("httpd-expression", ["%{REQUEST_URI} =~ m#^/a(.*)$#i && -n req('X') || !( $1 -in {'a','b'} )"], octets => Positioned(Latin(octets), text => Expression.TryParse(text.ToString(), default, out _, out var error) ? null : error)),
        new("httpd-pattern", ["^/a/([0-9]+)(?:\\.html)?$", "(?i)[[:alpha:]]+\\Q.\\E"], octets => Positioned(Ascii(octets), text => HttpdPattern.TryCompile(text.ToString(), default, out _, out var error) ? null : error)), // positions are in octets
        new("nginx-config", ["server { listen 80; location ~ \\.php$ { return 403 \"no; way\"; } # x\n}\n"], octets => Within(Latin(octets), text => ConfReader.Read("x", text, onDisk: false).Nodes.Select(node => (node.Start, node.End)))),
        new("curl", ["curl 'https://example.org/' -H 'A: b' --data-raw $'x\\u0021' -u a:b -sSLk"], octets => CopiedCommand.Read(Encoding.UTF8.GetString(octets), InputSources.None(Now))),
        new("cookie-jar", ["#HttpOnly_.example.org\tTRUE\t/\tTRUE\t0\ta\tb\n"], octets => NetscapeCookies.Read(Encoding.UTF8.GetString(octets))),
        new("har", ["{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"https://example.org/\",\"headers\":[]},\"response\":{\"status\":401,\"headers\":[{\"name\":\"A\",\"value\":\"b\"}],\"content\":{}}}]}}"], octets =>
        {
            using var stream = new MemoryStream(octets);
            HarFile.Read(stream);
        }),
        new("log-line", ["192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 403 1 \"-\" \"x\"", "[Thu Jan 01 00:00:00.000000 2026] [authz_core:error] [pid 1] [client 192.0.2.1:1] AH01630: client denied by server configuration: /a", "{\"level\":\"error\",\"ts\":1}"], octets => LineFormats.Read(Encoding.UTF8.GetString(octets))),
        new("terminal", ["a\u001b[31mb\u202e\u0000", "\uD800x"], octets =>
        {
            foreach (var letter in SafeText.Of(Encoding.UTF8.GetString(octets)))
                if (letter is < ' ' or '\u007f' or (>= '\u0080' and < '\u00a0') or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069')) throw new BrokenPromise($"U+{(int)letter:X4} reaches the terminal");
        }),
    ];

    private delegate SyntaxError? Reader(ReadOnlySpan<char> text);

    /// <summary>A fault lies within the text, at its end at most, and says what was expected.</summary>
    private static void Positioned(string text, Reader read)
    {
        if (read(text) is not { } error) return;
        if (error.Start < 0 || error.Offset < 0 || error.Start > text.Length || error.Offset > text.Length) throw new BrokenPromise($"a position outside the text: {error}");
        if (string.IsNullOrWhiteSpace(error.Expected)) throw new BrokenPromise("a fault without a word of what was expected");
    }

    /// <summary>The statements lie one behind the other within the text, so that an edit of one changes no other.</summary>
    private static void Within(string text, Func<string, IEnumerable<(int Start, int End)>> read)
    {
        var last = 0;
        foreach (var (start, end) in read(text))
        {
            if (start < last || end < start || end > text.Length) throw new BrokenPromise($"a statement from {start} to {end} behind {last} in {text.Length} octets");
            last = end;
        }
    }
}
