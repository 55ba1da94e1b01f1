using System.Globalization;
using System.Net;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Apache.Patterns;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Gatehouse.Patterns;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>
/// A folder whose .htaccess files are obeyed as Apache httpd obeys them (<c>htaccess: honour</c>): who may have what, redirects, rewriting,
/// index files, logins by AuthUserFile. It decides about the one canonical request; what it can't decide is refused, and the
/// file itself is served as any other of a static site.
/// </summary>
public sealed class HtaccessSite
{
    private readonly string root;
    private readonly HttpdEvaluator evaluator;
    private readonly StaticSite files;
    private readonly TimeProvider time;
    private readonly AccessPolicy? policy;

    /// <summary>Serves that folder.</summary>
    /// <param name="settings">The folder and its index files.</param>
    /// <param name="host">The site's first name, for redirects of requests without one; null: none.</param>
    public HtaccessSite(StaticSiteSettings settings, string? host)
    {
        ArgumentNullException.ThrowIfNull(settings);
        root = Path.GetFullPath(settings.Root).TrimEnd('/');
        time = settings.Time;
        policy = settings.Policy;
        evaluator = HtaccessServer.Open(root, settings.IndexFiles, host, settings.Time);
        files = new(settings with { IgnoresHtaccess = true });
    }

    /// <summary>Answers a request that the policy allows; see <see cref="SiteContent"/>.</summary>
    public ValueTask<Refusal?> ServeAsync(HttpContext context, Facts facts, Identity? who)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(facts);

        // What files of others ask of the address can't be told one by one: they may grant by it, and by its absence.
        if (facts.Address is not { } client)
            return new(new Refusal { Status = StatusCodes.Status403Forbidden, Incident = Incident.NewId(), Facts = facts, Who = who, Finding = new() { Cause = Causes.Network.IpNotAllowed, Confidence = 1, Summary = "a trusted proxy hides the client's address, by which .htaccess files may decide" } });
        var evaluation = evaluator.Evaluate(Request(context, facts, client));
        var answer = evaluation.Answer;

        // An ErrorDocument that is a URL makes a redirect of a refusal.
        if (answer is { Status: >= 300 and < 400 and var status, Target: { } target } && (answer.Reason == AnswerReason.Redirected || answer.Inner is not null)) return Redirect(context, status, Location(answer, target));
        if (answer is { Status: 200, Reason: AnswerReason.Served, Path: { } path } && !HtaccessRefusal.WantsProgram(answer) && facts.Method is "GET" or "HEAD" or "POST" && Below(path) is { } relative)
        {
            var known = answer.Request?.User is { Length: > 0 } user ? who ?? new Identity { Name = user, Scheme = Scheme.Basic } : who;

            // Where rewriting leads to another file, the rules of gatehouse.yaml decide about that one too.
            if (policy is not null && OtherPath.Judge(policy, facts, who, relative, "rewriting", indexIsFree: true) is { } closed) return new(closed);

            // httpd answers a POST to a plain file with the file.
            return files.ServeAsync(context, facts with { Path = relative, Method = facts.Method == "HEAD" ? "HEAD" : "GET" }, known);
        }

        if (facts.Method == "OPTIONS" && answer.Status == StatusCodes.Status200OK)
        {
            context.Response.Headers.Allow = "GET, HEAD, POST, OPTIONS";
            context.Response.ContentLength = 0;
            return default;
        }

        return new(HtaccessRefusal.Of(evaluation, facts, who));
    }

    private ApacheRequest Request(HttpContext context, Facts facts, IPAddress client)
    {
        var asked = context.Request;
        var (host, port) = (facts.Host, asked.Host.Port);
        var query = asked.QueryString.HasValue ? asked.QueryString.Value![1..] : null;
        var target = CanonicalPath.Encode(facts.Path) + (query is null ? "" : "?" + query);
        var connection = context.Connection;
        var request = new ApacheRequest
        {
            Method = facts.Method,
            UnparsedTarget = target,
            Path = facts.Path,
            Query = query,
            Protocol = asked.Protocol,
            HostName = host,
            HostPort = port,
            Client = client,
            Peer = client,
            ClientPort = connection.RemotePort,
            ServerAddress = connection.LocalIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : connection.LocalIpAddress ?? IPAddress.Loopback,
            ServerPort = connection.LocalPort,
            ServerName = host,
            Https = facts.Secure,
            DocumentRoot = root,
            ServerSoftware = "Apache",
            ProcessEnvironment = NoEnvironment,
            Time = time.GetLocalNow(),
        };
        foreach (var (name, values) in asked.Headers)
            foreach (var value in values)
                if (value is not null) request.Headers.Add(new(name, value));
        return request;
    }

    /// <summary>The environment of this process is nobody's business: rules see none.</summary>
    private static readonly Dictionary<string, string> NoEnvironment = [];

    /// <summary>The path of a file below the root as a URL path; null: it lies elsewhere, and is not served whatever the rules say.</summary>
    private string? Below(string path) => path.Length > root.Length && path.StartsWith(root, StringComparison.Ordinal) && path[root.Length] == '/' ? path[root.Length..] : null;

    // mod_dir gives the decoded path; the other modules give the field as it is sent.
    private static string Location(HttpdAnswer answer, string target)
    {
        if (answer.By is not null || answer.Inner is not null || !target.StartsWith('/')) return target;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        return mark < 0 ? CanonicalPath.Encode(target) : CanonicalPath.Encode(target[..mark]) + target[mark..];
    }

    private static ValueTask<Refusal?> Redirect(HttpContext context, int status, string location)
    {
        var response = context.Response;
        response.StatusCode = status;

        // What httpd would send raw, beyond printable ASCII, is encoded: a field may carry nothing else.
        var field = new StringBuilder(location.Length);
        foreach (var octet in Octets.Of(location))
        {
            if (octet is > ' ' and < '\u007F') field.Append(octet);
            else field.Append(CultureInfo.InvariantCulture, $"%{(int)octet:x2}");
        }

        response.Headers.Location = field.ToString();
        response.Headers.CacheControl = "no-cache";
        response.ContentLength = 0;
        return default;
    }
}
