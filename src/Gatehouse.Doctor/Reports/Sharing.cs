using System.Buffers;
using System.Globalization;
using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Experiments;
using Gatehouse.Findings;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Reports;

/// <summary>A report that may be shown to strangers (--share): hosts, addresses, accounts and mail addresses are replaced, each by the same word everywhere.</summary>
public sealed class Sharing
{
    // Names that say nothing of a person or a place: accounts of packages, and the loopback.
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "root", "www-data", "nginx", "apache", "httpd", "http", "nobody", "nogroup", "caddy", "haproxy", "lighttpd", "tomcat", "squid", "proxy", "www", "daemon", "localhost", "example.com", "example.org", "example.net",
    };

    private static readonly SearchValues<char> EndsOfHosts = SearchValues.Create("/?#:\"' ,;)>]`");

    private readonly Dictionary<string, string> replaced = new(StringComparer.OrdinalIgnoreCase);
    private int hosts;
    private int addresses;
    private int names;

    /// <summary>The report with everything replaced that names somebody or some place.</summary>
    public static Report Of(Report report)
    {
        var sharing = new Sharing();
        sharing.Learn(report);
        var shared = report.Rewritten(sharing.In);
        return shared with
        {
            Findings = [.. shared.Findings.Select(finding => finding with { Remedies = [.. finding.Remedies.Select(remedy => remedy with { Edits = [] })] })],
            Exchanges = [.. shared.Exchanges.Select(sharing.In)],
            Asked = null,
        };
    }

    private void Learn(Report report)
    {
        foreach (var exchange in report.Exchanges)
        {
            Host(exchange.Request.Url.Host);
            Host(exchange.Request.Url.IdnHost);
            if (exchange.Request.Value("Authorization") is { } given && given.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && BasicCredentials.TryParse(given.AsSpan(6).Trim(), out var basic, out _)) Name(basic!.User);
        }

        if (report.Asked?.UserAndPassword?.Split(':')[0] is { } user) Name(user);
        if (report.Asked is { Url: { } url }) Host(url.Host);
        foreach (var resolve in report.Asked?.Resolve ?? []) Host(resolve.Host);
        foreach (var evidence in report.Findings.SelectMany(finding => finding.Evidence).Where(evidence => evidence.Kind == EvidenceKind.FileMode))
        {
            // `drwx------ deploy deploy`: owner and group.
            foreach (var word in evidence.What.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(2)) Name(word);
        }

        foreach (var text in Texts(report)) LearnFrom(text);
    }

    private void LearnFrom(string text)
    {
        for (var at = text.IndexOf("://", StringComparison.Ordinal); at >= 0; at = text.IndexOf("://", at + 3, StringComparison.Ordinal))
        {
            var rest = text.AsSpan(at + 3);
            var end = rest.IndexOfAny(EndsOfHosts);
            if (rest.StartsWith("[")) end = rest.IndexOf(']') + 1;
            if (end != 0) Host(rest[..(end < 0 ? rest.Length : end)].ToString());
        }

        foreach (var home in (ReadOnlySpan<string>)["/home/", "/Users/"])
        {
            for (var at = text.IndexOf(home, StringComparison.Ordinal); at >= 0; at = text.IndexOf(home, at + home.Length, StringComparison.Ordinal))
            {
                var rest = text.AsSpan(at + home.Length);
                var end = rest.IndexOfAny(EndsOfHosts);
                Name(rest[..(end < 0 ? rest.Length : end)].ToString());
            }
        }

        foreach (var word in Words(text))
        {
            var bare = word.Trim('[', ']', '(', ')', '<', '>', '"', '\'', '`', ',', ';', '.');
            if (bare.IndexOf('@') is > 0 and var sign && bare.IndexOf('.', sign) > sign) Name(bare);
            else Ip(bare);
            // An address with its port.
            if (bare.LastIndexOf(':') is > 0 and var colon && bare.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0) Ip(bare[..colon].Trim('[', ']'));
        }
    }

    private void Host(string host)
    {
        host = host.Trim('[', ']').TrimEnd('.');
        if (host.Length == 0 || Common.Contains(host) || Ip(host) || replaced.ContainsKey(host)) return;
        replaced[host] = $"host-{(++hosts).ToString(CultureInfo.InvariantCulture)}.example";
    }

    private bool Ip(string text)
    {
        if (text.Length < 3 || !Address.TryParse(text, out var address, out _)) return false;
        if (!System.Net.IPAddress.IsLoopback(address!) && !replaced.ContainsKey(text))
            replaced[text] = address!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? $"192.0.2.{(++addresses % 254).ToString(CultureInfo.InvariantCulture)}" : $"2001:db8::{(++addresses).ToString("x", CultureInfo.InvariantCulture)}";
        return true;
    }

    private void Name(string name)
    {
        if (name.Length < 2 || Common.Contains(name) || name.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 || replaced.ContainsKey(name)) return;
        replaced[name] = name.Contains('@') ? $"person-{(++names).ToString(CultureInfo.InvariantCulture)}@example.org" : $"name-{(++names).ToString(CultureInfo.InvariantCulture)}";
    }

    private Exchange In(Exchange exchange) => exchange with
    {
        Request = exchange.Request with
        {
            Url = Uri.TryCreate(In(MaskedUrl.Of(exchange.Request.Url)), UriKind.Absolute, out var url) ? url : new Uri("http://host.example/"),
            Fields = [.. exchange.Request.Fields.Select(field => new Field(field.Name, In(MaskedField.Value(field))))],
            Body = default,
        },
        Answer = exchange.Answer is { } answer ? answer with { Fields = [], Body = default } : null,
        From = null,
        To = null,
    };

    /// <summary>A text with every learnt name replaced: whole words alone, longer names first.</summary>
    private string In(string text)
    {
        foreach (var (name, word) in replaced.OrderByDescending(pair => pair.Key.Length)) text = Replace(text, name, word);
        return text;
    }

    private static string Replace(string text, string name, string word)
    {
        StringBuilder? made = null;
        var from = 0;
        for (var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(name, at + name.Length, StringComparison.OrdinalIgnoreCase))
        {
            var after = at + name.Length;
            if ((at > 0 && IsPart(text[at - 1])) || (after < text.Length && IsPart(text[after]))) continue;
            made ??= new StringBuilder();
            made.Append(text, from, at - from).Append(word);
            from = after;
        }

        return made is null ? text : made.Append(text, from, text.Length - from).ToString();
    }

    private static bool IsPart(char letter) => char.IsLetterOrDigit(letter) || letter is '_';

    private static IEnumerable<string> Texts(Report report) =>
    [
        report.Target,
        .. report.Findings.SelectMany(finding => finding.Evidence.SelectMany(evidence => new[] { evidence.Where, evidence.What }).Append(finding.Summary)),
        .. report.Findings.SelectMany(finding => finding.Remedies).SelectMany(remedy => new[] { remedy.What, remedy.Command ?? "" }),
        .. report.Exchanges.SelectMany(exchange => exchange.Request.Fields.Where(field => !CredentialFields.IsSecret(field.Name)).Select(field => field.Value).Append(exchange.FaultText ?? "").Append(exchange.Purpose)),
        .. report.NotLookedAt, .. report.Unreachable,
    ];

    private static string[] Words(string text) => text.Split([' ', '\t', '=', '/', '|'], StringSplitOptions.RemoveEmptyEntries);
}
