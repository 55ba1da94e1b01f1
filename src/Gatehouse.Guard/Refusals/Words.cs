using System.Collections.Frozen;
using Gatehouse.Causes;

namespace Gatehouse.Guard.Refusals;

/// <summary>What a caller is told of a refusal: the same in JSON, HTML and text.</summary>
/// <param name="Cause">The cause as the public may know it; null: not told.</param>
/// <param name="Title">A few words.</param>
/// <param name="Detail">One or two sentences.</param>
/// <param name="Remedy">What this caller can do.</param>
internal sealed record Words(Cause? Cause, string Title, string Detail, string Remedy)
{
    /// <summary>Refusals for the place or the manner of the request: one text, so that nobody learns which list they are on.</summary>
    private static readonly FrozenSet<Cause> Place = new[]
    {
        Causes.Network.IpBlocked, Causes.Network.IpNotAllowed, Causes.Network.IpBanned, Causes.Network.CountryBlocked, Causes.Network.RateExceeded, Causes.Network.WafBlocked,
        Causes.Network.BotChallenged, Causes.Network.UserAgentBlocked, Causes.Network.ReferrerBlocked, Causes.Network.HeaderRequired, Causes.Network.OriginRefused,
    }.ToFrozenSet();

    /// <summary>What stands for a cause that would tell a stranger about accounts, keys or files.</summary>
    private static readonly FrozenDictionary<Cause, Cause> Stand = new Dictionary<Cause, Cause>
    {
        [Credentials.PasswordUnknownUser] = Credentials.PasswordRejected,
        [Credentials.PasswordWrong] = Credentials.PasswordRejected,
        [Credentials.PasswordExpired] = Credentials.PasswordRejected,
        [Credentials.PasswordFileMissing] = Credentials.PasswordRejected,
        [Credentials.PasswordFileUnreadable] = Credentials.PasswordRejected,
        [Credentials.PasswordFileBadHash] = Credentials.PasswordRejected,
        [Credentials.WrongCharset] = Credentials.PasswordRejected,
        [Credentials.AccountLocked] = Credentials.PasswordRejected,
        [Credentials.AccountDisabled] = Credentials.PasswordRejected,
        [Tokens.BadSignature] = Tokens.Rejected,
        [Tokens.UnknownKey] = Tokens.Rejected,
        [Tokens.AlgorithmRefused] = Tokens.Rejected,
        [Tokens.WrongIssuer] = Tokens.Rejected,
        [Tokens.WrongAudience] = Tokens.Rejected,
        [Tokens.WrongType] = Tokens.Rejected,
        [Tokens.Revoked] = Tokens.Rejected,
        [Tokens.WrongSender] = Tokens.Rejected,
        [Tokens.ApiKeyExpired] = Tokens.ApiKeyUnknown,
        [Files.ResourceDeniedByDefault] = Files.ResourceDenied,
        [Files.FileNotReadable] = Files.ResourceDenied,
        [Files.DirectoryNotSearchable] = Files.ResourceDenied,
        [Files.SymlinkRefused] = Files.ResourceDenied,
        [Files.FileAclDenied] = Files.ResourceDenied,
        [Files.FileLabelDenied] = Files.ResourceDenied,
        [Configuration.HtaccessIgnored] = Files.ResourceDenied,
        [Configuration.HtaccessUnreadable] = Files.ResourceDenied,
        [Configuration.HtaccessSyntaxError] = Files.ResourceDenied,
        [Configuration.HtaccessNotPermitted] = Files.ResourceDenied,
        [Configuration.HtaccessConflictingRules] = Files.ResourceDenied,
        [Permissions.PermissionDenied] = Files.ResourceDenied,
    }.ToFrozenDictionary();

    /// <summary>The causes of a known person's lack: the page says who they are.</summary>
    private static readonly FrozenSet<Cause> Lacks = new[]
    {
        Permissions.UserNotListed, Permissions.RoleMissing, Permissions.GroupMissing, Permissions.ScopeMissing, Permissions.ClaimMissing,
    }.ToFrozenSet();

    private const string AskTheOwner = "If you think that this is a mistake, give the incident id to whoever runs this site.";

    private static readonly Words Forbidden = new(null, "Forbidden", "This is refused, and signing in would not change that.", AskTheOwner);

    /// <summary>Whether the words are the same for all who meet this refusal, so that they can be kept ready.</summary>
    public static bool AreShared(Refusal refusal, ExplainLevel explain) => explain switch
    {
        ExplainLevel.Minimal => true,
        ExplainLevel.Helpful => refusal.Who is null && refusal.Detail is null,
        ExplainLevel.Full => false,
    };

