using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Settings;

/// <summary>gatehouse.yaml, read and checked. Paths are absolute; secrets are resolved.</summary>
public sealed record GuardConfiguration
{
    /// <summary>The file it came from.</summary>
    public required string File { get; init; }

    /// <summary>The file's folder: relative paths start there.</summary>
    public string Folder => Path.GetDirectoryName(Path.GetFullPath(File)) ?? "/";

    /// <summary>Where the Guard listens.</summary>
    public IReadOnlyList<ListenAddress> Listen { get; init; } = [new ListenAddress { Host = "localhost", Port = 8080 }];

    /// <summary>At least one. The first without hosts answers for every host that no other names.</summary>
    public required IReadOnlyList<SiteConfiguration> Sites { get; init; }

    /// <summary>How people and programs prove who they are; null: nobody can.</summary>
    public SignInConfiguration? SignIn { get; init; }

    /// <summary>Proxies whose forwarding field is believed; empty: nobody's.</summary>
    public IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The field in which they name the client: <c>X-Forwarded-For</c> or <c>Forwarded</c>.</summary>
    public string ForwardingField { get; init; } = "X-Forwarded-For";

    /// <summary>The country database (MMDB); null: no rule may speak of countries.</summary>
    public string? Geo { get; init; }

    /// <summary>How much callers are told.</summary>
    public ExplainLevel Explain { get; init; } = ExplainLevel.Helpful;

    /// <summary>Folder for incidents, the block list and what else outlives a restart; by default <c>gatehouse-state</c> beside the file.</summary>
    public required string State { get; init; }

    /// <summary>The address at which Prometheus reads metrics; null: nowhere. Always its own listener, never the sites'.</summary>
    public ListenAddress? Metrics { get; init; }

    /// <summary>Where OpenTelemetry sends to (OTLP over gRPC); null: nowhere.</summary>
    public Uri? OpenTelemetry { get; init; }

    /// <summary>The largest request body in bytes; null: no limit of the Guard's own.</summary>
    public long? MaxBodyInBytes { get; init; } = 30_000_000;
}

/// <summary>One address to listen at.</summary>
public sealed record ListenAddress
{
    /// <summary>A host name (<c>localhost</c>: both loopback addresses), an address, or <c>*</c> for all.</summary>
    public required string Host { get; init; }

    /// <summary>0 to 65535; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>PEM certificate chain, or PFX; null: plain http.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM private key; null for PFX.</summary>
    public string? Key { get; init; }

    /// <summary>Password of PFX or key; null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether it speaks TLS.</summary>
    public bool Secure => Certificate is not null;

    /// <summary>Whether nobody but this machine reaches it.</summary>
    public bool IsLoopback => Host == "localhost" || (Grammar.Address.TryParse(Host, out var address, out _) && System.Net.IPAddress.IsLoopback(address!));

    /// <summary>Line of the file, for messages.</summary>
    public int Line { get; init; }

    /// <summary>As an URL; secrets don't appear.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(Secure ? "https" : "http")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}

/// <summary>What the Guard does with a folder that holds a .htaccess file.</summary>
public enum HtaccessMode
{
    /// <summary>Refuses it with a reason: what the file means is not known, so nothing of the folder is served.</summary>
    Refuse = 0,

    /// <summary>Serves as if it were not there.</summary>
    Ignore,

    /// <summary>Obeys it as Apache httpd does.</summary>
    Honour,
}

/// <summary>One site: what it serves, for which hosts, under which rules.</summary>
public sealed record SiteConfiguration
{
    /// <summary>Host names in lower case, <c>*.example.com</c> for all below; empty: every host that no other site names.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The folder that is served; null: <see cref="Upstream"/>.</summary>
    public string? Root { get; init; }

    /// <summary>The server that stands behind; null: <see cref="Root"/>.</summary>
    public Uri? Upstream { get; init; }

    /// <summary>Whether the upstream gets the caller's Authorization and cookies of the Guard as they came; by default it does not, and learns who asks from the identity fields.</summary>
    public bool ForwardsCredentials { get; init; }

    /// <summary>What is refused before anybody is asked who they are.</summary>
    public IReadOnlyList<RuleText> Refuse { get; init; } = [];

    /// <summary>The rules.</summary>
    public required IReadOnlyList<RuleText> Rules { get; init; }

    /// <summary>What happens to folders with a .htaccess file.</summary>
    public HtaccessMode Htaccess { get; init; }

    /// <summary>Files that stand for their folder.</summary>
    public IReadOnlyList<string> IndexFiles { get; init; } = ["index.html", "index.htm"];

    /// <summary>For logs and metrics.</summary>
    public string Name => Hosts.Count > 0 ? Hosts[0] : "default";

    /// <summary>Line of the file, for messages.</summary>
    public int Line { get; init; }
}

/// <summary>How people and programs prove who they are.</summary>
public sealed record SignInConfiguration
{
    /// <summary>Where accounts are; null: nobody signs in with a password.</summary>
    public AccountsConfiguration? Users { get; init; }

    /// <summary>Sessions and the form; null: no form. On by default with a database, and not with a password file.</summary>
    public SessionsConfiguration? Sessions { get; init; }

    /// <summary>Whether Basic is offered. On by default with a password file, and not with a database.</summary>
    public bool Basic { get; init; }

    /// <summary>The realm of Basic's challenge (RFC 9110 section 11.5).</summary>
    public string Realm { get; init; } = "Gatehouse";

    /// <summary>Issuers of bearer tokens; empty: none are taken.</summary>
    public IReadOnlyList<TokensConfiguration> Tokens { get; init; } = [];

    /// <summary>API keys; null: none are taken. On by default with a database.</summary>
    public KeysConfiguration? Keys { get; init; }

    /// <summary>When an account is locked.</summary>
    public LockoutConfiguration Lockout { get; init; } = new();
}

/// <summary>Where accounts are.</summary>
/// <param name="Path">The SQLite file or the password file.</param>
/// <param name="IsDatabase">Whether it is the former.</param>
/// <param name="Groups">httpd's group file, with a password file alone; null: none.</param>
/// <param name="Line">Line of the file, for messages.</param>
public sealed record AccountsConfiguration(string Path, bool IsDatabase, string? Groups, int Line);

/// <summary>Limits of sessions.</summary>
public sealed record SessionsConfiguration
{
    /// <summary>How long a session may rest.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long it may last.</summary>
    public TimeSpan Absolute { get; init; } = TimeSpan.FromHours(12);
}

/// <summary>One issuer of bearer tokens.</summary>
public sealed record TokensConfiguration
{
    /// <summary>Compared with <c>iss</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>What <c>aud</c> must contain one of.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Accepted algorithms; null: the customary asymmetric ones.</summary>
    public IReadOnlyList<string>? Algorithms { get; init; }

    /// <summary>A JSON Web Key Set on disk; null: discovery from the issuer.</summary>
    public string? KeysFile { get; init; }

    /// <summary>How far clocks may differ.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Claims that hold roles, groups, scope and subscription; a name that is absent has its default.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>API keys.</summary>
/// <param name="Header">The field in which they travel.</param>
public sealed record KeysConfiguration(string Header = "X-API-Key");

/// <summary>When an account is locked.</summary>
public sealed record LockoutConfiguration
{
    /// <summary>After so many failures in a row; 1 to 1000.</summary>
    public int Failures { get; init; } = 10;

    /// <summary>For how long.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(15);
}
