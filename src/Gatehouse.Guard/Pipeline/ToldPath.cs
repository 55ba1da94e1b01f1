using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Guard.Pipeline;

/// <summary>What is told of the target of a request that can't be understood: as much of it as can hold no secret.</summary>
internal static class ToldPath
{
    /// <summary>Its path as it came.</summary>
    public static string Of(HttpContext context) => Of(context.Features.Get<IHttpRequestFeature>()?.RawTarget);

    /// <summary>
    /// Ends with the character behind which secrets travel: a query, a fragment (tokens of OAuth's implicit grant), a path parameter
    /// (<c>;jsessionid=</c>). User and password of an absolute address are left out.
    /// </summary>
    public static string Of(string? target)
    {
        if (string.IsNullOrEmpty(target)) return "";
        var end = target.AsSpan().IndexOfAny('?', '#', ';');
        var told = end < 0 ? target : target[end] == '?' ? target[..end] : target[..(end + 1)];
        if (told.StartsWith('/')) return told;
        // Wherever its path seems to begin: a password may hold a slash, and other at signs.
        var user = told.LastIndexOf('@');
        if (user < 0) return told;
        var authority = told.IndexOf("://", StringComparison.Ordinal);
        return string.Concat(authority < 0 || authority > user ? "" : told[..(authority + 3)], "***", told.AsSpan(user));
    }
}
