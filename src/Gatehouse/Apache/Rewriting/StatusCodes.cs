namespace Gatehouse.Apache.Rewriting;

/// <summary>The statuses that httpd knows.</summary>
public static class StatusCodes
{
    /// <summary>Whether httpd has a status line for it (others are refused where a configuration names them).</summary>
    public static bool Exists(int status) => status is (>= 100 and <= 103) or (>= 200 and <= 208) or 226 or (>= 300 and <= 308)
        or (>= 400 and <= 418) or (>= 421 and <= 426) or 428 or 429 or 431 or 451 or (>= 500 and <= 508) or 510 or 511;

    /// <summary>Whether it sends the client elsewhere with a Location (ap_is_HTTP_REDIRECT).</summary>
    public static bool IsRedirect(int status) => status is >= 300 and < 400;
}