    /// <summary>What to say.</summary>
    public static Words For(Refusal refusal, ExplainLevel explain)
    {
        var words = explain == ExplainLevel.Minimal ? Least(refusal.Status) : Helpful(refusal);
        if (refusal.Status == 404 || explain == ExplainLevel.Minimal) return words;
        if (explain == ExplainLevel.Full && refusal.Finding is { } finding)
            words = words with { Cause = finding.Cause, Title = finding.Cause.Title, Detail = finding.Summary + "." };
        if (refusal.Rule?.Say is { } say) words = words with { Detail = say };
        if (refusal.Rule?.Contact is { } contact) words = words with { Remedy = $"{words.Remedy} Contact: {contact}" };
        return words;
    }

    private static Words Least(int status) => status switch
    {
        400 => new(null, "Bad Request", "The request can't be understood.", "Send it in another form."),
        401 => new(null, "Unauthorized", "This needs a sign-in, and none that is valid came.", "Sign in and try again."),
        403 => Forbidden with { Detail = "This is refused." },
        404 => NotFound,
        405 => new(null, "Method Not Allowed", "This can't be done here with this method.", "Use one of the methods that the Allow field names."),
        410 => new(null, "Gone", "What stood at this address was taken away for good.", "Look for it elsewhere."),
        421 => new(null, "Misdirected Request", "This server does not answer for that host name.", "Check the address."),
        500 => new(null, "Internal Server Error", "The site's own rules can't be carried out. Nothing is wrong with your request.", AskTheOwner),
        501 => new(null, "Not Implemented", "This method is not served here.", "Use another method."),
        >= 400 and < 500 => new(null, "Refused", "This request is refused by the site's own rules.", AskTheOwner),
        _ => Unavailable,
    };

    private static Words NotFound { get; } = new(null, "Not Found", "There is nothing at this address.", "Check the address.");

    private static Words Unavailable { get; } = new(null, "Service Unavailable", "A temporary problem keeps the site from answering. Nothing is wrong with your request.", "Try again in a moment. " + AskTheOwner);

    private static Words Helpful(Refusal refusal)
    {
        if (refusal.Status is 400 && refusal.Finding is null) return Least(400) with { Detail = refusal.Detail is { } detail ? $"The request is ambiguous or malformed: {detail}." : "The request is ambiguous or malformed." };
        if (refusal.Status is not (400 or 401 or 403) || refusal.Finding is not { } finding) return Least(refusal.Status);
        var cause = finding.Cause;
        if (Place.Contains(cause)) return Forbidden;
        cause = Stand.GetValueOrDefault(cause, cause);
        var words = new Words(cause, cause.Title, Sentence(cause.Meaning, Least(refusal.Status).Detail), Sentence(cause.Visitor, Least(refusal.Status).Remedy));
        if (ReferenceEquals(cause, Credentials.PasswordRejected))
            return words with { Title = "Sign-in failed", Detail = "User name or password is wrong, or the account can't be used.", Remedy = "Check both and try again." };
        if (ReferenceEquals(cause, Credentials.Missing)) return words with { Title = "Sign-in needed", Detail = "This is not open to everybody, and the request does not say who you are.", Remedy = "Sign in." };
        if (ReferenceEquals(cause, Files.ResourceDenied)) return words with { Detail = "This is not served to anybody.", Remedy = AskTheOwner };
        if (refusal.Who is not { } who) return words;
        if (ReferenceEquals(cause, Permissions.ScopeMissing) && refusal.Decision is { MissingScopes.Count: > 0 } decision)
            return words with { Detail = $"You are known as {Shown(who.Name)}, and the token lacks the scope {string.Join(' ', decision.MissingScopes)}." };
        if (Lacks.Contains(cause)) return words with { Detail = $"You are signed in as {Shown(who.Name)}, and this needs more rights." };
        if (ReferenceEquals(cause, Permissions.SubscriptionRequired)) return words with { Detail = $"You are signed in as {Shown(who.Name)}, and this is not included in your plan." };
        return words;
    }

    private static string Sentence(string text, string otherwise) => text.Length > 0 ? text : otherwise;

    /// <summary>A name on one line, without characters that change how text is shown, and not too long.</summary>
    private static string Shown(string name)
    {
        var text = new System.Text.StringBuilder(Math.Min(name.Length, 80));
        foreach (var rune in name.EnumerateRunes())
        {
            if (text.Length >= 80) return text.Append('…').ToString();
            var shown = System.Text.Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.Surrogate or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.OtherNotAssigned);
            text.Append(shown ? rune.ToString() : "\ufffd");
        }

        return text.ToString();
    }
}
