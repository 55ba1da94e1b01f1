using System.Collections.Frozen;

namespace Gatehouse.Causes;

/// <summary>All causes, in the order in which they are shown. A new cause is one entry in its family's file and one line here.</summary>
public static class Catalogue
{
    /// <summary>Every cause once.</summary>
    public static IReadOnlyList<Cause> All { get; } =
    [
        Sessions.Missing,
        Sessions.Expired,
        Sessions.Unknown,
        Sessions.Revoked,
        Sessions.CookieNotSent,
        Sessions.CookieRejected,
    ];

    private static readonly FrozenDictionary<string, Cause> ById = All.ToFrozenDictionary(cause => cause.Id, StringComparer.Ordinal);

    /// <summary>The cause of that id, or null where there is none.</summary>
    public static Cause? Find(string id) => ById.GetValueOrDefault(id);
}
