using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Where on the path the refusal begins: one resource, a directory, or the whole site, told by its neighbours and parents.</summary>
internal static class PathRules
{
    private static readonly string[] GuardedNames =
        [".ht", ".git", ".svn", ".hg", ".env", ".ds_store", ".bzr", ".well-known-private", "wp-config.php", "web.config", "composer.json", "composer.lock", "package-lock.json", "server-status", "server-info", "nginx_status", "stub_status", "xmlrpc.php", "phpinfo.php", "web-inf", "meta-inf", ".aws", ".ssh", ".npmrc", ".dockerignore", ".idea", ".vscode", "dockerfile", "id_rsa", ".user.ini", "php.ini"];

    private static readonly string[] GuardedEndings = ["~", ".bak", ".inc", ".sql", ".key", ".pem", ".swp", ".swo", ".old", ".orig", ".log", ".conf", ".config", ".ini", ".db", ".sqlite", ".mdb", ".pfx", ".p12", ".htpasswd", ".env", ".dist", ".save", ".tpl", ".cs", ".vb", ".asax", ".ascx", ".csproj"];

    private static readonly string[] LocalNames = ["server-status", "server-info", "nginx_status", "stub_status", "metrics", "actuator", "haproxy_stats", "balancer-manager", "manager", "host-manager", "phpmyadmin", "status", "fpm-status"];

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("where on the path it begins", Judge)];

    private static IEnumerable<Finding> Judge(Refusal refusal)
    {
        if (refusal.Status != 403 || !refusal.IsLive || refusal.Request.Method is not ("GET" or "HEAD") || refusal.IsUnsteady) yield break;
        if (OtherReason(refusal)) yield break;
        var author = refusal.Author;
        var isServerPage = author is { Layer: Layer.Server or Layer.Gateway } && author.Cause is null;
        var path = refusal.Request.Url.AbsolutePath;
        var sibling = refusal.Tried(Variation.MissingSibling);
        var parents = refusal.AllTried(Variation.Parent).OrderByDescending(parent => parent.Request.Url.AbsolutePath.Length).ToArray();
        var evidence = new List<Evidence>();
        if (sibling is not null) evidence.Add(refusal.Compared(sibling, "a name beside it that can't exist"));
        evidence.AddRange(parents.Select(parent => refusal.Compared(parent, $"the directory {parent.Request.Url.AbsolutePath}")));
        var slash = refusal.Tried(Variation.OtherSlash);
        if (slash is not null) evidence.Add(refusal.Compared(slash, slash.Purpose));
        evidence.Add(refusal.StatusEvidence);
        var isWholeFolder = sibling is { Status: 403 };
        var begins = parents.TakeWhile(parent => parent.Status == 403).LastOrDefault();
        var isWholeSite = begins?.Request.Url.AbsolutePath == "/" || (path == "/" && isWholeFolder);

        if (path.EndsWith('/') && sibling is { Status: not (403 or 401) } && !isWholeFolder)
        {
            // A directory, and what lies in it is looked up: the refusal is of the listing.
            var isDirectory = slash is { Status: 301 or 302 or 307 or 308 } && !LoginPages.IsRedirectToLogin(slash);
            var confidence = !isServerPage ? 0.42 : sibling.Status is not 404 ? 0.6 : isDirectory ? 0.86 : path == "/" ? 0.82 : 0.8;
            if (!refusal.Sent.IsNothing) confidence -= 0.1;
            yield return Found.Because(Causes.Files.DirectoryNoIndex, confidence, $"{path} is a directory that has no index file, and listings are off: names in it are looked up ({sibling.Status} for one that can't exist), only the directory itself is refused", evidence);
            yield break;
        }

        var name = path.Split('/', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
        var guarded = path.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(IsGuarded);
        if (LocalNames.Contains(name, StringComparer.OrdinalIgnoreCase) && !isWholeFolder && isServerPage)
        {
            yield return Found.Because(Network.IpNotAllowed, 0.6, $"{path} is an address of the server itself, which is open to its own machine or a few addresses as a rule", evidence);
        }
        else if (guarded is not null && !isWholeSite)
        {
            yield return Found.Because(Causes.Files.ResourceDenied, sibling is { Status: 404 } ? 0.86 : 0.72, $"a rule refuses names like {guarded} to everybody: servers keep such files from the web, and {(sibling is { Status: 404 } ? "other names beside it are looked up" : "nothing else explains it better")}", evidence,
                Found.Visitor("not-for-you", "nothing: the file is not meant to be seen"), Found.Owner("as-intended", "leave the rule as it is; if the file must be served, give it another name"));
        }
        else if (isWholeSite)
        {
            yield return Found.Because(Network.IpNotAllowed, 0.4, "the whole site refuses: perhaps the client's address is not on its list (from outside nothing tells address, country and a closed site apart)", evidence);
            yield return Found.Because(Causes.Files.ResourceDenied, 0.3, "the whole site refuses: perhaps it is closed to everybody", evidence);
        }
        else if (isWholeFolder && begins is not null)
        {
            var folder = begins.Request.Url.AbsolutePath;
            yield return Found.Because(Causes.Files.ResourceDenied, 0.45, $"everything below {folder} is refused, also names that can't exist, and what lies above it is not: perhaps a rule for that folder, perhaps its permissions", evidence);
            yield return Found.Because(Causes.Files.DirectoryNotSearchable, 0.35, $"perhaps the server's account cannot pass through {folder}: from outside that looks the same as a rule", evidence);
        }
        else if (sibling is { Status: 404 } && refusal.Sent.IsNothing)
        {
            yield return Found.Because(Causes.Files.ResourceDenied, 0.45, $"only {path} is refused; names beside it are looked up: perhaps a rule for this address, perhaps the file's permissions", evidence);
            if (isServerPage) yield return Found.Because(Causes.Files.FileNotReadable, 0.4, "perhaps the server's account may not read the file: from outside that looks the same as a rule", evidence);
        }
    }

    /// <summary>Whether a variation shows that it is not the path: something else passes.</summary>
    private static bool OtherReason(Refusal refusal) =>
        refusal.Seen.Of<Exchange>().Any(exchange => exchange.Variation is Variation.OtherUserAgent or Variation.OtherReferrer or Variation.OtherOrigin or Variation.AsBrowser or Variation.WithoutQuery or Variation.WithoutCookies or Variation.WithoutCredentials or Variation.MendedCredentials or Variation.AsProgram && exchange.Status is >= 200 and < 300);

    private static bool IsGuarded(string segment)
    {
        var name = Uri.UnescapeDataString(segment);
        return Array.Exists(GuardedNames, guarded => guarded.Length <= 5 && guarded[0] == '.' ? name.StartsWith(guarded, StringComparison.OrdinalIgnoreCase) : name.Equals(guarded, StringComparison.OrdinalIgnoreCase))
            || (name.StartsWith('.') && name.Length > 1 && name is not (".well-known" or "..")) || Array.Exists(GuardedEndings, ending => name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }
}
