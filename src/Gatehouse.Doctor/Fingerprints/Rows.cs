using Gatehouse.Causes;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>Short forms in which the tables are written.</summary>
internal static class Rows
{
    internal static readonly int[] Any = [];
    internal static readonly int[] Forbidden = [403];
    internal static readonly int[] Unauthorized = [401];
    internal static readonly int[] Denial = [401, 403];

    internal static Mark Header(string name, string text = "") => new(Place.Header, name, text);

    internal static Mark Cookie(string prefix) => new(Place.Cookie, prefix, "");

    internal static Mark Body(string text) => new(Place.Body, "", text);

    internal static Mark Title(string text) => new(Place.Title, "", text);

    internal static Mark Member(string name, string text = "") => new(Place.Member, name, text);

    internal static Mark Challenge(string scheme, string text = "") => new(Place.Challenge, scheme, text);

    internal static Mark Reason(string text) => new(Place.Reason, "", text);

    /// <summary>A row that tells the author alone.</summary>
    internal static Fingerprint By(string author, Layer layer, int[] statuses, Mark[] marks, string source) => new(author, layer, statuses, marks, source);

    /// <summary>A row that tells the cause too.</summary>
    internal static Fingerprint Means(Fingerprint row, Cause cause, double confidence, string? says = null, Sent? when = null) => row with { Cause = cause, Confidence = confidence, Says = says, When = when ?? row.When };
}
