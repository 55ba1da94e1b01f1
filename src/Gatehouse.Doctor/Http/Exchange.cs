using System.Net;

namespace Gatehouse.Doctor.Http;

/// <summary>What was varied against the request as given (contract.md, "Variations"). One thing at a time.</summary>
public enum Variation
{
    /// <summary>As given: the baseline.</summary>
    AsGiven = 0,

    /// <summary>The same once more, to see what changes by itself.</summary>
    Repeated,

    /// <summary>A step of a redirect that began with the request as given.</summary>
    Redirected,

    /// <summary>Without Authorization, API key and client certificate.</summary>
    WithoutCredentials,

    /// <summary>Without cookies.</summary>
    WithoutCookies,

    /// <summary>As a browser's navigation asks (Accept, Sec-Fetch-*).</summary>
    AsBrowser,

    /// <summary>As a program asks (Accept: application/json).</summary>
    AsProgram,

    /// <summary>OPTIONS as a browser's preflight, with Origin.</summary>
    Preflight,

    /// <summary>OPTIONS without Origin.</summary>
    PlainOptions,

    /// <summary>With another Origin, or without it.</summary>
    OtherOrigin,

    /// <summary>HEAD instead of GET.</summary>
    Head,

    /// <summary>Another User-Agent.</summary>
    OtherUserAgent,

    /// <summary>Without Referer, or with the site's own.</summary>
    OtherReferrer,

    /// <summary>Without the query, to see whether what stands in it is what is refused.</summary>
    WithoutQuery,

    /// <summary>A parent directory of the path.</summary>
    Parent,

    /// <summary>With a trailing slash where there was none, or the other way round.</summary>
    OtherSlash,

    /// <summary>A name beside it that can't exist.</summary>
    MissingSibling,

    /// <summary>https instead of http, or the other way round.</summary>
    OtherScheme,

    /// <summary>The same credentials in the spelling that was meant (trimmed, one scheme word, the other character encoding of RFC 7617 section 2.1).</summary>
    MendedCredentials,

    /// <summary>The credentials of a user and password in the scheme that the challenge offers (Digest), where they were first sent as Basic.</summary>
    AnsweredChallenge,

    /// <summary>A document that the answer pointed to: issuer metadata, JWKS, resource metadata.</summary>
    Metadata,

    /// <summary>It was not sent by us: it stands in a HAR file or was pasted.</summary>
    Recorded,
}

/// <summary>One field line, as it stood on the wire.</summary>
/// <param name="Name">As sent; names compare without regard to case.</param>
/// <param name="Value">Octets as ISO-8859-1, blanks at both ends cut.</param>
public readonly record struct Field(string Name, string Value);

/// <summary>A request as it was sent. Values are whole: whoever shows them masks them.</summary>
public sealed record SentRequest
{
    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>Absolute http or https URL.</summary>
    public required Uri Url { get; init; }

    /// <summary>Every field line, in order.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];

    /// <summary>The body; empty: none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>All values of a field, in order.</summary>
    public IEnumerable<string> Values(string name) => Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    /// <summary>The first value of a field; null: it was not sent.</summary>
    public string? Value(string name) => Values(name).FirstOrDefault();
}

/// <summary>An answer as it came.</summary>
public sealed record ReceivedAnswer
{
    /// <summary>100 to 599 as a rule; whatever three digits came.</summary>
    public required int Status { get; init; }

    /// <summary>The reason phrase; empty where the protocol has none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>1.0, 1.1, 2 or 3.</summary>
    public Version Protocol { get; init; } = HttpVersion.Version11;

    /// <summary>Every field line, in order.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];

    /// <summary>The body without its content coding, up to the limit of the reader.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether more of the body came than was kept.</summary>
    public bool BodyCut { get; init; }

    /// <summary>What was wrong with the body (cut short, broken chunks, damaged compression), one sentence; null: nothing.</summary>
    public string? BodyFault { get; init; }

    /// <summary>When its head was complete, by our clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>All values of a field, in order.</summary>
    public IEnumerable<string> Values(string name) => Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    /// <summary>The first value of a field; null: it did not come.</summary>
    public string? Value(string name) => Values(name).FirstOrDefault();

