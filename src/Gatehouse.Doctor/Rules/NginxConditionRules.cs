using Gatehouse.Causes;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Findings;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor.Rules;

/// <summary>return, and the variables that its conditions ask: through set, map and geo down to what the request shows.</summary>
internal static class NginxConditionRules
{
    /// <summary>Variables set by variables set by variables: a circle of maps ends here.</summary>
    private const int MaxDepth = 12;

    /// <summary>A return decided.</summary>
    public static IEnumerable<Finding> Returned(Verdict verdict, Decision refusal)
    {
        var node = refusal.Node!;
        if (refusal.Status is not (401 or 403 or 444 or 404 or 405 or 410 or 426 or 429 or 451 or 503 or 400 or 496 or 495 or 421 or 418)) yield break;
        var asked = new Reasons(verdict.Ground);
        foreach (var condition in refusal.Conditions) asked.Take(condition, 0);
        Evidence[] evidence = [.. asked.Lines, NginxRules.At(node, refusal.Says)];
        if (refusal.Conditions.Count == 0)
        {
            if (IsStrangerAtDefault(verdict, refusal))
            {
                yield return Stranger(verdict, refusal);
                yield break;
            }

            if (refusal.Status is 404 or 410)
            {
                if (refusal.Scope.Location is { Match: not LocationKind.Named, Name: not "/" } hidden)
                    yield return new Finding { Cause = Status.HiddenAsNotFound, Confidence = 0.75, Summary = $"the configuration answers {refusal.Status} for {StaticContent.Shown8(hidden.Name)}, whatever is there", Evidence = evidence };
                yield break;
            }

            if (refusal.Status is not (401 or 403 or 444 or 451)) yield break;
            yield return new Finding
            {
                Cause = refusal.Status == 401 ? Credentials.Missing : FileCauses.ResourceDenied,
                Confidence = 1,
                Summary = $"`{node.Line}` refuses {(refusal.Scope.Location is { } location ? StaticContent.Shown8(location.Name) : "the whole server")} to everybody",
                Evidence = evidence,
                Remedies = [new Remedy { Id = "lift-return", Who = Audience.Owner, What = $"take the return at {node.At} out, or narrow its location, where this is not meant" }],
            };
            yield break;
        }

        if (refusal.Status is 404 or 410 && !asked.Names.Any(name => Kind(name) is not Shows.Place)) yield break;
        if (refusal.Status is 400 or 418 or 405 or 503 or 426 && asked.Names.All(name => Kind(name) == Shows.Place)) yield break;
        yield return Told(verdict, refusal, asked) with { Evidence = evidence };
    }

    /// <summary>Whether the default server refuses a host that no server names.</summary>
    public static bool IsStrangerAtDefault(Verdict verdict, Decision refusal) =>
        verdict.Ground.Choice is { By: null, OthersNamed: true, DefaultServer: { } server } && (IsForStrangers(server) || !Gatehouse.Grammar.Address.TryParse((verdict.Ground.Host ?? "").Trim('[', ']'), out _, out _)) && refusal.Scope is { } scope && (scope.Kind is ScopeKind.Server || scope.Location is { Match: LocationKind.Prefix or LocationKind.PrefixOnly, Name: "/" });

    /// <summary>Written for whoever names no server: <c>default_server</c>, or a name that is none. Another that only comes first in the file answers bare addresses by chance.</summary>
    private static bool IsForStrangers(VirtualServer server) =>
        server.Names.Count == 0 || server.Names.Any(name => name.Text is "_" or "" or "~.") || server.Scope.Own("listen").Any(listen => listen.Arguments.Contains("default_server", StringComparer.Ordinal));

    /// <summary>That finding.</summary>
    public static Finding Stranger(Verdict verdict, Decision refusal) => new()
    {
        Cause = Network.HostUnknown,
        Confidence = 1,
        Summary = $"no server has the name {verdict.Ground.Host ?? "(none)"}: the default one of this address answers, and refuses everything",
        Evidence = [NginxRules.At(refusal.Node!, refusal.Says), .. verdict.Server!.Scope.Own("server_name") is [var names, ..] ? [NginxRules.At(names)] : Array.Empty<Evidence>(), new(EvidenceKind.Address, "Host", verdict.Ground.Host ?? "")],
        Remedies = [new Remedy { Id = "name-host", Who = Audience.Owner, What = $"add {verdict.Ground.Host} to the server_name of the server that is meant, and reload nginx" }],
    };

    /// <summary>What a variable shows of the request.</summary>
    private enum Shows
    {
        Signature,
        Certificate,
        Country,
        Address,
        Agent,
        Referrer,
        Origin,
        Scheme,
        Authorization,
        Session,
        Rate,
        Time,
        Argument,
        Header,
        Method,
        Host,
        Query,
        Place,
    }

