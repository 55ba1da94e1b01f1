namespace Gatehouse.Causes;

/// <summary>Tokens, keys and signatures.</summary>
public static class Tokens
{
    /// <summary>Malformed.</summary>
    public static readonly Cause Malformed = new()
    {
        Id = "token.malformed",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Malformed",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Expired.</summary>
    public static readonly Cause Expired = new()
    {
        Id = "token.expired",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Expired",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Not yet valid.</summary>
    public static readonly Cause NotYetValid = new()
    {
        Id = "token.not-yet-valid",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Not yet valid",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Bad signature.</summary>
    public static readonly Cause BadSignature = new()
    {
        Id = "token.bad-signature",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Bad signature",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Unknown key.</summary>
    public static readonly Cause UnknownKey = new()
    {
        Id = "token.unknown-key",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Unknown key",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Algorithm refused.</summary>
    public static readonly Cause AlgorithmRefused = new()
    {
        Id = "token.algorithm-refused",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Algorithm refused",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Wrong issuer.</summary>
    public static readonly Cause WrongIssuer = new()
    {
        Id = "token.wrong-issuer",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Wrong issuer",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Wrong audience.</summary>
    public static readonly Cause WrongAudience = new()
    {
        Id = "token.wrong-audience",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Wrong audience",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Wrong type.</summary>
    public static readonly Cause WrongType = new()
    {
        Id = "token.wrong-type",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Wrong type",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Revoked.</summary>
    public static readonly Cause Revoked = new()
    {
        Id = "token.revoked",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Revoked",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Rejected.</summary>
    public static readonly Cause Rejected = new()
    {
        Id = "token.rejected",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "Rejected",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Wrong sender.</summary>
    public static readonly Cause WrongSender = new()
    {
        Id = "token.wrong-sender",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Wrong sender",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Unknown.</summary>
    public static readonly Cause ApiKeyUnknown = new()
    {
        Id = "api-key.unknown",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Unknown",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Expired.</summary>
    public static readonly Cause ApiKeyExpired = new()
    {
        Id = "api-key.expired",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Expired",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Mismatch.</summary>
    public static readonly Cause SignatureMismatch = new()
    {
        Id = "signature.mismatch",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Mismatch",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Expired.</summary>
    public static readonly Cause SignatureExpired = new()
    {
        Id = "signature.expired",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Expired",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Clock skew.</summary>
    public static readonly Cause SignatureClockSkew = new()
    {
        Id = "signature.clock-skew",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "Clock skew",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Too weak.</summary>
    public static readonly Cause AuthenticationTooWeak = new()
    {
        Id = "authentication.too-weak",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Too weak",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Too old.</summary>
    public static readonly Cause AuthenticationTooOld = new()
    {
        Id = "authentication.too-old",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Too old",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };
}
