using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>The rules of gatehouse.yaml on a file that is served under another path than its own: rewriting or a link leads to it.</summary>
internal static class OtherPath
{
    /// <summary>Null: that path is open to the caller as well.</summary>
    /// <param name="policy">The rules.</param>
    /// <param name="facts">Of the request.</param>
    /// <param name="who">Who asks; null: nobody known.</param>
    /// <param name="relative">The file's own path, with a leading slash, as the disk has it.</param>
    /// <param name="through">What leads there: <c>rewriting</c>, <c>a link</c>.</param>
    /// <param name="indexIsFree">Whether an index file of the folder that was asked for is judged only by a rule that names it.</param>
    public static Refusal? Judge(AccessPolicy policy, Facts facts, Identity? who, string relative, string through, bool indexIsFree)
    {
        if (string.Equals(relative, facts.Path, StringComparison.Ordinal)) return null;
        if (!CanonicalPath.TryRead(CanonicalPath.Encode(relative), out var path, out var problem))
            return new Refusal { Status = StatusCodes.Status403Forbidden, Incident = Incident.NewId(), Facts = facts, Who = who, Detail = $"{through} leads to a path that is ambiguous: {problem}" };
        var other = facts with { Path = path! };
        if (policy.Evaluate(other, who) == Verdict.Allow) return null;

        // The index file of the folder that was asked for: as with every other folder, by a rule that names it.
        var isIndex = indexIsFree && facts.Path.EndsWith('/') && path!.StartsWith(facts.Path, StringComparison.Ordinal) && !path.AsSpan(facts.Path.Length).Contains('/');
        if (isIndex && policy.RuleFor(other)?.Pattern?.EndsWith("/**", StringComparison.Ordinal) != false) return null;
        return new Refusal { Status = StatusCodes.Status403Forbidden, Incident = Incident.NewId(), Facts = other, Who = who, Elsewhere = other };
    }
}
