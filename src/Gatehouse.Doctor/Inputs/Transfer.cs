using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Inputs;

/// <summary>One request as a command line asks for it, and how it is to be made.</summary>
/// <param name="Request">The first request: method, URL, every field line that the tool would send but for Host, Content-Length and what Digest, NTLM or Negotiate need an answer for.</param>
/// <param name="Options">How.</param>
public sealed record Transfer(SentRequest Request, TransferOptions Options);

/// <summary>How a request is to be made.</summary>
public sealed record TransferOptions
{
    /// <summary>Whether redirects are followed (-L).</summary>
    public bool FollowRedirects { get; init; }

    /// <summary>Most redirects; null: not said.</summary>
    public int? MaxRedirects { get; init; }

    /// <summary>Whether credentials go to other hosts too (--location-trusted).</summary>
    public bool TrustRedirects { get; init; }

    /// <summary>Whether the server's certificate is not checked (-k).</summary>
    public bool Insecure { get; init; }

    /// <summary>File with the accepted authorities (--cacert); null: the system's.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>The client's certificate; null: none.</summary>
    public ClientCertificate? Certificate { get; init; }

    /// <summary>Addresses to connect to instead of those that names resolve to (--resolve, --connect-to), in order.</summary>
    public IReadOnlyList<ConnectOverride> Connections { get; init; } = [];

    /// <summary>Proxy; null: none was named.</summary>
    public ProxyChoice? Proxy { get; init; }

    /// <summary>Hosts that go past the proxy, as given to --noproxy; null: not said.</summary>
    public string? NoProxy { get; init; }

    /// <summary>Socket file to connect to instead of the host (--unix-socket); null: none.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>1.0, 1.1, 2 or 3; null: the tool's own choice.</summary>
    public Version? Protocol { get; init; }

    /// <summary>Whole time; null: not said.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>User and password of -u or of the URL; already in an Authorization field where <see cref="Methods"/> is Basic alone; null: none.</summary>
    public UserPassword? User { get; init; }

    /// <summary>Which schemes may carry <see cref="User"/>.</summary>
    public UserMethods Methods { get; init; } = UserMethods.Basic;

    /// <summary>What --aws-sigv4 says (<c>aws:amz:eu-central-1:s3</c>); the request is to be signed with <see cref="User"/>; null: it is not.</summary>
    public string? AwsSignature { get; init; }

    /// <summary>Cookies from a jar file; those that belong to the URL already stand in the Cookie field.</summary>
    public CookieJar? Jar { get; init; }
}

/// <summary>A client's certificate and key.</summary>
/// <param name="File">PEM, DER or PKCS#12.</param>
/// <param name="KeyFile">Null: in the same file.</param>
/// <param name="Password">Null: none.</param>
/// <param name="Kind"><c>PEM</c>, <c>DER</c>, <c>P12</c>; null: by the file's content.</param>
public sealed record ClientCertificate(string File, string? KeyFile, string? Password, string? Kind)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => File;
}

/// <summary>A user's name and password as octets in UTF-8, one character each.</summary>
public sealed record UserPassword(string User, string? Password)
{
    /// <summary>The name alone.</summary>
    public override string ToString() => User;
}

/// <summary>Where to connect to instead.</summary>
/// <param name="Host">Empty: any.</param>
/// <param name="Port">0: any.</param>
/// <param name="ToHost">An address or a name; empty: unchanged.</param>
/// <param name="ToPort">0: unchanged.</param>
public sealed record ConnectOverride(string Host, int Port, string ToHost, int ToPort);

/// <summary>A proxy.</summary>
/// <param name="Scheme"><c>http</c>, <c>https</c>, <c>socks4</c>, <c>socks4a</c>, <c>socks5</c>, <c>socks5h</c>.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">The tool's own default (1080) where none was given.</param>
/// <param name="User">Null: none.</param>
public sealed record ProxyChoice(string Scheme, string Host, int Port, UserPassword? User);

/// <summary>Schemes that may carry a user's name and password.</summary>
[Flags]
public enum UserMethods
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Basic, sent at once.</summary>
    Basic = 1,

    /// <summary>Digest, after the server's challenge.</summary>
    Digest = 2,

    /// <summary>NTLM, likewise.</summary>
    Ntlm = 4,

    /// <summary>Negotiate (Kerberos), likewise.</summary>
    Negotiate = 8,

    /// <summary>Whichever the server offers (--anyauth).</summary>
    Any = 15,
}
