using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>What Digest protects of a request (RFC 7616 section 3.4).</summary>
public enum DigestProtection
{
    /// <summary>No <c>qop</c> at all: the form of RFC 2069, without client nonce and counter, open to replay.</summary>
    None = 0,

    /// <summary><c>auth</c>: method and target.</summary>
    Authentication,

    /// <summary><c>auth-int</c>: the body as well.</summary>
    Integrity,
}

/// <summary>A challenge of the scheme Digest (RFC 7616 section 3.3), read from the list that <see cref="Challenges"/> gives.</summary>
public sealed record DigestChallenge
{
    /// <summary>What the user is shown, and part of the secret.</summary>
    public required string Realm { get; init; }

    /// <summary>The server's.</summary>
    public required string Nonce { get; init; }

    /// <summary>MD5 where none is named.</summary>
    public DigestAlgorithm Algorithm { get; init; }

    /// <summary>Whether <c>qop</c> offers <c>auth</c>.</summary>
    public bool OffersAuthentication { get; init; }

    /// <summary>Whether <c>qop</c> offers <c>auth-int</c>.</summary>
    public bool OffersIntegrity { get; init; }

    /// <summary>To be sent back; null where there is none.</summary>
    public string? Opaque { get; init; }

    /// <summary>The former nonce was too old, and the password right: repeat with this nonce and ask nobody.</summary>
    public bool Stale { get; init; }

    /// <summary>The addresses that the same secret opens, divided by blanks; null: all of the server.</summary>
    public string? Domain { get; init; }

    /// <summary>Whether user names are expected in UTF-8.</summary>
    public bool IsUtf8 { get; init; }

    /// <summary>Whether the user name may be sent hashed (section 3.4.4).</summary>
    public bool AllowsHashedUser { get; init; }

    /// <summary>Reads one challenge.</summary>
    /// <returns>False, with the position of the parameter in the field, where a client can't answer it.</returns>
    public static bool TryParse(Challenge challenge, out DigestChallenge? value, out SyntaxError error)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        value = null;
        if (!challenge.Scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase)) return Fail(0, 0, "the scheme Digest", out error);
        if (challenge["realm"] is not { } realm) return Fail(0, 0, "a realm (RFC 7616 section 3.3)", out error);
        if (challenge["nonce"] is not { Length: > 0 } nonce) return Fail(0, 0, "a nonce (RFC 7616 section 3.3)", out error);
        var algorithm = DigestAlgorithm.Md5;
        if (challenge["algorithm"] is { } name && !DigestAlgorithms.TryParse(name, out algorithm))
            return At(challenge.Parameters, "algorithm", "an algorithm of RFC 7616", out error);
        var options = challenge["qop"]?.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [];
        var (authentication, integrity) = (Has(options, "auth"), Has(options, "auth-int"));
        if (options.Length > 0 && !authentication && !integrity)
            return At(challenge.Parameters, "qop", "`auth` or `auth-int`", out error);

        value = new()
        {
            Realm = realm,
            Nonce = nonce,
            Algorithm = algorithm,
            OffersAuthentication = authentication,
            OffersIntegrity = integrity,
            Opaque = challenge["opaque"],
            Stale = IsTrue(challenge["stale"]),
            Domain = challenge["domain"],
            IsUtf8 = "UTF-8".Equals(challenge["charset"], StringComparison.OrdinalIgnoreCase),
            AllowsHashedUser = IsTrue(challenge["userhash"]),
        };
        error = default;
        return true;
    }

    /// <summary>The challenge as it stands in WWW-Authenticate (RFC 7616 section 3.3: what is quoted there is quoted, the rest not).</summary>
    public override string ToString()
    {
        var text = $"Digest realm={Quoted(Realm)}, nonce={Quoted(Nonce)}";
        if (Domain is not null) text += $", domain={Quoted(Domain)}";
        if (OffersAuthentication || OffersIntegrity)
            text += $", qop=\"{(OffersAuthentication ? OffersIntegrity ? "auth, auth-int" : "auth" : "auth-int")}\"";
        if (Opaque is not null) text += $", opaque={Quoted(Opaque)}";
        text += $", algorithm={Algorithm.Name()}";
        if (Stale) text += ", stale=true";
        if (IsUtf8) text += ", charset=UTF-8";
        if (AllowsHashedUser) text += ", userhash=true";
        return text;
    }

    internal static bool IsTrue(string? value) => "true".Equals(value, StringComparison.OrdinalIgnoreCase);

    internal static bool At(IReadOnlyList<AuthenticationParameter> parameters, string name, string expected, out SyntaxError error)
    {
        var start = 0;
        foreach (var parameter in parameters)
            if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) start = parameter.Start;
        return Fail(start, start, expected, out error);
    }

    private static bool Has(string[] options, string name) => options.Contains(name, StringComparer.OrdinalIgnoreCase);
}