    private static Finding Told(Verdict verdict, Decision refusal, Reasons asked)
    {
        var ground = verdict.Ground;
        var name = asked.Names.OrderBy(one => (int)Kind(one)).FirstOrDefault() ?? "uri";
        string? Header(string field) => ground.Headers.Find(header => header.Key.Equals(field, StringComparison.OrdinalIgnoreCase)).Value;
        var field = name.StartsWith("http_", StringComparison.OrdinalIgnoreCase) ? name[5..].Replace('_', '-') : name;
        var value = ground.Headers.Find(header => header.Key.Equals(field, StringComparison.OrdinalIgnoreCase)).Value;
        var dropped = ground.IgnoredHeaders.Find(header => header.Replace('_', '-').Equals(field, StringComparison.OrdinalIgnoreCase));
        var (cause, summary, confidence) = Kind(name) switch
        {
            Shows.Signature => asked.SignatureExpired ? (Tokens.SignatureExpired, "the signed link is right and past its time (secure_link)", 1.0) : (Tokens.SignatureMismatch, "the link's signature is missing or differs (secure_link)", 1.0),
            Shows.Certificate => ground.Request.ClientVerify is null or "NONE" ? (Credentials.CertificateMissing, "no client certificate came, and the rule asks $ssl_client_verify", 1.0)
                : ground.Request.ClientVerify.Contains("expired", StringComparison.Ordinal) ? (Credentials.CertificateExpired, "the client's certificate is outside its validity", 1.0) : (Credentials.CertificateUntrusted, $"the client's certificate is not accepted ({ground.Request.ClientVerify})", 0.9),
            Shows.Country => (Network.CountryBlocked, $"the country of {ground.Client}{(asked.Country is { } country ? $", {country}," : "")} is refused", 1.0),
            Shows.Address => asked.Allowed ? (Network.IpNotAllowed, $"{ground.Client} is not among the addresses that the rule allows", 1.0) : (Network.IpBlocked, $"{ground.Client} is refused by a rule on the client's address", 1.0),
            Shows.Agent => (Network.UserAgentBlocked, $"a rule refuses the User-Agent {Short(Header("User-Agent"))}", 1.0),
            Shows.Referrer => (Network.ReferrerBlocked, $"a rule refuses the Referer {Short(Header("Referer"))}", 1.0),
            Shows.Origin => (Network.OriginRefused, $"a rule refuses the Origin {Short(Header("Origin"))}", 1.0),
            Shows.Scheme => (Network.HttpsRequired, "plain http is refused by a rule", 1.0),
            Shows.Authorization => Header("Authorization") is null ? (Credentials.Missing, "no Authorization field came, and the rule asks for one", 1.0) : (Tokens.Rejected, "the Authorization field is not what the rule asks for", 0.9),
            Shows.Session => (name.Equals("http_cookie", StringComparison.OrdinalIgnoreCase) ? Header("Cookie") is null : Header("Cookie")?.Contains(name[7..] + "=", StringComparison.OrdinalIgnoreCase) != true)
                ? (Sessions.Missing, $"the cookie {name.Replace("cookie_", "", StringComparison.OrdinalIgnoreCase)} did not come, and the rule asks for it", 1.0) : (Sessions.Unknown, "the cookie that came is not what the rule asks for", 0.85),
            Shows.Rate => (Network.RateExceeded, "a limit of requests is exceeded", 0.9),
            Shows.Time => (Network.TimeOutsideWindow, "the rule refuses at this time of day", 1.0),
            Shows.Argument => Variables.Argument(verdict.Flow!.Arguments, name[4..]) is null ? (Credentials.Missing, $"the argument {name[4..]} did not come, and the rule asks for it", 0.9) : (Tokens.ApiKeyUnknown, $"the argument {name[4..]} is not what the rule asks for", 0.85),
            Shows.Header => dropped is not null ? (Credentials.Dropped, $"the field {dropped} came, and nginx drops names with underscores (underscores_in_headers is off)", 0.95)
                : (Network.HeaderRequired, value is null ? $"the field {field} did not come, and the rule asks for it" : $"the field {field} came with another value than the rule asks for", 1.0),
            Shows.Method => (Network.MethodDenied, $"a rule refuses the method {ground.Request.Method}", 1.0),
            Shows.Host => (Network.HostUnknown, $"a rule refuses the host {ground.Host}", 1.0),
            Shows.Query => (Network.WafBlocked, "a rule refuses the request for what stands in its query or body", 0.85),
            Shows.Place => (FileCauses.ResourceDenied, $"a rule refuses {StaticContent.Shown8(verdict.Flow!.Uri)}", 1.0),
        };
        return new Finding { Cause = cause, Confidence = confidence, Summary = summary, Remedies = [Remedy(cause, refusal.Node!, name)] };
    }

    private static Remedy Remedy(Cause cause, ConfNode node, string variable) => new()
    {
        Id = "change-condition",
        Who = Audience.Owner,
        What = cause == Credentials.Dropped ? "send the field with hyphens instead of underscores, or set `underscores_in_headers on;` in the default server" : $"change the condition on ${variable} before {node.At}, where this request is meant to pass",
    };

    private static string Short(string? value) => value is null ? "(none came)" : value.Length > 120 ? value[..120] + "…" : value;

