using System.Text.RegularExpressions;

namespace Gatehouse.Doctor.Servers;

/// <summary>Regular expressions as a server's configuration has them; servers' dialects are near enough to .NET's for what stands in rules.</summary>
internal static class ServerExpression
{
    /// <summary>A pattern and a path may be made for each other to take forever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether it fits somewhere; unknown where it can't be read here or takes too long.</summary>
    public static Truth Matches(string value, string pattern, bool ignoreCase = false)
    {
        try
        {
            return TruthTables.Of(new Regex(pattern, RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None), Limit).IsMatch(value));
        }
        catch (ArgumentException)
        {
            return Truth.Unknown;
        }
        catch (RegexMatchTimeoutException)
        {
            return Truth.Unknown;
        }
    }
}
