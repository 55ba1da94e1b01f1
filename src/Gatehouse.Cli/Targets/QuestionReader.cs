using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using Gatehouse.Cli.Commands;
using Gatehouse.Doctor;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Inputs;
using Gatehouse.Doctor.Inputs.Curl;
using Gatehouse.Doctor.Inputs.Har;
using Gatehouse.Grammar;

namespace Gatehouse.Cli.Targets;

/// <summary>From targets and options to the question; throws <see cref="UsageFault"/>.</summary>
internal sealed class QuestionReader(WhyOptions options, ParseResult parsed, InputSources sources)
{
    /// <summary>Longest time that --timeout takes, in seconds.</summary>
    private const double MostSeconds = 3600;

    private readonly List<string> leftOut = [];

    /// <summary>Reads all of it.</summary>
    /// <param name="targets">As given, in any mix and order.</param>
    /// <param name="copied">What stands behind <c>--</c>; null: there was none.</param>
    public Inquiry Read(IReadOnlyList<string> targets, IReadOnlyList<string>? copied)
    {
        var sorted = new SortedTargets(sources);
        // Addresses first: a pasted answer is read with the address that belongs to it.
        foreach (var target in targets.OrderBy(target => target == "-" || File.Exists(target))) sorted.Add(target);
        if (copied is not null) sorted.AddCommand(copied);
        leftOut.AddRange(sorted.LeftOut);
        var question = Options(new Question
        {
            Site = parsed.GetValue(options.Site) ?? sorted.Site,
            ServerConfigurations = [.. parsed.GetValue(options.ServerConfigurations) ?? [], .. sorted.ServerConfigurations],
            IncludeRoots = parsed.GetValue(options.IncludeRoots) ?? [],
            Logs = [.. parsed.GetValue(options.Logs) ?? [], .. sorted.Logs],
            LogLines = sorted.LogLines,
        });
        foreach (var file in question.ServerConfigurations.Concat(question.Logs).Concat(question.Site is { } site ? [site] : []))
        {
            if (!File.Exists(file) && !Directory.Exists(file)) throw new UsageFault($"{file} does not exist", 4);
        }

        if (sorted.Recording is { } recording)
        {
            question = question with { LeftOut = leftOut };
            return new Inquiry(question, recording, [.. sorted.Refusals.Select(refusal => (refusal, OfRecorded(question with { LeftOut = [] }, refusal)))]);
        }

        if (sorted.Pasted is [.., var refused])
        {
            return new Inquiry(question with
            {
                Url = refused.Request.Url,
                Method = refused.Request.Method,
                Headers = [.. refused.Request.Fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))],
                Recorded = sorted.Pasted,
                Beside = sorted.Beside,
                LeftOut = leftOut,
            }, null, []);
        }

        question = sorted.Transfer is { } transfer ? OfTransfer(question, transfer) : sorted.Url is { } url ? OfUrl(question, url) : question;
        if (question.Url is null && question.Site is null && question.ServerConfigurations.Count == 0 && question.Logs.Count == 0 && question.LogLines.Count == 0)
            throw new UsageFault(leftOut.Count > 0 ? leftOut[0] : "nothing to look at: give a URL, a folder, a server's configuration or a log");
        return new Inquiry(question with { LeftOut = leftOut }, null, []);
    }

    private static Question OfRecorded(Question question, RecordedRefusal refusal) => question with
    {
        Url = refusal.Refused.Request.Url,
        Method = refusal.Refused.Request.Method,
        Headers = [.. refusal.Refused.Request.Fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))],
        Recorded = refusal.Exchanges,
        Beside = refusal.Beside,
    };

    private Question Options(Question question) => question with
    {
        From = parsed.GetValue(options.From) is { } from ? Ip("--from", from) : null,
        ServerUser = parsed.GetValue(options.ServerUser),
        Jwks = parsed.GetValue(options.Jwks),
        Metadata = parsed.GetValue(options.Metadata),
        Certificate = parsed.GetValue(options.Certificate),
        Key = parsed.GetValue(options.Key),
        Authorities = parsed.GetValue(options.Authorities),
        Insecure = parsed.GetValue(options.Insecure),
        Resolve = [.. (parsed.GetValue(options.Resolve) ?? []).Select(Connect)],
        Proxy = parsed.GetValue(options.Proxy) is { } proxy ? ProxyOf(proxy) : null,
        Timeout = Seconds(parsed.GetValue(options.Timeout)) ?? question.Timeout,
        MaxRequests = Count(parsed.GetValue(options.MaxRequests)) ?? question.MaxRequests,
    };

    private Question OfUrl(Question question, UrlText url)
    {
        var body = Body();
        var method = parsed.GetValue(options.Method) ?? (parsed.GetValue(options.Head) ? "HEAD" : body is null ? "GET" : "POST");
        if (!HttpToken.Is(method)) throw new UsageFault($"-X `{method}` is no method: it must be one word of letters");
        var given = Headers();
        var user = UserAndPassword(url.User);
        var defaults = new List<KeyValuePair<string, string>> { new("User-Agent", Octets.Of(parsed.GetValue(options.Agent) ?? HeaderOption.Agent)), new("Accept", "*/*") };
        if (user is not null) defaults.Add(new("Authorization", "Basic " + Convert.ToBase64String(Octets.Bytes(user))));
        else if (Secret.Of("--bearer", parsed.GetValue(options.Bearer), "GATEHOUSE_BEARER", sources) is { } token) defaults.Add(new("Authorization", "Bearer " + OneLine("--bearer", token)));
        if (parsed.GetValue(options.Referrer) is { } referrer) defaults.Add(new("Referer", Octets.Of(referrer)));
        var (cookie, jar) = Cookies(url.Url);
        if (cookie is not null) defaults.Add(new("Cookie", OneLine("--cookie", cookie)));
        if (body is not null) defaults.Add(new("Content-Type", "application/x-www-form-urlencoded"));
        return question with
        {
            Url = url.Url,
            Method = method,
            Headers = HeaderOption.InOrder(given, defaults),
            Body = body,
            UserAndPassword = user is null ? null : Octets.Text(user),
            Jar = jar,
        };
    }

    /// <summary>A copied command is the request; options of our own beside it say how it is made, and add headers.</summary>
    private Question OfTransfer(Question question, Transfer transfer)
    {
        var added = Headers();
        var fields = transfer.Request.Fields.Where(field => !added.Any(other => other.Key.Equals(field.Name, StringComparison.OrdinalIgnoreCase))).Select(field => new KeyValuePair<string, string>(field.Name, field.Value));
        if (parsed.GetValue(options.Method) is not null || parsed.GetValue(options.Data) is { Length: > 0 }) leftOut.Add("-X and --data beside a curl command are left out: the command says both");
        if (transfer.Options.Proxy is { Scheme: not "http" } proxy) leftOut.Add($"the {proxy.Scheme} proxy of the curl command is not used: only HTTP proxies are");
        if (transfer.Options.UnixSocket is not null) leftOut.Add("--unix-socket of the curl command is not followed: the host is connected to");
        return question with
        {
            Url = transfer.Request.Url,
            Method = transfer.Request.Method,
            Headers = [.. fields, .. added.Where(one => one.Value is not null).Select(one => new KeyValuePair<string, string>(one.Key, one.Value!))],
            Body = transfer.Request.Body,
            UserAndPassword = transfer.Options.User is { } user ? Octets.Text($"{user.User}:{user.Password}") : null,
            Certificate = question.Certificate ?? (transfer.Options.Certificate is { } certificate ? certificate.Password is { } password ? $"{certificate.File}:{password}" : certificate.File : null),
            Key = question.Key ?? transfer.Options.Certificate?.KeyFile,
            Authorities = question.Authorities ?? transfer.Options.AuthoritiesFile,
            Insecure = question.Insecure || transfer.Options.Insecure,
            Resolve = [.. question.Resolve, .. transfer.Options.Connections],
            Proxy = question.Proxy ?? (transfer.Options.Proxy is { Scheme: "http" } http ? new Uri($"http://{(http.User is { } who ? $"{Uri.EscapeDataString(who.User)}:{Uri.EscapeDataString(who.Password ?? "")}@" : "")}{http.Host}:{http.Port}") : null),
            Jar = [.. (transfer.Options.Jar?.Cookies ?? []).Select(cookie => new JarCookie("the command's cookie jar", cookie))],
        };
    }

    private List<KeyValuePair<string, string?>> Headers()
    {
        var all = new List<KeyValuePair<string, string?>>();
        foreach (var text in parsed.GetValue(options.Headers) ?? [])
        {
            if (!text.StartsWith('@') && !text.StartsWith("env:", StringComparison.Ordinal))
            {
                all.Add(HeaderOption.Read(text));
                continue;
            }

            var lines = Octets.Text(Secret.Of("-H", text, null, sources)!);
            all.AddRange(lines.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).Select(HeaderOption.Read));
        }

        return all;
    }

    private string? UserAndPassword(UserPassword? ofUrl)
    {
        var given = Secret.Of("--user", parsed.GetValue(options.User), parsed.GetValue(options.Bearer) is null ? "GATEHOUSE_USER" : null, sources);
        if (given is null) return ofUrl is null ? null : $"{ofUrl.User}:{ofUrl.Password}";
        return given.Contains(':') ? given : $"{given}:{Octets.Of(PasswordPrompt.Ask(Octets.Text(given)))}";
    }

    private (string? Cookie, IReadOnlyList<JarCookie> Jar) Cookies(Uri url)
    {
        var given = (parsed.GetValue(options.Cookies) ?? []).ToList();
        var pairs = given.Count == 0 && Secret.Of("--cookie", null, "GATEHOUSE_COOKIE", sources) is { } set ? [set] : given.Select(one => Secret.Of("--cookie", one, null, sources)!).ToList();
        var jar = new List<JarCookie>();
        if (parsed.GetValue(options.Jar) is { } file)
        {
            var read = sources.File(file);
            if (read.Fault is { } fault) throw new UsageFault($"--cookie-jar: {fault}", 4);
            var (cookies, left) = NetscapeCookies.Read(Encoding.UTF8.GetString(read.Content.Span));
            leftOut.AddRange(left.Select(one => $"{file}: {one}"));
            jar.AddRange(cookies.Cookies.Select(cookie => new JarCookie(file, cookie)));
            if (cookies.HeaderFor(url, sources.Now) is { } sent) pairs.Add(sent);
        }

        return (pairs.Count == 0 ? null : string.Join("; ", pairs), jar);
    }

    private byte[]? Body()
    {
        if (parsed.GetValue(options.Data) is not { Length: > 0 } data) return null;
        return Octets.Bytes(string.Join('&', data.Select(one => Secret.Of("--data", one, null, sources)!)));
    }

    private static string OneLine(string option, string value) =>
        value.AsSpan().ContainsAny("\r\n\0") ? throw new UsageFault($"{option}: the value holds a line break or a null: no client can send that") : value;

    private static IPAddress Ip(string option, string text) => Address.TryParse(text, out var address, out var error) ? address! : throw new UsageFault($"{option} `{text}` is no IP address: {error}");

    private static ConnectOverride Connect(string text) => CurlValues.Resolve(text) ?? throw new UsageFault($"--resolve `{text}` must be HOST:PORT:ADDRESS");

    private static Uri ProxyOf(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal)) text = "http://" + text;
        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme == "http" && proxy.Host.Length > 0 ? proxy : throw new UsageFault($"--proxy `{MaskedProxy(text)}` must be http://HOST:PORT");
    }

    private static string MaskedProxy(string text) => text.LastIndexOf('@') is >= 0 and var at ? "…" + text[at..] : text;

    private static TimeSpan? Seconds(string? text) => text is null ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= MostSeconds ? TimeSpan.FromSeconds(seconds)
        : throw new UsageFault($"--timeout `{text}` must be seconds, above 0 and up to {MostSeconds}");

    private static int? Count(string? text) => text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1000 ? count
        : throw new UsageFault($"--max-requests `{text}` must be a number from 1 to 1000");
}
