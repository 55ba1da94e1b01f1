using System.Globalization;
using Gatehouse.Apache.Expressions;

namespace Gatehouse.Apache.Rewriting;

/// <summary>The field that RewriteRule's [CO=name:value:domain[:minutes[:path[:secure[:httponly[:samesite]]]]]] makes.</summary>
internal static class RewriteCookie
{
    /// <summary>Null: too few parts, and httpd sets none.</summary>
    public static string? Make(string text, ApacheRequest request)
    {
        var separator = ':';
        if (text.StartsWith(';')) (separator, text) = (';', text[1..]);
        var parts = text.Split(separator, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3) return null;
        var cookie = $"{parts[0]}={parts[1]}; path={Part(4) ?? "/"}; domain={parts[2]}";
        if (Part(3) is { } minutes && Numbers.Read(minutes) is not 0 and var count && request.Time is { } time)
            cookie += $"; expires={time.ToUniversalTime().AddMinutes(count).ToString("ddd, dd-MMM-yyyy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture)}";
        if (IsOn(Part(5), "secure")) cookie += "; secure";
        if (IsOn(Part(6), "HttpOnly")) cookie += "; HttpOnly";
        if (Part(7) is { } site && site != "0" && !site.Equals("false", StringComparison.OrdinalIgnoreCase)) cookie += $"; SameSite={site}";
        return cookie;

        string? Part(int index) => index < parts.Length ? parts[index] : null;

        static bool IsOn(string? word, string name) => word is "1"
            || "true".Equals(word, StringComparison.OrdinalIgnoreCase) || name.Equals(word, StringComparison.OrdinalIgnoreCase);
    }
}
