using Gatehouse.Causes;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Findings of the wire in one form: with the catalogue's own advice for whom no special one is given.</summary>
internal static class Found
{
    /// <summary>A finding.</summary>
    internal static Finding Because(Cause cause, double confidence, string summary, IEnumerable<Evidence> evidence, params Remedy[] remedies) => new()
    {
        Cause = cause,
        Confidence = Math.Round(confidence, 2),
        Summary = summary,
        Evidence = [.. evidence.Distinct()],
        Remedies = [.. remedies, .. Catalogued(cause).Where(remedy => !remedies.Any(special => special.Who == remedy.Who))],
    };

    /// <summary>Advice for the author of the client.</summary>
    internal static Remedy Developer(string id, string what, string? command = null) => new() { Id = id, Who = Audience.Developer, What = what, Command = command };

    /// <summary>Advice for whoever runs the server.</summary>
    internal static Remedy Owner(string id, string what, string? command = null) => new() { Id = id, Who = Audience.Owner, What = what, Command = command };

    /// <summary>Advice for whoever met the page.</summary>
    internal static Remedy Visitor(string id, string what) => new() { Id = id, Who = Audience.Visitor, What = what };

    private static IEnumerable<Remedy> Catalogued(Cause cause)
    {
        var id = cause.Id.Replace('.', '-');
        if (cause.Visitor.Length > 0) yield return Visitor(id + "-visitor", cause.Visitor);
        if (cause.Developer.Length > 0) yield return Developer(id + "-developer", cause.Developer);
        if (cause.Owner.Length > 0) yield return Owner(id + "-owner", cause.Owner);
    }
}
