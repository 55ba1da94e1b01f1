using System.Globalization;
using System.Text;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>What the options before a URL or a <c>--next</c> come to, and the request that curl makes of them (its manual page; lib/http.c for the order of fields).</summary>
internal sealed class CurlRequest(InputSources sources, string? input, Action<int, string> say)
{
    /// <summary>What curl calls itself where nothing else is asked for: servers that refuse it refuse us too.</summary>
    public const string UserAgent = "curl/8.14.1";

    private readonly List<(string Name, string? Value)> custom = [];
    private readonly List<string> cookies = [];
    private readonly CurlBody body = new(sources, input, say);
    private readonly List<ConnectOverride> connections = [];
    private readonly List<StoredCookies> jars = [];
    private readonly List<string> query = [];
    private readonly List<(string Text, int Position)> urls = [];
    private TransferOptions options = new();
    private UserMethods methods;
    private string? method;
    private string? userAgent;
    private string? referrer;
    private string? bearer;
    private string? range;
    private string? keyFile;
    private string? keyPassword;
    private string? certificateKind;
    private string protocolDefault = "http";
    private (string File, string? Password)? certificate;
    private ProxyChoice? proxy;
    private bool get;
    private bool head;
    private bool compressed;
    private bool globOff;
    private bool pathAsIs;

    private sealed record StoredCookies(CookieJar Jar);

