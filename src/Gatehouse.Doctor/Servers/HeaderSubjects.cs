namespace Gatehouse.Doctor.Servers;

/// <summary>What a condition on a header is really about.</summary>
internal static class HeaderSubjects
{
    /// <summary>Headers with a meaning of their own.</summary>
    public static Subject OfHeader(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        "user-agent" => Subject.UserAgent,
        "referer" => Subject.Referrer,
        "origin" => Subject.Origin,
        "host" or ":authority" => Subject.Host,
        "authorization" => Subject.Credentials,
        "cookie" => Subject.Cookie,
        "x-forwarded-for" or "x-real-ip" or "cf-connecting-ip" or "true-client-ip" => Subject.Address,
        "cf-ipcountry" or "x-country-code" or "x-country" or "x-geo-country" => Subject.Country,
        "x-forwarded-proto" => Subject.Scheme,
        _ => Subject.Header,
    };
}
