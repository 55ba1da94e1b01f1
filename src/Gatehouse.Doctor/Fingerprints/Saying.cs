using Gatehouse.Causes;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>What must have been sent for a saying to mean its cause: "invalid signature" is about a token, a signed address or nothing at all.</summary>
[Flags]
internal enum Sent
{
    /// <summary>Not read yet.</summary>
    Unread = 0,

    /// <summary>No credentials of any kind.</summary>
    Nothing = 1,

    /// <summary>A token: Bearer, DPoP, or something that looks like a JWT elsewhere.</summary>
    Token = 2,

    /// <summary>User and password: Basic, Digest, or a form with a password.</summary>
    Password = 4,

    /// <summary>An API key.</summary>
    Key = 8,

    /// <summary>A cookie.</summary>
    Cookie = 16,

    /// <summary>A signature over the request, in the address or in a header.</summary>
    Signature = 32,

    /// <summary>A client certificate.</summary>
    Certificate = 64,

    /// <summary>Any kind of credentials.</summary>
    Something = Token | Password | Key | Cookie | Signature | Certificate,

    /// <summary>Whatever was sent.</summary>
    Any = Something | Nothing,
}

/// <summary>
/// How applications and interfaces word a refusal: a cause, and the words of one sentence or error code that mean it. The tables are in order, special
/// before general: of one sentence the first row that fits counts.
/// </summary>
/// <param name="Cause">What it means.</param>
/// <param name="Confidence">How sure a sentence of these words makes it; below 0.9, since words can be used otherwise.</param>
/// <param name="Pattern">See <see cref="WordPattern"/>.</param>
/// <param name="When">What must have been sent.</param>
/// <param name="IsGeneral">Dropped where the same answer says something more special.</param>
internal sealed record Saying(Cause Cause, double Confidence, WordPattern Pattern, Sent When = Sent.Any, bool IsGeneral = false)
{
    /// <summary>Also counted with 400, 404 and 5xx: words that mean nothing else.</summary>
    internal bool IsUnmistakable { get; init; }
}
