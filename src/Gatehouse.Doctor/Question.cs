using System.Net;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Inputs;

namespace Gatehouse.Doctor;

/// <summary>What was asked: the targets and options of `why`, read and checked, nothing opened yet.</summary>
public sealed record Question
{
    /// <summary>The URL in question; null where only files are looked at.</summary>
    public Uri? Url { get; init; }

    /// <summary>The method, as given.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The client address to evaluate rules for (--from); null: the address from which the request was seen to come, or 127.0.0.1 for loopback targets.</summary>
    public IPAddress? From { get; init; }

    /// <summary>Request headers in order, as they are sent but for Host and Content-Length (-H, what -u, --bearer, --cookie and the jar amount to, User-Agent, Accept). Values are octets as ISO-8859-1.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The request's body (--data); empty: none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary><c>user:password</c> of -u, so that a Digest challenge can be answered with it; null: none was given. The Basic header that it amounts to stands in <see cref="Headers"/>.</summary>
    public string? UserAndPassword { get; init; }

    /// <summary>The cookies of the client's jar (--cookie-jar), also those that do not go with the request; those that do stand in <see cref="Headers"/>.</summary>
    public IReadOnlyList<JarCookie> Jar { get; init; } = [];

    /// <summary>The client certificate, PEM or PKCS#12 (--cert), <c>FILE</c> or <c>FILE:passphrase</c>; null: none.</summary>
    public string? Certificate { get; init; }

    /// <summary>Its private key where that stands in a file of its own (--key).</summary>
    public string? Key { get; init; }

    /// <summary>Authorities to trust instead of the system's, PEM (--cacert); null: the system's.</summary>
    public string? Authorities { get; init; }

    /// <summary>Whether the server's certificate need not verify (-k).</summary>
    public bool Insecure { get; init; }

    /// <summary>--resolve, and --connect-to of a curl command: where to connect instead, in order.</summary>
    public IReadOnlyList<ConnectOverride> Resolve { get; init; } = [];

    /// <summary>The HTTP proxy to send through (--proxy); null: none, whatever the environment says.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The issuer's keys (--jwks), URL or file; null: not given.</summary>
    public string? Jwks { get; init; }

    /// <summary>Whether metadata documents that the answer names (RFC 9728, OpenID discovery) may be fetched (--metadata).</summary>
    public bool Metadata { get; init; }

    /// <summary>
    /// Exchanges that were not sent by us, with <see cref="Variation.Recorded"/>: what belongs to one refusal in a HAR file, a pasted answer. The last one is
    /// the refusal in question; redirects and preflights that belong to it stand before it. Empty: none.
    /// </summary>
    public IReadOnlyList<Exchange> Recorded { get; init; } = [];

    /// <summary>What else a recording showed about the refusal, besides the exchanges: cookies that were set before it, cookies that the browser kept back.</summary>
    public IReadOnlyList<Observation> Beside { get; init; } = [];

    /// <summary>Log lines that were pasted or piped in, without a file.</summary>
    public IReadOnlyList<string> LogLines { get; init; } = [];

    /// <summary>What of the targets and options was not understood and left out: one sentence each, lower case, no final stop.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Document root (--site, or a directory as target); null: none.</summary>
    public string? Site { get; init; }

    /// <summary>Server configurations (--server-config, or such files as targets).</summary>
    public IReadOnlyList<string> ServerConfigurations { get; init; } = [];

    /// <summary>Folders beside the configuration's own from which includes are read (--include-root).</summary>
    public IReadOnlyList<string> IncludeRoots { get; init; } = [];

    /// <summary>Log files (--log, or such files as targets).</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>The account the server's workers run as (--server-user); null: from the configuration or the running workers.</summary>
    public string? ServerUser { get; init; }

    /// <summary>--timeout: of one exchange, and of all that is sent together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>--max-requests.</summary>
    public int MaxRequests { get; init; } = 24;
}
