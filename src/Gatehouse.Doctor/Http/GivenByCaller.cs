using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Http;

/// <summary>A cookie of the jar that was given (--cookie-jar): one observation each, whether it was sent or not.</summary>
/// <param name="Source">The jar, with the line: <c>jar.txt:5</c>.</param>
/// <param name="Cookie">As the jar holds it, also where it is over.</param>
public sealed record JarCookie(string Source, StoredCookie Cookie) : Observation;

/// <summary>Keys to verify tokens with (--jwks), or found where an answer pointed to.</summary>
/// <param name="Source">The file or URL.</param>
/// <param name="Json">A JWK Set (RFC 7517 section 5), as it was read.</param>
public sealed record KeySet(string Source, string Json) : Observation;

/// <summary>The client certificate that was given (--cert), as far as judging needs it.</summary>
/// <param name="Source">The file.</param>
/// <param name="Subject">Distinguished name.</param>
/// <param name="Issuer">Distinguished name; equal to the subject where self-signed.</param>
/// <param name="NotBefore">Begin of its validity.</param>
/// <param name="NotAfter">End of its validity.</param>
/// <param name="ForClients">False where it has an extended key usage without client authentication (RFC 5280 section 4.2.1.12).</param>
public sealed record GivenCertificate(string Source, string Subject, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter, bool ForClients = true) : Observation;
