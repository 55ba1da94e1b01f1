namespace Gatehouse.Doctor;

/// <summary>What was asked: the targets and options of `why`, read and checked, nothing opened yet.</summary>
public sealed record Question
{
    /// <summary>The URL in question; null where only files are looked at.</summary>
    public Uri? Url { get; init; }

    /// <summary>The method, as given.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The client address to evaluate rules for (--from); null: the address from which the request was seen to come, or 127.0.0.1 for loopback targets.</summary>
    public System.Net.IPAddress? From { get; init; }

    /// <summary>Request headers in order, as given (-H, and what -u, --bearer, --cookie amount to).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Document root (--site, or a directory as target); null: none.</summary>
    public string? Site { get; init; }

    /// <summary>Server configurations (--server-config, or such files as targets).</summary>
    public IReadOnlyList<string> ServerConfigurations { get; init; } = [];

    /// <summary>Log files (--log, or such files as targets).</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>The account the server's workers run as (--server-user); null: from the configuration or the running workers.</summary>
    public string? ServerUser { get; init; }

    /// <summary>--timeout of one exchange.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>--max-requests.</summary>
    public int MaxRequests { get; init; } = 24;
}
