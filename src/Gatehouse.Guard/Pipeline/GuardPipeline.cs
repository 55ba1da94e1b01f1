using System.Diagnostics.Metrics;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Pipeline;

/// <summary>
/// Decides each request in two passes: first with nobody known, then, only where it matters who asks, with the identity.
/// Immutable; a changed configuration is a new pipeline. Whatever fails on the way to a decision is 503, never a pass.
/// </summary>
public sealed class GuardPipeline
{
    /// <summary>Below it lie the Guard's own pages; no rule speaks of them but the refuse list.</summary>
    public const string OwnPrefix = "/.gatehouse/";

    /// <summary>Characters of a path that are recorded: with whole ones, a flood of long paths would push every other incident out of the store.</summary>
    private const int LongestPath = 1024;

    private static readonly Meter Meter = new("Gatehouse.Guard");
    private static readonly Counter<long> Decisions = Meter.CreateCounter<long>("gatehouse.decisions", description: "Requests by what was decided");

    private static readonly object JudgedElsewhere = new();

    private readonly Func<string, GuardedSite?> _siteOf;
    private readonly CanonicalRequest _canonical;
    private readonly RefusalWriter _writer;
    private readonly DecisionLog _log;
    private readonly TimeProvider _time;
    private readonly Func<string?>? _trouble;

    /// <summary>Puts the parts together.</summary>
    /// <param name="siteOf">The site of a canonical host; null: not one of ours.</param>
    /// <param name="surroundings">Trusted proxies, countries, clock.</param>
    /// <param name="writer">Answers refusals.</param>
    /// <param name="log">Takes decisions.</param>
    public GuardPipeline(Func<string, GuardedSite?> siteOf, RequestSurroundings surroundings, RefusalWriter writer, DecisionLog log)
    {
        ArgumentNullException.ThrowIfNull(surroundings);
        _siteOf = siteOf;
        _canonical = new(surroundings);
        _writer = writer;
        _log = log;
        _time = surroundings.Time;
        _trouble = surroundings.Trouble;
    }

    /// <summary>Told of each refusal before it is answered: for whoever asks without a network.</summary>
    internal Action<DecisionEvent>? Refused { get; init; }

