using Gatehouse.Findings;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Refusals;

/// <summary>What became of a request.</summary>
public enum DecisionKind
{
    /// <summary>It was not served.</summary>
    Refused = 0,

    /// <summary>A rule under trial would have refused it; it was served.</summary>
    WouldRefuse,

    /// <summary>It was served to anybody, and credentials that came along do not verify.</summary>
    CredentialsIgnored,
}

/// <summary>One decision for the log and the incident store. Holds no field of the request but those named here, so that no secret can be formatted.</summary>
public sealed record DecisionEvent
{
    /// <summary>What became of it.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The incident's id.</summary>
    public required string Incident { get; init; }

    /// <summary>Name of the site; null where the host is not one of ours or could not be read.</summary>
    public string? Site { get; init; }

    /// <summary>The status that the decision means; 200 where it was served.</summary>
    public required int Status { get; init; }

    /// <summary>The status that the caller saw: 404 where the rule hides.</summary>
    public required int ShownStatus { get; init; }

    /// <summary>Of the request.</summary>
    public required string Method { get; init; }

    /// <summary>The canonical path, without the query; of a malformed request what came, cut short.</summary>
    public required string Path { get; init; }

    /// <summary>Canonical; null where it could not be read.</summary>
    public string? Host { get; init; }

    /// <summary>Of the client, or of the peer where no canonical request could be made.</summary>
    public string? Address { get; init; }

    /// <summary>Null: not known.</summary>
    public string? Country { get; init; }

    /// <summary>Null: nobody known.</summary>
    public Identity? Who { get; init; }

    /// <summary>Why; null for what is no access decision (malformed requests, missing files, faults).</summary>
    public Finding? Finding { get; init; }

    /// <summary>What was malformed or could not be read; null: nothing to add.</summary>
    public string? Detail { get; init; }

    /// <summary>What the policy said; null where it was not reached.</summary>
    public Decision? Decision { get; init; }
}
