namespace Gatehouse.Guard.Settings;

/// <summary>What a key takes.</summary>
internal enum ValueKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>Text, or a list of texts.</summary>
    TextOrList,

    /// <summary>true or false.</summary>
    Truth,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary><c>90s</c>, <c>30m</c>, <c>12h</c>, <c>90d</c>.</summary>
    Duration,

    /// <summary><c>500k</c>, <c>30m</c>, <c>1g</c>, or <c>none</c>.</summary>
    Size,

    /// <summary>A block of the keys in <see cref="KeyDescription.Inside"/>.</summary>
    Block,

    /// <summary>Such a block, or a list of them.</summary>
    BlockOrList,

    /// <summary>Text, or a block, or a list of either.</summary>
    TextBlockOrList,

    /// <summary>Any key: a rule's pattern; the value is the rule's words or a block.</summary>
    Rules,
}

/// <summary>One key of gatehouse.yaml: the reader knows no others, and the JSON Schema is made of these.</summary>
internal sealed record KeyDescription(string Name, ValueKind Kind, string Meaning, IReadOnlyList<KeyDescription>? Inside = null, IReadOnlyList<string>? Choices = null);

/// <summary>Every key. A new one is one line here and one in the reader.</summary>
internal static class ConfigurationKeys
{
    public static readonly IReadOnlyList<KeyDescription> Listen =
    [
        new("url", ValueKind.Text, "http://HOST:PORT or https://HOST:PORT; * stands for every address."),
        new("certificate", ValueKind.Text, "The PEM file with the certificate and its chain, or a PFX file."),
        new("key", ValueKind.Text, "The PEM file with the private key; not needed for PFX."),
        new("password", ValueKind.Text, "Password of the key or PFX file, as file:PATH or env:NAME."),
    ];

    public static readonly IReadOnlyList<KeyDescription> Rule =
    [
        new("allow", ValueKind.Text, "The rule's words: role admin and network 10.0.0.0/8."),
        new("say", ValueKind.Text, "Text for whoever is refused here."),
        new("contact", ValueKind.Text, "Whom to ask for access: an address or an URL."),
        new("hide", ValueKind.Truth, "Shows a refusal as 404."),
        new("report-only", ValueKind.Truth, "Decides and records, and lets everybody pass."),
        new("strict", ValueKind.Truth, "Refuses credentials that do not verify even where anyone may pass."),
    ];

    private static readonly IReadOnlyList<KeyDescription> Tokens =
    [
        new("issuer", ValueKind.Text, "The issuer (iss), for instance https://login.example.com."),
        new("audience", ValueKind.TextOrList, "What the audience (aud) must contain one of."),
        new("algorithms", ValueKind.TextOrList, "Accepted signature algorithms; by default RS, PS and ES with 256, 384 and 512."),
        new("keys", ValueKind.Text, "file:PATH of a JSON Web Key Set; without it the issuer's own keys are discovered."),
        new("clock-skew", ValueKind.Duration, "How far clocks may differ; 60s by default, 5m at most."),
        new("claims", ValueKind.Block, "Claims that hold roles, groups, scope and subscription.",
        [
            new("roles", ValueKind.Text, "Claim with the roles; a path is joined by dots."),
            new("groups", ValueKind.Text, "Claim with the groups."),
            new("scope", ValueKind.Text, "Claim with the scopes."),
            new("subscription", ValueKind.Text, "Claim with the plans subscribed to."),
        ]),
    ];

    public static readonly IReadOnlyList<KeyDescription> SignIn =
    [
        new("users", ValueKind.Text, "gatehouse.db (SQLite) or a password file of Apache httpd's kind (users.htpasswd)."),
        new("groups", ValueKind.Text, "httpd's group file, with a password file."),
        new("sessions", ValueKind.Block, "Sessions and the sign-in form.",
        [
            new("idle", ValueKind.Duration, "How long a session may rest; 30m by default."),
            new("absolute", ValueKind.Duration, "How long it may last; 12h by default."),
            new("store", ValueKind.Text, "Where sessions are kept.", Choices: ["embedded"]),
        ]),
        new("basic", ValueKind.Truth, "Whether Basic (RFC 7617) is offered; by default with a password file alone."),
        new("realm", ValueKind.Text, "The realm that Basic's challenge names."),
        new("tokens", ValueKind.BlockOrList, "Issuers of bearer tokens (JWT).", Tokens),
        new("keys", ValueKind.Block, "API keys.", [new("header", ValueKind.Text, "The field in which keys travel; X-API-Key by default.")]),
        new("lockout", ValueKind.Block, "When an account is locked.",
        [
            new("failures", ValueKind.Number, "After so many failures in a row; 10 by default."),
            new("for", ValueKind.Duration, "For how long; 15m by default."),
        ]),
    ];

    private static readonly IReadOnlyList<KeyDescription> OfSite =
    [
        new("site", ValueKind.Text, "The folder that is served."),
        new("upstream", ValueKind.Text, "The server behind the Guard: http://localhost:3000."),
        new("forward-credentials", ValueKind.Truth, "Whether the upstream gets the caller's Authorization as it came; false by default."),
        new("index", ValueKind.TextOrList, "Files that stand for their folder; index.html and index.htm by default."),
        new("htaccess", ValueKind.Text, "What to do with folders that hold a .htaccess file.", Choices: ["refuse", "ignore", "honour"]),
        new("refuse", ValueKind.TextOrList, "What no sign-in can cure: network 203.0.113.0/24, list FILE, country KP."),
        new("rules", ValueKind.Rules, "Path patterns and who may pass; the most specific decides, and what no rule names is refused.", Rule),
    ];

    public static readonly IReadOnlyList<KeyDescription> Site =
        [new("hosts", ValueKind.TextOrList, "Host names of this site; *.example.com stands for all below."), .. OfSite];

    public static readonly IReadOnlyList<KeyDescription> Top =
    [
        new("listen", ValueKind.TextBlockOrList, "Where the Guard listens; http://localhost:8080 by default.", Listen),
        .. OfSite,
        new("sites", ValueKind.BlockOrList, "Several sites by host, instead of site or upstream.", Site),
        new("sign-in", ValueKind.Block, "How people and programs prove who they are.", SignIn),
        new("trusted-proxies", ValueKind.TextOrList, "Networks of proxies whose forwarding field is believed; none by default."),
        new("forwarding-field", ValueKind.Text, "The field in which they name the client.", Choices: ["X-Forwarded-For", "Forwarded"]),
        new("geo", ValueKind.Text, "The country database (MMDB)."),
        new("explain", ValueKind.Text, "How much callers are told; full binds to loopback alone.", Choices: ["minimal", "helpful", "full"]),
        new("state", ValueKind.Text, "Folder for incidents and what else outlives a restart; gatehouse-state beside this file by default."),
        new("metrics", ValueKind.Text, "Address of a listener of its own for Prometheus: http://localhost:9100."),
        new("opentelemetry", ValueKind.Text, "Where OpenTelemetry sends to: http://localhost:4317."),
        new("max-body", ValueKind.Size, "Largest request body; 30m by default."),
    ];
}
