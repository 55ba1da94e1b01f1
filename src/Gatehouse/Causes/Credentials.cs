namespace Gatehouse.Causes;

/// <summary>Credentials: who are you?.</summary>
public static class Credentials
{
    /// <summary>Missing.</summary>
    public static readonly Cause Missing = new()
    {
        Id = "credentials.missing",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Missing",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Malformed.</summary>
    public static readonly Cause Malformed = new()
    {
        Id = "credentials.malformed",
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

    /// <summary>Wrong scheme.</summary>
    public static readonly Cause WrongScheme = new()
    {
        Id = "credentials.wrong-scheme",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Wrong scheme",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Wrong charset.</summary>
    public static readonly Cause WrongCharset = new()
    {
        Id = "credentials.wrong-charset",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Guard,
        Title = "Wrong charset",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Dropped.</summary>
    public static readonly Cause Dropped = new()
    {
        Id = "credentials.dropped",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration,
        Title = "Dropped",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Rejected.</summary>
    public static readonly Cause PasswordRejected = new()
    {
        Id = "password.rejected",
        Status = 401,
        SeenFrom = Vantage.Outside,
        Title = "Rejected",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Unknown user.</summary>
    public static readonly Cause PasswordUnknownUser = new()
    {
        Id = "password.unknown-user",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Unknown user",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Wrong.</summary>
    public static readonly Cause PasswordWrong = new()
    {
        Id = "password.wrong",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Wrong",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Expired.</summary>
    public static readonly Cause PasswordExpired = new()
    {
        Id = "password.expired",
        Status = 401,
        SeenFrom = Vantage.Guard,
        Title = "Expired",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Missing.</summary>
    public static readonly Cause PasswordFileMissing = new()
    {
        Id = "password-file.missing",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Files,
        Title = "Missing",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Unreadable.</summary>
    public static readonly Cause PasswordFileUnreadable = new()
    {
        Id = "password-file.unreadable",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Files,
        Title = "Unreadable",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Bad hash.</summary>
    public static readonly Cause PasswordFileBadHash = new()
    {
        Id = "password-file.bad-hash",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Configuration | Vantage.Files | Vantage.Guard,
        Title = "Bad hash",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Locked.</summary>
    public static readonly Cause AccountLocked = new()
    {
        Id = "account.locked",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Locked",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Disabled.</summary>
    public static readonly Cause AccountDisabled = new()
    {
        Id = "account.disabled",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Disabled",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Stale nonce.</summary>
    public static readonly Cause DigestStaleNonce = new()
    {
        Id = "digest.stale-nonce",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Stale nonce",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Mismatch.</summary>
    public static readonly Cause DigestMismatch = new()
    {
        Id = "digest.mismatch",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Mismatch",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Missing.</summary>
    public static readonly Cause CertificateMissing = new()
    {
        Id = "certificate.missing",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Missing",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Untrusted.</summary>
    public static readonly Cause CertificateUntrusted = new()
    {
        Id = "certificate.untrusted",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Untrusted",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Expired.</summary>
    public static readonly Cause CertificateExpired = new()
    {
        Id = "certificate.expired",
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

    /// <summary>Revoked.</summary>
    public static readonly Cause CertificateRevoked = new()
    {
        Id = "certificate.revoked",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Revoked",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };
}
