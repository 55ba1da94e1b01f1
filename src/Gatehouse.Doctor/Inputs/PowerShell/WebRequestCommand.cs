using System.Globalization;
using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Inputs.Curl;

namespace Gatehouse.Doctor.Inputs.PowerShell;

/// <summary>Invoke-WebRequest and Invoke-RestMethod as browsers and API tools copy them, and the request that they make.</summary>
internal static class WebRequestCommand
{
    /// <summary>What they call themselves where nothing else is said.</summary>
    public const string UserAgent = "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.5.0";

    /// <summary>Parameters that can be abbreviated, in full; those that change nothing about the request follow the bar.</summary>
    private static readonly string[] Parameters =
    [
        "Uri", "Method", "CustomMethod", "Headers", "Body", "ContentType", "UserAgent", "WebSession", "SkipCertificateCheck", "MaximumRedirection", "TimeoutSec", "ConnectionTimeoutSeconds", "OperationTimeoutSeconds", "InFile", "HttpVersion", "Proxy",
        "Credential", "Authentication", "Token", "UseDefaultCredentials", "Certificate", "CertificateThumbprint", "Form", "ProxyCredential", "AllowUnencryptedAuthentication", "PreserveAuthorizationOnRedirect", "SessionVariable", "TransferEncoding",
        "UseBasicParsing", "OutFile", "PassThru", "SkipHttpErrorCheck", "SkipHeaderValidation", "DisableKeepAlive", "ErrorAction", "StatusCodeVariable", "ResponseHeadersVariable", "Verbose", "MaximumRetryCount", "RetryIntervalSec",
    ];

    private static readonly string[] Switches = ["UseBasicParsing", "SkipCertificateCheck", "UseDefaultCredentials", "PassThru", "SkipHttpErrorCheck", "SkipHeaderValidation", "DisableKeepAlive", "Verbose", "AllowUnencryptedAuthentication", "PreserveAuthorizationOnRedirect"];

    private static readonly string[] NotDone = ["Credential", "Authentication", "Token", "UseDefaultCredentials", "Certificate", "CertificateThumbprint", "Form", "ProxyCredential"];

    /// <summary>Reads every request of a text; curl.exe among them too.</summary>
    public static CommandReading Read(string text, InputSources sources)
    {
        var leftOut = new List<LeftOut>();
        void Say(int position, string what)
        {
            if (leftOut.Count < ShellReading.MaxLeftOut) leftOut.Add(new(position, InputPlace.Character, what));
        }

        if (text.Length > ShellReading.MaxLength) return new([], [new(ShellReading.MaxLength, InputPlace.Character, $"a command line of more than {ShellReading.MaxLength >> 20} MB is not read")]);
        var transfers = new List<Transfer>();
        foreach (var (name, start, arguments) in new PowerShellReader(text, Say).Commands())
        {
            var plain = name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..].ToLowerInvariant();
            if (plain is "curl.exe" || (plain is "curl" && !arguments.Any(argument => argument.Name is { } given && Full(given) is not null && given.Length > 1)))
                transfers.AddRange(CurlCommand.Read(NativeWords(arguments), null, sources, Say));
            else if (plain is "invoke-webrequest" or "invoke-restmethod" or "iwr" or "irm" or "curl" or "wget")
                transfers.AddRange(OfParameters(arguments, start, sources, Say));
            else if (plain is not ("convertto-json" or "ps" or "ps>" or ">" or "write-host"))
                Say(start, "a command that is no web request is left out");
        }

