using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Syntax;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Folds the Require lines as mod_authz_core does (apply_authz_sections), over sets of results where a line can't be evaluated.</summary>
internal static class Authorization
{
    private static readonly AuthorizationResults[] Each = [AuthorizationResults.Denied, AuthorizationResults.DeniedNoUser, AuthorizationResults.Granted, AuthorizationResults.Neutral, AuthorizationResults.Error];

    /// <summary>The possible results of a node; one bit: it is known.</summary>
    public static AuthorizationResults Of(AuthorizationNode node, string method, Func<AuthorizationNode, RequireResult> ask, List<RequireResult> asked, AuthorizationLogic around = AuthorizationLogic.All, bool turned = false)
    {
        if (!node.Covers(method)) return around == AuthorizationLogic.All ? AuthorizationResults.Granted : AuthorizationResults.Neutral;
        AuthorizationResults results;
        if (node.Provider is not null)
        {
            var answer = ask(node);
            results = answer.Result;
            asked.Add(answer with { Result = Negated(node, results), IsTurned = turned });
        }
        else
        {
            results = Fold(node, method, ask, asked, turned != node.Negated);
        }

        return Negated(node, results);
    }

    private static AuthorizationResults Fold(AuthorizationNode node, string method, Func<AuthorizationNode, RequireResult> ask, List<RequireResult> asked, bool turned)
    {
        var open = AuthorizationResults.Neutral;
        var done = AuthorizationResults.None;
        foreach (var member in node.Members)
        {
            if (open == AuthorizationResults.None) break;
            var child = Of(member, method, ask, asked, node.Logic, turned);
            var next = AuthorizationResults.None;
            foreach (var so in Each)
            {
                if (!open.HasFlag(so)) continue;
                foreach (var one in Each)
                {
                    if (!child.HasFlag(one)) continue;
                    var stops = one == AuthorizationResults.Error || one == (node.Logic == AuthorizationLogic.All ? AuthorizationResults.Denied : AuthorizationResults.Granted);
                    if (stops) done |= one;
                    else next |= Joined(node.Logic, so, one);
                }
            }

            open = next;
        }

        return open | done;
    }

    private static AuthorizationResults Joined(AuthorizationLogic logic, AuthorizationResults so, AuthorizationResults one)
    {
        if (one == AuthorizationResults.Neutral) return so;
        if (so == AuthorizationResults.Neutral) return one;
        // In "all" a user might still turn it; in "any" a refusal that a user might turn is more than one that stands.
        return one == AuthorizationResults.DeniedNoUser && so != (logic == AuthorizationLogic.All ? AuthorizationResults.Denied : AuthorizationResults.DeniedNoUser) ? one : so;
    }

    private static AuthorizationResults Negated(AuthorizationNode node, AuthorizationResults results)
    {
        if (!node.Negated) return results;
        var negated = results & (AuthorizationResults.Neutral | AuthorizationResults.Error);
        if (results.HasFlag(AuthorizationResults.Granted)) negated |= AuthorizationResults.Denied;
        if ((results & (AuthorizationResults.Denied | AuthorizationResults.DeniedNoUser)) != 0) negated |= AuthorizationResults.Neutral;
        return negated;
    }
}
