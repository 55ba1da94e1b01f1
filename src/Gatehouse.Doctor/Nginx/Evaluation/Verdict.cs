using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>What an evaluation came to.</summary>
/// <param name="Ground">All that was met on the way.</param>
/// <param name="Flow">The request at its end; null: it came to no server.</param>
internal sealed record Verdict(FlowGround Ground, Flow? Flow)
{
    /// <summary>The status that the client sees; null: not known, or the connection is closed.</summary>
    public int? Status { get; init; }

    /// <summary>Why it is not known.</summary>
    public string? UnknownBecause { get; init; }

    /// <summary>Whether the connection is closed without an answer (444, a rejected handshake).</summary>
    public bool Closed { get; init; }

    /// <summary>The directive that rejects handshakes.</summary>
    public ConfNode? RejectedHandshake { get; init; }

    /// <summary>Whether somebody behind answers, with a status of its own.</summary>
    public bool HandedOn => Flow is { HandedOnBy: not null, ErrorStatus: 0, UnknownBecause: null };

    /// <summary>The first refusal of the main request (400 and more), which error pages may cover; null: there was none.</summary>
    public Decision? Refusal => Ground.Decisions.FirstOrDefault(decision => !decision.Subrequest && decision.Status >= 400) is { } first
        ? first.By == DecidedBy.AddressRule && first.Scope.Value("satisfy") == "any" ? Ground.Decisions.Find(IsSignIn) ?? first : first
        : null;

    /// <summary>With <c>satisfy any</c> a sign-in cures what the addresses refuse, and nginx answers its 401.</summary>
    private static bool IsSignIn(Decision decision) => decision is { Subrequest: false, Status: 401, By: DecidedBy.Basic or DecidedBy.AuthRequest };

    /// <summary>The last decision of the main request.</summary>
    public Decision? Last => Ground.Decisions.LastOrDefault(decision => !decision.Subrequest && decision.Status > 0);

    /// <summary>The server.</summary>
    public VirtualServer? Server => Ground.Choice?.Server;
}