        return new(transfers, leftOut);
    }

    /// <summary>As Windows PowerShell hands them on: <c>\"</c> stands for a quote, <c>-HX:1</c> stays one word.</summary>
    private static List<Word> NativeWords(List<PowerShellArgument> arguments)
    {
        var words = new List<Word>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument.Name is null)
            {
                words.Add(argument.Value?.Text is { } known ? new(Octets.Of(known.Replace("\\\"", "\"", StringComparison.Ordinal)), argument.Start) : new("", argument.Start, Incomplete: true));
            }
            else if (argument.Raw.EndsWith(':') && i + 1 < arguments.Count && arguments[i + 1].Start == argument.Start + argument.Raw.Length)
            {
                var value = arguments[++i].Value?.Text;
                words.Add(new(argument.Raw + Octets.Of(value ?? ""), argument.Start, Incomplete: value is null));
            }
            else
            {
                words.Add(new(argument.Raw, argument.Start));
            }
        }

        return words;
    }

    private static IEnumerable<Transfer> OfParameters(List<PowerShellArgument> arguments, int start, InputSources sources, Action<int, string> say)
    {
        var given = new Dictionary<string, PowerShellValue>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument.Name is not { } name)
            {
                // Splatted parameters, or the address in its place.
                if (argument.Raw.StartsWith('@') && argument.Value?.Table is { } splat) foreach (var (key, set) in splat) Put(Full(key) ?? key, set, argument.Start);
                else if (!given.ContainsKey("Uri")) Put("Uri", argument.Value!, argument.Start);
                else say(argument.Start, "a value without a parameter is left out");
                continue;
            }

            if (Full(name) is not { } full)
            {
                say(argument.Start, $"`-{(name.Length > 40 ? name[..40] : name)}` is no parameter of a web request: it is left out");
                if (i + 1 < arguments.Count && arguments[i + 1].Name is null) i++;
                continue;
            }

            if (Switches.Contains(full)) Put(full, new() { Text = "true" }, argument.Start);
            else if (i + 1 < arguments.Count && arguments[i + 1].Name is null) Put(full, arguments[++i].Value!, argument.Start);
        }

        if (given.GetValueOrDefault("Uri")?.Text is not { } uri)
        {
            say(start, "no address is among the parameters that can be known here");
            yield break;
        }

        if (!UrlText.TryParse(uri, out var url, out var error))
        {
            say(start, $"the address is none that can be asked ({error})");
            yield break;
        }

        yield return Build(url.Url, given, sources, say, start);

        void Put(string name, PowerShellValue value, int position)
        {
            if (NotDone.Contains(name)) say(position, $"`-{name}` is not done here: it is left out");
            else if (value.Unknown) say(position, $"`-{name}` is left out, for its value is not known here");
            else given[name] = value;
        }
    }

    private static Transfer Build(Uri url, Dictionary<string, PowerShellValue> given, InputSources sources, Action<int, string> say, int start)
    {
        string? Text(string name) => given.GetValueOrDefault(name)?.Text;
        var fields = new List<Field>();
        var session = given.GetValueOrDefault("WebSession");
        foreach (var (name, value) in given.GetValueOrDefault("Headers")?.Table ?? [])
        {
            if (value.Text is not { } known) say(start, $"the field `{(name.Length > 40 ? name[..40] : name)}` is left out, for its value is not known here");
            else if (!HttpToken.Is(name) || known.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) say(start, "a field with blanks or signs in its name, or a line end in its value, is left out");
            else fields.Add(new(name, Octets.Of(known.Trim())));
        }

        void Own(string name, string? value)
        {
            if (value is { Length: > 0 } && !fields.Any(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) && value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0) fields.Add(new(name, Octets.Of(value)));
        }

        Own("User-Agent", Text("UserAgent") ?? session?.UserAgent ?? UserAgent);
        if (session?.Cookies is { Count: > 0 } cookies) Own("Cookie", string.Join("; ", cookies));
        var method = (Text("CustomMethod") ?? Text("Method"))?.ToUpperInvariant();
        var body = Array.Empty<byte>();
        if (given.GetValueOrDefault("Body") is { } content)
        {
            var text = content.Table is { } pairs ? string.Join('&', pairs.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value.Text ?? "")}")) : content.Text ?? "";
            if (content.Table is not null && method is null or "GET")
            {
                if (UrlText.TryMake(url.GetLeftPart(UriPartial.Authority), url.PathAndQuery + (url.Query.Length > 1 ? "&" : "?") + text, out var extended)) url = extended;
            }
            else
            {
                body = Encoding.UTF8.GetBytes(text);
            }
        }
        else if (Text("InFile") is { } file)
        {
            var read = sources.File(file);
            if (read.Fault is { } fault) say(start, fault);
            body = read.Content.ToArray();
        }

        Own("Content-Type", Text("ContentType") ?? (body.Length > 0 && method is "POST" ? "application/x-www-form-urlencoded" : null));
        var most = int.TryParse(Text("MaximumRedirection"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        return new(new SentRequest { Method = method is not null && HttpToken.Is(method) ? method : "GET", Url = url, Fields = fields, Body = body }, new TransferOptions
        {
            FollowRedirects = most != 0,
            MaxRedirects = most,
            Insecure = given.ContainsKey("SkipCertificateCheck"),
            Timeout = int.TryParse(Text("TimeoutSec") ?? Text("OperationTimeoutSeconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1_000_000 ? TimeSpan.FromSeconds(seconds) : null,
            Proxy = Text("Proxy") is { } proxy ? CurlValues.Proxy(Octets.Of(proxy), "http") : null,
            Protocol = Version.TryParse(Text("HttpVersion"), out var version) && version is { Major: >= 1 and <= 3 } ? version : null,
        });
    }

    // Parameters may be cut as long as one alone begins so.
    private static string? Full(string name)
    {
        if (Parameters.FirstOrDefault(parameter => parameter.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } exact) return exact;
        var begun = Parameters.Where(parameter => parameter.StartsWith(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return begun.Count == 1 ? begun[0] : null;
    }
}
