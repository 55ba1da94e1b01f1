using System.Buffers;
using System.Collections.Frozen;

namespace Gatehouse.Policy;

/// <summary>Names of HTTP methods as rules write them (RFC 9110 section 9.1: case-sensitive tokens).</summary>
internal static class MethodNames
{
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // RFC 9110, RFC 5789, WebDAV (RFC 4918, 3253, 3648, 3744, 5323), CalDAV; and what caches use.
    private static readonly FrozenSet<string> Registered = FrozenSet.ToFrozenSet(
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "VERSION-CONTROL", "REPORT", "CHECKOUT", "CHECKIN", "UNCHECKOUT", "MKWORKSPACE", "UPDATE", "LABEL", "MERGE", "BASELINE-CONTROL", "MKACTIVITY", "ORDERPATCH", "ACL", "SEARCH", "BIND", "UNBIND", "REBIND", "MKCALENDAR", "MKREDIRECTREF", "UPDATEREDIRECTREF", "LINK", "UNLINK", "PRI", "PURGE"], StringComparer.Ordinal);

    /// <summary>What is wrong with the name; null: nothing. A name of one's own is fine as long as it does not look like a slip.</summary>
    public static string? Fault(string name, out string? advice)
    {
        advice = null;
        if (Registered.Contains(name)) return null;
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token)) return $"`{name}` is not the name of a method";
        var upper = name.ToUpperInvariant();
        if (Registered.Contains(upper))
        {
            advice = $"write `{upper}`";
            return $"`{name}`: names of methods are case-sensitive (RFC 9110 section 9.1)";
        }

        if (RuleVocabulary.Meant(name, Registered) is not { } meant || !Registered.Contains(meant)) return null;
        advice = $"did you mean `{meant}`?";
        return $"`{name}` is not a method that anybody uses";
    }
}
