using Gatehouse.Apache.Syntax;

namespace Gatehouse.Apache.Configuration;

/// <summary><c>IfVersion</c> of mod_version: an operator and a version; regular expressions are taken for not matching.</summary>
internal static class VersionCondition
{
    /// <summary>Whether it holds for a version of httpd.</summary>
    public static bool Holds(string argument, Version version)
    {
        var words = Words.Of(argument);
        var first = words.Count > 0 ? words[0] : "";
        var not = first.StartsWith('!');
        if (not) first = first[1..];
        var (comparison, text) = words.Count > 1 ? (first, words[1]) : ("=", first);
        var parts = text.Split('.');
        Span<int> wanted = stackalloc int[3];
        for (var i = 0; i < Math.Min(3, parts.Length); i++)
            if (!int.TryParse(parts[i], out wanted[i])) return not;
        var order = Compare(version, wanted);
        var holds = comparison switch
        {
            "=" or "==" => order == 0,
            ">" => order > 0,
            ">=" => order >= 0,
            "<" => order < 0,
            "<=" => order <= 0,
            _ => false,
        };
        return holds != not;
    }

    /// <summary>Parts that are not written count as 0, as mod_version takes them.</summary>
    private static int Compare(Version version, ReadOnlySpan<int> wanted)
    {
        if (version.Major != wanted[0]) return version.Major.CompareTo(wanted[0]);
        return version.Minor != wanted[1] ? version.Minor.CompareTo(wanted[1]) : Math.Max(0, version.Build).CompareTo(wanted[2]);
    }
}