    /// <summary>The body as text, by its charset (UTF-8 where none or an unknown one is named).</summary>
    public string Text => field ??= BodyText.Of(Value("Content-Type"), Body.Span);

    /// <summary>The body taken apart: its texts, title and forms.</summary>
    public AnswerContent Content => field ??= AnswerContent.Of(this);
}

/// <summary>Why no answer came.</summary>
public enum ExchangeFault
{
    /// <summary>The name does not resolve.</summary>
    UnknownHost,

    /// <summary>Nothing listens there, or a firewall rejects.</summary>
    ConnectionRefused,

    /// <summary>Closed before an answer came.</summary>
    ConnectionReset,

    /// <summary>The TLS handshake failed.</summary>
    Tls,

    /// <summary>The server's certificate does not verify.</summary>
    ServerCertificate,

    /// <summary>The server wanted a client certificate and none, or another, was given (alerts 116, 42 to 48 after our certificate).</summary>
    ClientCertificate,

    /// <summary>Not within --timeout.</summary>
    TimedOut,

    /// <summary>What came is not HTTP, or is larger than the limits.</summary>
    Protocol,
}

/// <summary>One request and what came back.</summary>
public sealed record Exchange : Observation
{
    /// <summary>For people: <c>as given</c>, <c>without credentials</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>What was varied.</summary>
    public required Variation Variation { get; init; }

    /// <summary>What was sent.</summary>
    public required SentRequest Request { get; init; }

    /// <summary>What came; null: see <see cref="Fault"/>.</summary>
    public ReceivedAnswer? Answer { get; init; }

    /// <summary>Why nothing came; null where an answer came.</summary>
    public ExchangeFault? Fault { get; init; }

    /// <summary>The fault in one sentence; null where an answer came.</summary>
    public string? FaultText { get; init; }

    /// <summary>From the first octet sent to the head of the answer.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Our own address on that connection; null where it is not known (recorded, or through a proxy).</summary>
    public IPAddress? From { get; init; }

    /// <summary>The address that was connected to; null likewise.</summary>
    public IPAddress? To { get; init; }

    /// <summary>The exchange whose redirect led here; null: none.</summary>
    public Exchange? RedirectedFrom { get; init; }

    /// <summary>What the client had and did not send at this hop of a redirect; empty where everything went along.</summary>
    public IReadOnlyList<NotCarried> NotCarried { get; init; } = [];

    /// <summary>Whether our own proxy (--proxy) answered, because it refused the tunnel.</summary>
    public bool AnsweredByProxy { get; init; }

    /// <summary>What TLS showed; null over plain http, where nothing came of it, and where it was recorded.</summary>
    public TlsSession? Tls { get; init; }

    /// <summary>Its status; null where no answer came.</summary>
    public int? Status => Answer?.Status;
}

/// <summary>What was asked and seen on the wire, found quickly.</summary>
public static class ExchangeLookup
{
    /// <summary>The request as given, before any redirect; null: none was sent or recorded.</summary>
    public static Exchange? Baseline(this Observations seen) =>
        seen.Of<Exchange>().FirstOrDefault(exchange => exchange.Variation == Variation.AsGiven) ?? seen.Of<Exchange>().FirstOrDefault(exchange => exchange.Variation == Variation.Recorded);

    /// <summary>The last hop of the baseline: the exchange whose answer is the refusal in question.</summary>
    public static Exchange? Final(this Observations seen) =>
        seen.Of<Exchange>().LastOrDefault(exchange => exchange.Variation is Variation.Redirected or Variation.AnsweredChallenge)
        ?? (seen.Tried(Variation.AsGiven) ?? seen.Of<Exchange>().LastOrDefault(exchange => exchange.Variation == Variation.Recorded));

    /// <summary>The first of one variation; null: it was not tried.</summary>
    public static Exchange? Tried(this Observations seen, Variation variation) => seen.Of<Exchange>().FirstOrDefault(exchange => exchange.Variation == variation);
}