    private static Shows Kind(string variable)
    {
        var name = variable.ToLowerInvariant();
        if (name.StartsWith("secure_link", StringComparison.Ordinal)) return Shows.Signature;
        if (name.StartsWith("ssl_client", StringComparison.Ordinal)) return Shows.Certificate;
        if (name.Contains("country", StringComparison.Ordinal) || name.StartsWith("geoip", StringComparison.Ordinal) || name is "http_x_country_code" or "http_cloudfront_viewer_country") return Shows.Country;
        if (name.StartsWith("time_", StringComparison.Ordinal) || name.StartsWith("date_", StringComparison.Ordinal) || name == "msec") return Shows.Time;
        if (name.StartsWith("cookie_", StringComparison.Ordinal)) return Shows.Session;
        if (name.StartsWith("arg_", StringComparison.Ordinal)) return Shows.Argument;
        return name switch
        {
            "remote_addr" or "binary_remote_addr" or "realip_remote_addr" or "http_x_forwarded_for" or "http_x_real_ip" or "proxy_protocol_addr" or "proxy_add_x_forwarded_for" => Shows.Address,
            "http_user_agent" => Shows.Agent,
            "invalid_referer" or "http_referer" => Shows.Referrer,
            "http_origin" or "http_sec_fetch_site" => Shows.Origin,
            "scheme" or "https" or "server_port" or "ssl_protocol" or "http_x_forwarded_proto" or "http_x_forwarded_ssl" or "http_x_forwarded_scheme" or "http_front_end_https" => Shows.Scheme,
            "http_authorization" or "remote_user" => Shows.Authorization,
            "http_cookie" => Shows.Session,
            "limit_req_status" or "limit_conn_status" or "connections_active" => Shows.Rate,
            "request_method" => Shows.Method,
            "host" or "http_host" or "server_name" or "ssl_server_name" => Shows.Host,
            "args" or "query_string" or "request_body" => Shows.Query,
            _ => name.StartsWith("http_", StringComparison.Ordinal) ? Shows.Header : Shows.Place,
        };
    }

    /// <summary>Follows conditions down to what they ask of the request, and the lines on the way.</summary>
    private sealed class Reasons(FlowGround ground)
    {
        private readonly HashSet<RewriteStep.If> met = [];

        /// <summary>Variables of the request.</summary>
        public List<string> Names { get; } = [];

        /// <summary>Lines on the way.</summary>
        public List<Evidence> Lines { get; } = [];

        /// <summary>Whether what is not listed is refused (an allow list), rather than what is.</summary>
        public bool Allowed { get; private set; }

        /// <summary>Whether a signature is right and past its time.</summary>
        public bool SignatureExpired { get; private set; }

        /// <summary>The country that was found.</summary>
        public string? Country { get; private set; }

        public void Take(RewriteStep.If condition, int depth)
        {
            if (!met.Add(condition) || depth > MaxDepth) return;
            Lines.Add(NginxRules.At(condition.Node, "is true"));
            var test = condition.Condition;
            if (test.Test == IfTest.Equal && test.Right == "0" && test.Left.StartsWith("$secure_link", StringComparison.OrdinalIgnoreCase)) SignatureExpired = true;
            if (test.Test is IfTest.Equal or IfTest.Pattern && test.Negated) Allowed = true;
            if (test.Test is IfTest.File or IfTest.Directory or IfTest.Exists or IfTest.Executable) Names.Add("uri");
            foreach (var name in Script.Names(test.Left).Concat(test.Test == IfTest.Equal ? Script.Names(test.Right) : [])) Variable(name, depth + 1);
        }

        private void Variable(string name, int depth)
        {
            if (depth > MaxDepth) return;
            if (ground.SetUnder.TryGetValue(name, out var under) && ground.SetBy.TryGetValue(name, out var set))
            {
                Lines.Add(NginxRules.At(set));
                foreach (var condition in under) Take(condition, depth + 1);
                foreach (var inner in Script.Names(set[1]).Where(inner => inner != name)) Variable(inner, depth + 1);
                return;
            }

            if (!ground.Model.Defined.TryGetValue(name, out var definition))
            {
                // A number is a group of a pattern: what was matched is asked beside it.
                if (!char.IsAsciiDigit(name[0])) Names.Add(name);
                return;
            }

            var source = definition.Name == "map" ? definition[0] : definition.Count > 1 && definition.Name == "geo" ? definition[0] : "";
            if (ground.MappedBy.TryGetValue(name, out var entry))
            {
                Lines.Add(new(EvidenceKind.ConfigLine, entry.At.ToString(), $"{Shown.MapLine(entry, source)} (gives ${name})"));
                if (definition.Name is "geo" or "map") Allowed = entry.Name == "default";
            }

            Lines.Add(NginxRules.At(definition));
            switch (definition.Name)
            {
                case "geoip2":
                    Names.Add("geoip2_country");
                    Country = ground.Kept.TryGetValue(name, out var country) ? country.Value : null;
                    break;
                case "geo":
                    if (source.Length == 0) Names.Add("remote_addr");
                    else foreach (var inner in Script.Names(source)) Variable(inner, depth + 1);
                    break;
                case "split_clients":
                    Names.Add("remote_addr");
                    break;
                default:
                    foreach (var inner in Script.Names(definition[0])) Variable(inner, depth + 1);
                    break;
            }
        }
    }
}
