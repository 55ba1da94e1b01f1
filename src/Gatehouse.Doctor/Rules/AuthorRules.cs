using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Who wrote the refusal: the proxy or content network in front, or the application behind it.</summary>
internal static class AuthorRules
{
    private static readonly string[] ProxyServers = ["nginx", "openresty", "Apache", "envoy", "istio-envoy", "cloudflare", "Caddy", "CloudFront", "AkamaiGHost", "awselb", "Google Frontend", "LiteSpeed", "BunnyCDN", "kong", "Varnish", "tengine"];

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("who wrote the answer", Judge)];

    private static IEnumerable<Finding> Judge(Refusal refusal)
    {
        if (refusal.Status != 403) yield break;
        var answer = refusal.Answer;
        var author = FingerprintRules.Author(answer);
        var servers = answer.Values("Server").ToArray();
        var evidence = new List<Evidence>();
        var confidence = 0.0;
        if (servers.Length > 1)
        {
            evidence.Add(new(EvidenceKind.ResponseHeader, "Server", string.Join(" and ", servers)));
            confidence = 0.7;
        }

        var front = servers.Length > 0 ? ProxyServers.FirstOrDefault(name => servers[0].StartsWith(name, StringComparison.OrdinalIgnoreCase)) : null;
        var via = answer.Value("Via");
        // A content network's own page would carry its marks; a server's own page likewise.
        var isWrittenBehind = author is null || (front is not null && author.Layer is Layer.Framework or Layer.Platform) || (front is not null && author.Layer == Layer.Server && !author.Author.StartsWith(front, StringComparison.OrdinalIgnoreCase) && !(front == "Apache" && author.Author == "Apache httpd"));
        var isEdge = front is "cloudflare" or "CloudFront" or "AkamaiGHost" or "BunnyCDN" || via is not null;
        if (confidence == 0 && isWrittenBehind && (front is not null || via is not null) && !refusal.Content.IsEmpty && IsApplications(refusal))
        {
            if (front is not null) evidence.Add(new(EvidenceKind.ResponseHeader, "Server", servers[0]));
            if (via is not null) evidence.Add(new(EvidenceKind.ResponseHeader, "Via", via));
            evidence.Add(new(EvidenceKind.ResponseBody, "body", $"{(refusal.Content.IsJson ? "JSON" : author is null ? "a page of its own" : $"a page of {author.Author}")}, not the page that {front ?? "the proxy"} writes"));
            confidence = isEdge ? 0.6 : 0.56;
        }

        if (confidence == 0) yield break;
        evidence.Add(refusal.StatusEvidence);
        yield return Found.Because(Configuration.UpstreamRefused, confidence, $"the refusal comes from what stands behind {front ?? "the proxy"}, not from it: the answer is not the one that it writes itself", evidence,
            Found.Owner("look-behind", "look into the log and the rules of the application behind the proxy; the proxy only hands its answer on"));
    }

    private static bool IsApplications(Refusal refusal) => refusal.Content.IsJson || refusal.Content.IsXml || refusal.Answer.Value("X-Powered-By") is not null || refusal.Answer.Values("Set-Cookie").Any() || refusal.Author is { Layer: Layer.Framework or Layer.Server or Layer.Platform };
}