    /// <summary>Judges and answers a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        GuardedSite? site = null;
        Facts? facts = null;
        try
        {
            facts = _canonical.Read(context, out var ambiguity);
            if (facts is null)
            {
                Refuse(context, null, new Refusal { Status = ambiguity!.Status, Incident = Incident.NewId(), Detail = ambiguity.Reason, Closes = true });
                return;
            }

            site = _siteOf(facts.Host);
            if (site is null)
            {
                // Whoever watches asks by address, which is no site's name.
                if (facts.Path == HealthPage.Path) Health(context, null, facts);
                else Refuse(context, null, Forbidden(facts, null, null, Finding(Causes.Network.HostUnknown, $"no site is served under the name {facts.Host}")));
                return;
            }

            if (facts.Path.StartsWith(OwnPrefix, StringComparison.Ordinal)) await OwnPageAsync(context, site, facts);
            else await JudgeAsync(context, site, facts);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to answer.
        }
#pragma warning disable CA1031 // the last resort of 401 and 403: any fault on the way to a decision refuses
        catch (Exception fault)
#pragma warning restore CA1031
        {
            // The message stays with the operator, and only its kind: messages of foreign code may quote what they were given.
            Refuse(context, site, Broken(facts, $"{fault.GetType().Name} in {fault.TargetSite?.DeclaringType?.Name}.{fault.TargetSite?.Name}"));
        }
    }

    private async ValueTask JudgeAsync(HttpContext context, GuardedSite site, Facts facts)
    {
        var verdict = site.Policy.Evaluate(facts, null);
        if (verdict == Verdict.Deny)
        {
            var decision = Explain(site, facts);
            await RefuseOrTryAsync(context, site, facts, null, decision, Forbidden(facts, null, decision, Finding(decision)));
            return;
        }

        var shown = await Credentials.CollectAsync(site.Authenticators, context.Request, facts, context.RequestAborted);
        if (verdict == Verdict.Allow && !(shown.Rejected is not null && site.Policy.RuleFor(facts) is { Strict: true }))
        {
            // A store that can't be read is no reason not to serve what everybody may have.
            if (shown.Rejected is { } ignored) Note(site, facts, ignored.Finding);
            if (shown.Broken is { } trouble) Note(site, facts, null, trouble);
            await ServeAsync(context, site, facts, shown.Who);
            return;
        }

        if (shown.Broken is { } broken)
        {
            Refuse(context, site, Broken(facts, broken));
            return;
        }

        if (shown.Rejected is { } rejected)
        {
            await RejectAsync(context, site, facts, shown, rejected);
            return;
        }

        if (shown.Who is not { } who)
        {
            var decision = Explain(site, facts);
            var challenges = Challenges(site, facts, decision, shown);
            var refusal = challenges.Count > 0 ? Unauthorized(facts, null, decision, Finding(decision), challenges)
                : Forbidden(facts, null, decision, Finding(Files.ResourceDenied, "a sign-in is needed, and no way to sign in can lead to what the rule asks for"));
            await RefuseOrTryAsync(context, site, facts, null, decision, refusal);
            return;
        }

        if (site.Policy.Evaluate(facts, who) == Verdict.Allow)
        {
            await ServeAsync(context, site, facts, who);
            return;
        }

        var lacking = Explain(site, facts, who);
        if (lacking.StepUpHelps && Challenges(site, facts, lacking, shown) is { Count: > 0 } stronger)
        {
            await RefuseOrTryAsync(context, site, facts, who, lacking, Unauthorized(facts, who, lacking, Finding(lacking), stronger));
            return;
        }

        var forbidden = Forbidden(facts, who, lacking, Finding(lacking));
        if (lacking.MissingScopes.Count > 0 && shown.By is { Scheme: Scheme.Bearer } bearer) forbidden = forbidden with { Challenges = [bearer.Challenge(new(facts, lacking, null))] };
        await RefuseOrTryAsync(context, site, facts, who, lacking, forbidden);
    }

    /// <summary>Credentials came and do not verify: 401 with what was wrong, or 400 where the request itself is not well formed (RFC 6750 section 3.1).</summary>
    private async ValueTask RejectAsync(HttpContext context, GuardedSite site, Facts facts, Credentials shown, Outcome.Rejected rejected)
    {
        if (rejected.IsBadRequest)
        {
            var challenge = shown.By is { } scheme ? [scheme.Challenge(new(facts, null, rejected))] : (IReadOnlyList<string>)[];
            await RefuseOrTryAsync(context, site, facts, null, null, new Refusal { Status = StatusCodes.Status400BadRequest, Incident = Incident.NewId(), Facts = facts, Finding = rejected.Finding, Challenges = challenge, Rule = site.Policy.RuleFor(facts) });
            return;
        }

        var decision = Explain(site, facts);
        var challenges = Challenges(site, facts, null, shown);
        var ends = rejected.Finding.Cause == Causes.Sessions.Expired || rejected.Finding.Cause == Causes.Sessions.Unknown || rejected.Finding.Cause == Causes.Sessions.Revoked;
        var refusal = challenges.Count > 0 ? Unauthorized(facts, null, decision, rejected.Finding, challenges) with { ClearsSession = ends } : Forbidden(facts, null, decision, rejected.Finding);
        await RefuseOrTryAsync(context, site, facts, null, decision, refusal);
    }

    /// <summary>Refuses, unless the rule that decided is only on trial: then it is noted and served.</summary>
    private async ValueTask RefuseOrTryAsync(HttpContext context, GuardedSite site, Facts facts, Identity? who, Decision? decision, Refusal refusal)
    {
        var rule = site.Policy.RuleFor(facts);
        var byRule = rule is not null && (decision is null || IsBy(decision, rule));
        if (byRule && rule!.ReportOnly)
        {
            _log.Write(Event(DecisionKind.WouldRefuse, context, site, refusal, refusal.Status, StatusCodes.Status200OK));
            await ServeAsync(context, site, facts, who);
            return;
        }

        refusal = refusal with { Rule = byRule ? rule : null };
        Refuse(context, site, refusal, rule is { Hide: true });
    }

    private async ValueTask ServeAsync(HttpContext context, GuardedSite site, Facts facts, Identity? who)
    {
        if (Decisions.Enabled) Decisions.Add(1, new("decision", "allow"), new("site", site.Name));
        if (await site.Content(context, facts, who) is not { } refusal) return;
        if (refusal.Elsewhere is { } other)
        {
            // Once is enough: a rule on trial that leads back to where it came from must not go round for ever.
            if (context.Items.TryAdd(JudgedElsewhere, null)) await JudgeAsync(context, site, other);
            else Refuse(context, site, Broken(other, "what would be served leads from path to path, each under other rules"));
            return;
        }

        var rule = site.Policy.RuleFor(facts);
        Refuse(context, site, refusal with { Facts = refusal.Facts ?? facts, Who = refusal.Who ?? who, Rule = rule }, rule is { Hide: true });
    }

    private async ValueTask OwnPageAsync(HttpContext context, GuardedSite site, Facts facts)
    {
        // The refuse list holds for these pages too: a blocked address gets no form to try passwords on.
        if (site.Policy.Evaluate(facts, null) == Verdict.Deny && Explain(site, facts) is { Rule: not null } decision && !(site.Policy.RuleFor(facts) is { } rule && IsBy(decision, rule)))
        {
            Refuse(context, site, Forbidden(facts, null, decision, Finding(decision)));
            return;
        }

        if (facts.Path == HealthPage.Path)
        {
            Health(context, site, facts);
            return;
        }

        if (CausePages.TryWrite(context, facts)) return;
        if (site.OwnPages is { } pages && await pages(context, facts)) return;
        if (site.OwnContent is { } own)
        {
            if (await own(context, facts, null) is { } refusal) Refuse(context, site, refusal);
            return;
        }

        Refuse(context, site, new Refusal { Status = StatusCodes.Status404NotFound, Incident = Incident.NewId(), Facts = facts });
    }

    private void Health(HttpContext context, GuardedSite? site, Facts facts)
    {
        if (HealthPage.TryWrite(context, facts, _trouble, out var refusal)) return;
        Refuse(context, site, refusal);
    }

    private void Refuse(HttpContext context, GuardedSite? site, Refusal refusal, bool hides = false)
    {
        var shown = hides && refusal.Status is 400 or 401 or 403 or 405 ? refusal with { Status = StatusCodes.Status404NotFound, Challenges = [], Allow = null, ClearsSession = false } : refusal;
        if (Decisions.Enabled) Decisions.Add(1, new("decision", "refuse"), new("status", refusal.Status), new("cause", refusal.Finding?.Cause.Id ?? "none"), new("site", site?.Name ?? "none"));
        var told = Event(DecisionKind.Refused, context, site, refusal, refusal.Status, shown.Status);
        _log.Write(told);
        Refused?.Invoke(told);
        _writer.Write(context, shown, site);
    }

    private void Note(GuardedSite site, Facts facts, Finding? finding, string? detail = null) => _log.Write(new DecisionEvent
    {
        Kind = DecisionKind.CredentialsIgnored,
        Time = facts.Time,
        Incident = Incident.NewId(),
        Site = site.Name,
        Status = StatusCodes.Status200OK,
        ShownStatus = StatusCodes.Status200OK,
        Method = facts.Method,
        Path = Cut(facts.Path, LongestPath),
        Host = facts.Host,
        Address = facts.Address?.ToString(),
        Country = facts.Country,
        Finding = finding,
        Detail = detail,
    });

    private DecisionEvent Event(DecisionKind kind, HttpContext context, GuardedSite? site, Refusal refusal, int status, int shown) => new()
    {
        Kind = kind,
        Time = refusal.Facts?.Time ?? _time.GetUtcNow(),
        Incident = refusal.Incident,
        Site = site?.Name,
        Status = status,
        ShownStatus = shown,
        Method = refusal.Facts?.Method ?? Cut(context.Request.Method, 32),
        Path = Cut(refusal.Facts?.Path ?? ToldPath.Of(context), LongestPath),
        Host = refusal.Facts?.Host,
        Address = (refusal.Facts is { } judged ? judged.Address : context.Connection.RemoteIpAddress)?.ToString(),
        Country = refusal.Facts?.Country,
        Who = refusal.Who,
        Finding = refusal.Finding,
        Detail = refusal.Detail,
        Decision = refusal.Decision,
    };

    /// <summary>One challenge for each scheme that can lead to somebody whom the policy accepts; of the one that failed with what was wrong.</summary>
    private static List<string> Challenges(GuardedSite site, Facts facts, Decision? decision, Credentials shown)
    {
        var challenges = new List<string>(site.Authenticators.Count);
        foreach (var authenticator in site.Authenticators)
        {
            if (site.Policy.CanHelp(facts, authenticator.Abilities))
                challenges.Add(authenticator.Challenge(new(facts, decision, ReferenceEquals(authenticator, shown.By) ? shown.Rejected : null)));
        }

        return challenges;
    }

    private static Decision Explain(GuardedSite site, Facts facts, Identity? who = null)
    {
        var decision = site.Policy.Explain(facts, who);
        return site.Retell is { } retell ? retell(decision, facts) : decision;
    }

    private static bool IsBy(Decision decision, RuleText rule) => decision.Rule is { } source && source.Line == rule.Line && string.Equals(source.File, rule.File, StringComparison.Ordinal);

    private static Refusal Forbidden(Facts facts, Identity? who, Decision? decision, Finding finding) =>
        new() { Status = StatusCodes.Status403Forbidden, Incident = Incident.NewId(), Facts = facts, Who = who, Decision = decision, Finding = finding };

    private static Refusal Unauthorized(Facts facts, Identity? who, Decision? decision, Finding finding, IReadOnlyList<string> challenges) =>
        new() { Status = StatusCodes.Status401Unauthorized, Incident = Incident.NewId(), Facts = facts, Who = who, Decision = decision, Finding = finding, Challenges = challenges };

    private static Refusal Broken(Facts? facts, string detail) =>
        new() { Status = StatusCodes.Status503ServiceUnavailable, Incident = Incident.NewId(), Facts = facts, Detail = detail };

    private static Finding Finding(Decision decision)
    {
        var summary = "";
        foreach (var step in decision.Trace)
        {
            // In a refuse list it is the entry that matches which refuses.
            if (step.Value != (step.Condition.StartsWith("refuse ", StringComparison.Ordinal) ? Verdict.Allow : decision.Verdict)) continue;
            summary = $"{step.Condition}: {step.Why}";
            break;
        }

        return new()
        {
            Cause = decision.Cause ?? Files.ResourceDeniedByDefault,
            Confidence = 1,
            Summary = summary.Length > 0 ? summary : decision.Rule is null ? "no rule names this path" : "the rule denies it",
            Evidence = decision.Rule is { } rule ? [new Evidence(EvidenceKind.RuleLine, $"{rule.File}:{rule.Line}", rule.Text)] : [],
        };
    }

    private static Finding Finding(Cause cause, string summary) => new() { Cause = cause, Confidence = 1, Summary = summary };

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
