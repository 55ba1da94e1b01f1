using System.Security.Cryptography;
using Gatehouse.Doctor.Http.Wire;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>One run of baseline, redirects and experiments against one question.</summary>
internal sealed class ExperimentRun(Question question, WireSettings settings, Surroundings around, CancellationToken time)
{
    private readonly Transport transport = new(settings);
    private readonly List<Observation> seen = [];

    /// <summary>All exchanges in the order of their plan, and what was left undone.</summary>
    /// <param name="sideBySide">Experiments at the same time.</param>
    public async Task<IReadOnlyList<Observation>> AllAsync(int sideBySide)
    {
        var given = GivenRequest.Of(question);
        if (await OneAsync(transport, new(Variation.AsGiven, "as given", given)).ConfigureAwait(false) is not { } baseline) return seen;
        seen.Add(baseline);
        if (baseline.Fault is { } fault && fault != ExchangeFault.ClientCertificate) seen.Add(new Unreachable(baseline.FaultText!));
        var final = await AnsweredAsync(await FollowedAsync(baseline).ConfigureAwait(false)).ConfigureAwait(false);

        if (question.Jwks is { } keys && KeySets.Address(keys) is { } address && await OneAsync(transport, new(Variation.Metadata, "the issuer's keys", KeySets.Request(address))).ConfigureAwait(false) is { } fetched)
        {
            seen.Add(fetched);
            seen.Add(KeySets.Of(keys, fetched));
        }

        // Where the redirect is the refusal (a login page at its end), the request as given is what is varied.
        var subject = baseline.Answer is { Status: >= 300 and < 400 } && final.Answer is { Status: >= 200 and < 300 } ? baseline : final;
        if (subject.Answer is { } answer && ExperimentPlan.AsksToWait(answer))
        {
            seen.Add(new NotLookedAt($"nothing more was sent: the server asks to be left alone{(answer.Value("Retry-After") is { } wait ? $" (Retry-After: {wait})" : "")}"));
            return seen;
        }

        await VariedAsync(subject, sideBySide).ConfigureAwait(false);
        if (question.Metadata && subject.Answer is not null) seen.AddRange(await Metadata.FetchAsync(subject, experiment => OneAsync(transport, experiment)).ConfigureAwait(false));
        return seen;
    }

    private async Task<Exchange> FollowedAsync(Exchange baseline)
    {
        var chain = new List<Exchange> { baseline };
        var cookies = new HopCookies(settings.Clock);
        // An address of the inner network is looked at when somebody asks for it, not because a public site points there.
        var onward = baseline.To is { } address && PublicAddresses.Contains(address) ? new Transport(settings with { PublicOnly = true }) : transport;
        while (true)
        {
            cookies.Take(chain[^1]);
            if (Redirects.Next(chain[^1], chain, cookies, out var why) is not { } next)
            {
                if (why is not null) seen.Add(new NotLookedAt(why));
                return chain[^1];
            }

            if (await OneAsync(onward, new(Variation.Redirected, $"redirect {chain.Count}: to {next.Request.Url.Scheme}://{FieldLines.HostOf(next.Request.Url)}", next.Request)).ConfigureAwait(false) is not { } hop) return chain[^1];
            hop = hop with { RedirectedFrom = chain[^1], NotCarried = next.Left };
            seen.Add(hop);
            if (hop.Answer is null)
            {
                seen.Add(new NotLookedAt($"the redirect could not be followed: {hop.FaultText}"));
                return hop;
            }

            chain.Add(hop);
        }
    }

    // -u stands for a user and password, in whichever scheme the server asks for them; Basic is only the first guess.
    private async Task<Exchange> AnsweredAsync(Exchange final)
    {
        if (question.UserAndPassword is not { } user || final.Answer is not { Status: 401 } answer || (final.RedirectedFrom is not null && final.Request.Value("Authorization") is null)) return final;
        if (DigestAnswer.Of(answer, final.Request, user, DigestAnswer.ClientNonce()) is not { } authorization) return final;
        if (await OneAsync(transport, new(Variation.AnsweredChallenge, "the Digest challenge answered with user and password", final.Request.With("Authorization", authorization))).ConfigureAwait(false) is not { } answered) return final;
        seen.Add(answered);
        return answered.Answer is null ? final : answered;
    }

    private async Task VariedAsync(Exchange subject, int sideBySide)
    {
        var plan = ExperimentPlan.After(subject, $"gatehouse-nothing-here-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}");
        foreach (var group in plan.GroupBy(experiment => FieldLines.SameOrigin(experiment.Request.Url, subject.Request.Url)))
        {
            foreach (var batch in group.Chunk(sideBySide))
            {
                if (around.RequestsLeft == 0)
                {
                    seen.Add(new NotLookedAt($"{question.MaxRequests} requests were sent, and more would tell more: --max-requests allows them"));
                    return;
                }

                around.Progress.Report(batch[0].Purpose);
                var done = await Task.WhenAll(batch.Select(experiment => OneAsync(transport, experiment))).ConfigureAwait(false);
                if (time.IsCancellationRequested)
                {
                    seen.AddRange(done.OfType<Exchange>().Where(exchange => exchange.Answer is not null));
                    seen.Add(new NotLookedAt($"the time of {question.Timeout.TotalSeconds:0.#} s was up before everything was tried: --timeout allows more"));
                    return;
                }

                seen.AddRange(done.OfType<Exchange>());
                if (group.Key && done.OfType<Exchange>().FirstOrDefault(exchange => IsStop(exchange, subject)) is { } stop)
                {
                    seen.Add(new NotLookedAt($"nothing more was sent after `{stop.Purpose}`: {(stop.Answer is { } answer ? $"the server answered {answer.Status}, which asks to slow down" : "the server stopped answering, as one does that bans")}"));
                    return;
                }
            }
        }
    }

    private static bool IsStop(Exchange exchange, Exchange subject) => exchange.Answer is { } answer ? ExperimentPlan.AsksToWait(answer) : subject.Answer is not null;

    private async Task<Exchange?> OneAsync(Transport over, Experiment experiment) =>
        around.TakeRequest() ? await over.SendAsync(experiment.Request, experiment.Variation, experiment.Purpose, time).ConfigureAwait(false) : null;
}
