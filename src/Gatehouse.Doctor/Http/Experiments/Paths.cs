namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>Places near a path: to see where a refusal begins.</summary>
internal static class Paths
{
    /// <summary>Parent directories, the nearest first, the root last; without query.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="most">How many at most: the nearest, and the root in any case.</param>
    public static IReadOnlyList<string> Parents(string path, int most)
    {
        var parents = new List<string>();
        var at = path.TrimEnd('/');
        while (at.LastIndexOf('/') is >= 0 and var slash)
        {
            parents.Add(at[..(slash + 1)]);
            at = at[..slash].TrimEnd('/');
        }

        return parents.Count <= most ? parents : [.. parents.Take(most - 1), "/"];
    }

    /// <summary>A name in the same directory; for an address that ends in a slash, in that directory itself: whether what lies in it is refused too.</summary>
    public static string Sibling(string path, string name) => path[..(path.LastIndexOf('/') + 1)] + name;

    /// <summary>With a slash at the end where there was none, without where there was one; null for the root.</summary>
    public static string? OtherSlash(string path) => path.Length <= 1 ? null : path.EndsWith('/') ? path.TrimEnd('/') is { Length: > 0 } bare ? bare : null : path + "/";
}