    /// <summary>Takes one option in.</summary>
    public void Apply(CurlSetting setting)
    {
        var value = setting.Value;
        switch (setting.Option.Meaning)
        {
            case CurlMeaning.Ignored or CurlMeaning.Next or CurlMeaning.Config: break;
            case CurlMeaning.Unsupported: say(setting.Position, $"`--{setting.Option.Name}` is not done here: it is left out"); break;
            case CurlMeaning.Url: urls.Add((value, setting.Position)); break;
            case CurlMeaning.Method: method = Token(value) ? value : Left<string>(setting, "no method"); break;
            case CurlMeaning.Header: AddHeaders(setting); break;
            case CurlMeaning.UserAgent: userAgent = value; break;
            case CurlMeaning.Referrer: referrer = value.EndsWith(";auto", StringComparison.Ordinal) ? value[..^5] : value; break;
            case CurlMeaning.Range: range = value; break;
            case CurlMeaning.Cookie: AddCookies(setting); break;
            case CurlMeaning.User: options = options with { User = Split(value) }; break;
            case CurlMeaning.Bearer: bearer = value; break;
            case CurlMeaning.Basic: Method(UserMethods.Basic, setting.On); break;
            case CurlMeaning.Digest: Method(UserMethods.Digest, setting.On); break;
            case CurlMeaning.Ntlm: Method(UserMethods.Ntlm, setting.On); break;
            case CurlMeaning.Negotiate: Method(UserMethods.Negotiate, setting.On); break;
            case CurlMeaning.AnyAuth: methods = UserMethods.Any; break;
            case CurlMeaning.AwsSignature: options = options with { AwsSignature = value }; break;
            case CurlMeaning.Data or CurlMeaning.DataBinary or CurlMeaning.DataRaw or CurlMeaning.DataEncoded or CurlMeaning.Json or CurlMeaning.Form or CurlMeaning.FormString or CurlMeaning.Upload: body.Add(setting); break;
            case CurlMeaning.Get: get = setting.On; break;
            case CurlMeaning.Head: head = setting.On; break;
            case CurlMeaning.Compressed: compressed = setting.On; break;
            case CurlMeaning.GlobOff: globOff = setting.On; break;
            case CurlMeaning.PathAsIs: pathAsIs = setting.On; break;
            case CurlMeaning.Insecure: options = options with { Insecure = setting.On }; break;
            case CurlMeaning.Location: options = options with { FollowRedirects = setting.On }; break;
            case CurlMeaning.LocationTrusted: options = options with { FollowRedirects = setting.On, TrustRedirects = setting.On }; break;
            case CurlMeaning.MaxRedirects: options = options with { MaxRedirects = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var most) ? most < 0 ? null : most : Left<int?>(setting, "no number") }; break;
            case CurlMeaning.MaxTime: options = options with { Timeout = Seconds(value) ?? Left<TimeSpan?>(setting, "no number of seconds") }; break;
            case CurlMeaning.Http10: options = options with { Protocol = new(1, 0) }; break;
            case CurlMeaning.Http11: options = options with { Protocol = new(1, 1) }; break;
            case CurlMeaning.Http2: options = options with { Protocol = new(2, 0) }; break;
            case CurlMeaning.Http3: options = options with { Protocol = new(3, 0) }; break;
            case CurlMeaning.ProtocolDefault: protocolDefault = value; break;
            case CurlMeaning.Authorities: options = options with { AuthoritiesFile = Octets.Text(value) }; break;
            case CurlMeaning.Certificate: certificate = CurlValues.Certificate(value); break;
            case CurlMeaning.CertificateKind: certificateKind = value; break;
            case CurlMeaning.Key: keyFile = Octets.Text(value); break;
            case CurlMeaning.KeyPassword: keyPassword = value; break;
            case CurlMeaning.Resolve: AddConnection(setting, CurlValues.Resolve(value)); break;
            case CurlMeaning.ConnectTo: AddConnection(setting, CurlValues.ConnectTo(value)); break;
            case CurlMeaning.Proxy: SetProxy(setting, "http"); break;
            case CurlMeaning.Socks4: SetProxy(setting, "socks4"); break;
            case CurlMeaning.Socks4a: SetProxy(setting, "socks4a"); break;
            case CurlMeaning.Socks5: SetProxy(setting, "socks5"); break;
            case CurlMeaning.Socks5Hostname: SetProxy(setting, "socks5h"); break;
            case CurlMeaning.ProxyUser: proxy = (proxy ?? new("http", "", 1080, null)) with { User = Split(value) }; break;
            case CurlMeaning.NoProxy: options = options with { NoProxy = value }; break;
            case CurlMeaning.UnixSocket: options = options with { UnixSocket = Octets.Text(value) }; break;
            case CurlMeaning.UrlQuery: query.Add(value.StartsWith('+') ? value[1..] : CurlBody.Encoded(value, sources, say, setting.Position)); break;
            default: throw new ArgumentOutOfRangeException(nameof(setting));
        }
    }

    /// <summary>The transfers, one for each URL.</summary>
    public IEnumerable<Transfer> Transfers()
    {
        if (urls.Count == 0) say(0, "no address is among the options");
        foreach (var (text, position) in urls.Take(100))
        {
            var glob = globOff ? text : CurlValues.FirstOfGlob(text);
            if (glob != text) say(position, "the address stands for several (`{}` or `[]`): only the first is asked");
            var whole = glob.IndexOf("://", StringComparison.Ordinal) < 0 && protocolDefault == "https" ? "https://" + glob : glob;
            if (!UrlText.TryParseOctets(whole, pathAsIs, out var url, out var error))
            {
                say(position, $"the address is none that can be asked ({error})");
                continue;
            }

            yield return Build(url);
        }
    }

    private Transfer Build(UrlText url)
    {
        var target = url.Url;
        var extra = get ? [.. query, .. body.Text is { Length: > 0 } data ? [data] : Array.Empty<string>()] : query;
        if (extra.Count > 0) target = WithQuery(target, string.Join('&', extra));
        if (body.UploadName is { } name && target.AbsolutePath.EndsWith('/') && target.Query.Length == 0) target = UrlText.TryMake(target.GetLeftPart(UriPartial.Authority), target.AbsolutePath + Uri.EscapeDataString(name), out var file) ? file : target;
        var content = get || head ? null : body.Finished();
        var way = options with
        {
            User = options.User ?? url.User,
            Methods = methods == UserMethods.None ? UserMethods.Basic : methods,
            Connections = connections,
            Certificate = certificate is { } given ? new(given.File, keyFile, keyPassword ?? given.Password, certificateKind) : null,
            Proxy = proxy is { Host.Length: > 0 } ? proxy : null,
            Jar = jars.Count == 0 ? null : new([.. jars.SelectMany(stored => stored.Jar.Cookies)]),
        };
        return new(new SentRequest
        {
            Method = method ?? (head ? "HEAD" : content?.Upload == true ? "PUT" : content is not null ? "POST" : "GET"),
            Url = target,
            Fields = Fields(target, way, content),
            Body = content?.Content ?? default,
        }, way);
    }

    private List<Field> Fields(Uri url, TransferOptions way, CurlContent? content)
    {
        var fields = new List<Field>();
        foreach (var (name, value) in custom)
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) && value is not null) fields.Add(new("Host", value));
        if (bearer is not null) Own("Authorization", "Bearer " + bearer);
        else if (way is { User: { Password: not null } user, Methods: UserMethods.Basic, AwsSignature: null }) Own("Authorization", "Basic " + Convert.ToBase64String(Octets.Bytes(user.User + ":" + user.Password)));
        else if (way.User is { Password: null }) say(0, "no password stands behind the user's name: curl would ask for it, and nothing is sent here");
        if (range is not null) Own("Range", "bytes=" + range);
        Own("User-Agent", userAgent ?? UserAgent);
        Own("Accept", content?.Json == true ? "application/json" : "*/*");
        if (compressed) Own("Accept-Encoding", "deflate, gzip, br, zstd");
        if (referrer is not null) Own("Referer", referrer);
        if (cookies.Count > 0) Own("Cookie", string.Join("; ", cookies));
        if (way.Jar?.HeaderFor(url, sources.Now) is { } stored)
        {
            if (fields.FindIndex(field => field.Name == "Cookie") is >= 0 and var at) fields[at] = new("Cookie", stored + "; " + fields[at].Value);
            else fields.Add(new("Cookie", stored));
        }

        foreach (var (name, value) in custom)
            if (value is not null && !name.Equals("Host", StringComparison.OrdinalIgnoreCase)) fields.Add(new(name, value));
        if (content?.Type is { } type) Own("Content-Type", type);
        return fields;

        // A field that the caller gives, or takes away with `Name:`, replaces curl's own.
        void Own(string name, string value)
        {
            if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) say(0, $"the field `{name}` is left out, for there is a line end in it");
            else if (value.Length > 0 && !custom.Any(given => given.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) fields.Add(new(name, value));
        }
    }

    private void AddHeaders(CurlSetting setting)
    {
        if (!setting.Value.StartsWith('@'))
        {
            AddHeader(setting.Value, setting.Position);
            return;
        }

        if (setting.Value == "@-" && input is null)
        {
            say(setting.Position, "fields from standard input are not known here: they are left out");
            return;
        }

        var content = setting.Value == "@-" ? input! : "";
        if (setting.Value != "@-")
        {
            var file = sources.File(Octets.Text(setting.Value[1..]));
            if (file.Fault is { } fault) say(setting.Position, fault);
            content = Octets.Of(file.Content.Span);
        }

        foreach (var line in content.Split('\n'))
            if (line.TrimEnd('\r') is { Length: > 0 } header && !header.StartsWith('#')) AddHeader(header, setting.Position);
    }

    private void AddHeader(string line, int position)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var semicolon = line.IndexOf(';', StringComparison.Ordinal);
        if (line.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            say(position, "a field with a line end in it is left out");
        }
        else if (colon > 0)
        {
            var name = line[..colon].Trim(' ', '\t');
            var value = line[(colon + 1)..].Trim(' ', '\t');
            // HTTP/2 tools print pseudo fields; they stand in the request line.
            if (name.Length == 0) return;
            if (!Token(name)) say(position, "a field whose name holds blanks or signs is left out");
            else custom.Add((name, value.Length == 0 ? null : value));
        }
        else if (colon == 0)
        {
            // `:authority: host`, as HTTP/2 tools print it: the request line says it already.
        }
        else if (semicolon > 0 && line[(semicolon + 1)..].Trim(' ', '\t').Length == 0 && Token(line[..semicolon].Trim(' ', '\t')))
        {
            custom.Add((line[..semicolon].Trim(' ', '\t'), ""));
        }
        else
        {
            say(position, "a field without a colon behind its name: curl sends no such field, and neither do we");
        }
    }

    private void AddCookies(CurlSetting setting)
    {
        if (setting.Value.Contains('=', StringComparison.Ordinal))
        {
            cookies.Add(setting.Value.Trim(' ', ';'));
            return;
        }

        if (setting.Value.Length == 0 || setting.Value == "-") return;
        var file = sources.File(Octets.Text(setting.Value));
        if (file.Fault is { } fault)
        {
            say(setting.Position, fault);
            return;
        }

        var (jar, leftOut) = NetscapeCookies.Read(Encoding.UTF8.GetString(file.Content.Span));
        jars.Add(new(jar));
        foreach (var left in leftOut) say(setting.Position, $"in `{Octets.Text(setting.Value)}`, {left}");
    }

    private void AddConnection(CurlSetting setting, ConnectOverride? connection)
    {
        if (connection is null) Left<string>(setting, "not of its form");
        else if (connections.Count < 100) connections.Add(connection);
    }

    private void SetProxy(CurlSetting setting, string scheme)
    {
        if (setting.Value.Length == 0) proxy = null;
        else if (CurlValues.Proxy(setting.Value, scheme) is { } choice) proxy = choice with { User = choice.User ?? proxy?.User };
        else Left<string>(setting, "no proxy");
    }

    private void Method(UserMethods which, bool on) => methods = on ? methods | which : methods & ~which;

    private T? Left<T>(CurlSetting setting, string why)
    {
        say(setting.Position, $"the value of `--{setting.Option.Name}` is {why}: it is left out");
        return default;
    }

    private static UserPassword Split(string value) =>
        value.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? new(value[..colon], value[(colon + 1)..]) : new(value, null);

    private static bool Token(string text) => HttpToken.Is(text);

    private static TimeSpan? Seconds(string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e6 ? TimeSpan.FromSeconds(seconds) : null;

    private static Uri WithQuery(Uri url, string more)
    {
        var pathAndQuery = url.PathAndQuery + (url.Query.Length > 1 ? "&" : url.PathAndQuery.EndsWith('?') ? "" : "?") + CurlValues.EscapedQuery(more);
        return UrlText.TryMake(url.GetLeftPart(UriPartial.Authority), pathAndQuery, out var extended) ? extended : url;
    }
}
