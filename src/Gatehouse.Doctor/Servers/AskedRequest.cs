using System.Net;
using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Logs.Formats;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Servers;

/// <summary>The request in question as a server's rules see it.</summary>
public sealed record AskedRequest
{
    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, decoded.</summary>
    public required string Path { get; init; }

    /// <summary>The path as sent.</summary>
    public required string RawPath { get; init; }

    /// <summary>Without question mark; empty: none.</summary>
    public required string Query { get; init; }

    /// <summary>The Host without port, lower case.</summary>
    public required string Host { get; init; }

    /// <summary>The port that was connected to.</summary>
    public required int Port { get; init; }

    /// <summary>Whether over TLS.</summary>
    public required bool Secure { get; init; }

    /// <summary>The client's address; null: it can't be told from here.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The client's address as the server takes it from a proxy that it trusts; null: the same as <see cref="Address"/>.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>User and password that were given, whatever was made of them; null: none.</summary>
    public string? Given { get; init; }

    /// <summary>Whether it goes through a forward proxy.</summary>
    public bool ThroughProxy { get; init; }

    /// <summary>Field lines as given or sent.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Whether a client certificate was given.</summary>
    public bool Certificate { get; init; }

    /// <summary>The status that was seen; null: nothing was sent.</summary>
    public int? Seen { get; init; }

    /// <summary>The value of a field; several lines are joined by commas; null: not there.</summary>
    public string? Header(string name)
    {
        var values = Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }

    /// <summary>From what was asked and seen; null where no URL is known.</summary>
    public static AskedRequest? Of(Question question, Observations seen, DateTimeOffset now)
    {
        var exchange = seen.Baseline();
        var url = question.Url ?? exchange?.Request.Url;
        if (url is null) return null;
        var fields = exchange?.Request.Fields is { Count: > 0 } sent ? sent : [.. question.Headers.Select(header => new Field(header.Key, header.Value))];
        var host = fields.FirstOrDefault(field => field.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value ?? url.Authority;
        return new AskedRequest
        {
            Method = exchange?.Request.Method ?? question.Method,
            Path = Uri.UnescapeDataString(url.AbsolutePath),
            RawPath = url.AbsolutePath,
            Query = url.Query.TrimStart('?'),
            Host = WithoutPort(host).ToLowerInvariant(),
            Port = url.Port,
            Secure = url.Scheme == Uri.UriSchemeHttps,
            Address = question.From ?? exchange?.From ?? (url.IsLoopback ? Values.Client(url.Host) ?? IPAddress.Loopback : null),
            Fields = [.. fields],
            At = exchange?.Answer is { At.Ticks: > 0 } answer ? answer.At : now,
            Certificate = question.Certificate is not null,
            Given = question.UserAndPassword,
            ThroughProxy = question.Proxy is not null,
            Seen = exchange?.Status,
        };
    }

    /// <summary>User and password of a Basic header.</summary>
    /// <returns>Null where none came; empty user where it can't be read.</returns>
    /// <param name="field">The field that holds them.</param>
    public (string User, byte[] Password, string Scheme)? Credentials(string field = "Authorization")
    {
        if (Header(field) is not { Length: > 0 } value) return null;
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var scheme = space < 0 ? value : value[..space];
        if (!scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || space < 0) return ("", [], scheme);
        var octets = new byte[value.Length];
        if (!Convert.TryFromBase64String(value[(space + 1)..].Trim(), octets, out var length)) return ("", [], scheme);
        var colon = octets.AsSpan(0, length).IndexOf((byte)':');
        return colon < 0 ? ("", [], scheme) : (Encoding.UTF8.GetString(octets, 0, colon), octets[(colon + 1)..length], scheme);
    }

    private static string WithoutPort(string host)
    {
        if (host.StartsWith('[') && host.IndexOf(']', StringComparison.Ordinal) is > 0 and var close) return host[1..close];
        return host.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && host.LastIndexOf(':') == colon ? host[..colon] : host;
    }

    /// <summary>Whether the address lies in one of the networks; unknown where an entry can't be read, or the address is not known.</summary>
    public Truth AddressIn(IEnumerable<string> networks)
    {
        if (Address is null) return Truth.Unknown;
        var result = Truth.False;
        foreach (var text in networks)
        {
            if (Network.TryParse(text.Trim(), out var network, out _, out _)) result = result.Or(TruthTables.Of(network.Contains(Address)));
            else result = result.Or(Truth.Unknown);
            if (result == Truth.True) return result;
        }

        return result;
    }
}
