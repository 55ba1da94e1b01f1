using Gatehouse.Findings;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Refusals;

/// <summary>A request that is not served, with all that is known of why. Only <c>RefusalWriter</c> turns it into an answer.</summary>
public sealed record Refusal
{
    /// <summary>400, 401, 403, 404 (hidden, or a missing file), 405, 416, 501 or 503; of a site that obeys .htaccess files whatever they say.</summary>
    public required int Status { get; init; }

    /// <summary>Why. Null for 400, 404 of a missing file and 503, which have <see cref="Detail"/> alone.</summary>
    public Finding? Finding { get; init; }

    /// <summary>For the operator: what was malformed, what could not be read.</summary>
    public string? Detail { get; init; }

    /// <summary>128 random bits, 32 lower-case hex digits.</summary>
    public required string Incident { get; init; }

    /// <summary>Values of WWW-Authenticate; at least one with 401, none with any other but a bearer's 403 or 400 (RFC 6750 section 3.1).</summary>
    public IReadOnlyList<string> Challenges { get; init; } = [];

    /// <summary>The request's facts; null where no canonical request could be made.</summary>
    public Facts? Facts { get; init; }

    /// <summary>Who asked; null: nobody known.</summary>
    public Identity? Who { get; init; }

    /// <summary>What the policy said; null where it was not reached.</summary>
    public Decision? Decision { get; init; }

    /// <summary>The rule's own words for the visitor and whom to ask; null: none.</summary>
    public RuleText? Rule { get; init; }

    /// <summary>With 405: the value of Allow (RFC 9110 section 15.5.6); null with any other.</summary>
    public string? Allow { get; init; }

    /// <summary>What would be served is another path than the one that was decided on, and the rules do not let it pass: it is judged as if it had been asked for. Null: nothing of the kind.</summary>
    public Facts? Elsewhere { get; init; }

    /// <summary>Whether the connection is closed behind the answer, because it is in doubt where the next request begins.</summary>
    public bool Closes { get; init; }

    /// <summary>Whether the caller's session cookie is to be deleted (session expired, unknown or revoked).</summary>
    public bool ClearsSession { get; init; }
}

/// <summary>How much the caller is told.</summary>
public enum ExplainLevel
{
    /// <summary>Every 403 has equal bytes but for the incident id.</summary>
    Minimal = 0,

    /// <summary>What is safe and useful.</summary>
    Helpful,

    /// <summary>Everything; for development, on loopback only.</summary>
    Full,
}
