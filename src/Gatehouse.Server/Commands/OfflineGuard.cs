using System.Net;
using Gatehouse.Findings;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Hosting;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Guard.Settings;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Server.Commands;

/// <summary>What the Guard would answer.</summary>
/// <param name="Status">200 stands for "served": whether the resource exists is not looked at.</param>
/// <param name="Cause">The cause's id; null where it is served or no access decision was made.</param>
/// <param name="Challenges">Values of WWW-Authenticate.</param>
/// <param name="Decision">What the policy said, with its trace; null for malformed requests and hosts that are not ours.</param>
/// <param name="Detail">Why a request is malformed; null otherwise.</param>
internal sealed record OfflineAnswer(int Status, string? Cause, IReadOnlyList<string> Challenges, Decision? Decision, string? Detail);

/// <summary>The Guard's own pipeline without a network: the same code decides, an identity may be assumed, nothing is served.</summary>
internal sealed class OfflineGuard(SiteSet sites, RequestSurroundings surroundings)
{
    private readonly RefusalWriter writer = new();

    /// <summary>What a request would get.</summary>
    /// <param name="method">The method.</param>
    /// <param name="url">Absolute, http or https.</param>
    /// <param name="from">The client's address.</param>
    /// <param name="assumed">Who asks, without proof; null: what <paramref name="fields"/> prove.</param>
    /// <param name="rejected">What the authenticator of its scheme says of the credentials; null: nothing was sent.</param>
    /// <param name="fields">Fields of the request.</param>
    public async Task<OfflineAnswer> AskAsync(string method, Uri url, IPAddress from, Identity? assumed = null, (Scheme Scheme, Outcome.Rejected Outcome)? rejected = null, params (string Name, string Value)[] fields)
    {
        var context = Request(method, url, from);
        foreach (var (name, value) in fields) context.Request.Headers.Append(name, value);
        context.Response.Body = new MemoryStream();
        Decision? decision = null;
        GuardedSite? Of(string host)
        {
            if (sites.Of(host) is not { } site) return null;
            IReadOnlyList<IAuthenticator> authenticators = assumed is not null ? [new Assumed(assumed, Real(site, assumed.Scheme)), .. site.Authenticators]
                : rejected is { } failure ? [new Failing(failure.Scheme, failure.Outcome, Real(site, failure.Scheme)), .. site.Authenticators.Where(authenticator => authenticator.Scheme != failure.Scheme)]
                : site.Authenticators;
            return site with { Explain = ExplainLevel.Full, Authenticators = authenticators, Content = (served, facts, who) => Served(site, facts, who, out decision), SignInForm = null };
        }

        DecisionEvent? refused = null;
        await using var log = new DecisionLog(null, null);
        await new GuardPipeline(Of, surroundings, writer, log) { Refused = told => refused = told }.InvokeAsync(context);
        var challenges = context.Response.Headers.WWWAuthenticate.OfType<string>().ToList();
        // What callers share one text for is told apart here: this is the operator's own desk.
        return new OfflineAnswer(context.Response.StatusCode, refused?.Finding?.Cause.Id, challenges, refused is null ? decision : refused.Decision, refused?.Detail ?? refused?.Finding?.Summary);
    }

    private static ValueTask<Refusal?> Served(GuardedSite site, Facts facts, Identity? who, out Decision? decision)
    {
        decision = site.Policy.Explain(facts, who);
        decision = site.Retell?.Invoke(decision, facts) ?? decision;
        return ValueTask.FromResult<Refusal?>(null);
    }

    private static IAuthenticator? Real(GuardedSite site, Scheme scheme) => site.Authenticators.FirstOrDefault(authenticator => authenticator.Scheme == scheme);

    private static DefaultHttpContext Request(string method, Uri url, IPAddress from)
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        request.Method = method;
        request.Scheme = url.Scheme;
        request.Protocol = "HTTP/1.1";
        request.Host = new HostString(url.Authority);
        // What the caller typed, not what the base library makes of it: dot segments and escapes are the Guard's to judge.
        var target = url.OriginalString[(url.OriginalString.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        target = slash < 0 ? "/" : target[slash..];
        var question = target.IndexOf('?', StringComparison.Ordinal);
        request.Path = new PathString(Uri.UnescapeDataString(question < 0 ? target : target[..question]));
        request.QueryString = question < 0 ? default : new QueryString(target[question..]);
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        context.Connection.RemoteIpAddress = from;
        request.Headers.Accept = "application/problem+json";
        return context;
    }

    /// <summary>Somebody is known, without proof.</summary>
    private sealed class Assumed(Identity identity, IAuthenticator? real) : IAuthenticator
    {
        public Scheme Scheme => identity.Scheme;

        public SchemeAbilities Abilities => real?.Abilities ?? SchemeAbilities.None;

        public bool IsExplicit => true;

        public ValueTask<Outcome> AuthenticateAsync(HttpRequest request, Facts facts, CancellationToken cancellation) => ValueTask.FromResult<Outcome>(new Outcome.Accepted(identity));

        public string Challenge(ChallengeReason reason) => real?.Challenge(reason) ?? identity.Scheme.ToString();
    }

    /// <summary>Credentials came and do not verify, for the reason that is given.</summary>
    private sealed class Failing(Scheme scheme, Outcome.Rejected outcome, IAuthenticator? real) : IAuthenticator
    {
        public Scheme Scheme => scheme;

        public SchemeAbilities Abilities => real?.Abilities ?? SchemeAbilities.None;

        public bool IsExplicit => true;

        public ValueTask<Outcome> AuthenticateAsync(HttpRequest request, Facts facts, CancellationToken cancellation) => ValueTask.FromResult<Outcome>(outcome);

        public string Challenge(ChallengeReason reason) => real?.Challenge(reason) ?? scheme.ToString();
    }
}
