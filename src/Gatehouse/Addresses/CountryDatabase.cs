using System.Net;
using System.Net.Sockets;
using MaxMind.Db;

namespace Gatehouse.Addresses;

/// <summary>What a country database says of an address.</summary>
/// <param name="Country">ISO 3166-1 alpha-2, upper case; null where the database does not know the address.</param>
/// <param name="Error">Why it could not be looked up (a damaged file); null where it could. With an error a policy that speaks of countries can't decide: 503.</param>
public readonly record struct CountryAnswer(string? Country, string? Error);

/// <summary>Countries of addresses from a file in MaxMind's format, held in memory so that a file that is cut short under us harms nothing. Safe for concurrent use.</summary>
public sealed class CountryDatabase : IDisposable
{
    // Far above every published country database (8 MB) and city database (130 MB).
    private const long MaximumSize = 1L << 30;

    // Visitors come back: what was found is remembered, one address a slot, without locks.
    private const int Slots = 4096;

    private readonly Reader _reader;
    private readonly Remembered?[] _remembered = new Remembered?[Slots];

    private sealed record Remembered(IPAddress Address, CountryAnswer Answer);

    private CountryDatabase(Reader reader)
    {
        _reader = reader;
        AnswersIPv6 = reader.Metadata.IPVersion == 6;
        BuiltAt = new(reader.Metadata.BuildDate);
        Name = reader.Metadata.DatabaseType;
    }

    /// <summary>Whether the file has IPv6 at all; one of IPv4 alone gives no country for IPv6 (the library would give a wrong one).</summary>
    public bool AnswersIPv6 { get; }

    /// <summary>When its publisher built it; evidence names it, because sources disagree.</summary>
    public DateTimeOffset BuiltAt { get; }

    /// <summary>Its type as the publisher calls it: <c>GeoLite2-Country</c>.</summary>
    public string Name { get; }

    /// <summary>Reads a file; null with the reason where it can't be read or is no country database.</summary>
    public static CountryDatabase? Open(string path, out string? error)
    {
        try
        {
            var size = new FileInfo(path).Length;
            if (size > MaximumSize)
            {
                error = $"`{path}` has {size} bytes, which is no country database";
                return null;
            }

            using var stream = File.OpenRead(path);
            return Read(stream, path, out error);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            error = $"`{path}` can't be read: {exception.Message}";
            return null;
        }
    }

    /// <summary>Reads from a stream; the name is for messages.</summary>
    public static CountryDatabase? Read(Stream stream, string name, out string? error)
    {
        Reader? reader = null;
        try
        {
            reader = new Reader(stream);
            var database = new CountryDatabase(reader);
            if (Probe(database) is { } fault)
            {
                reader.Dispose();
                error = $"`{name}` is damaged: {fault}";
                return null;
            }

            error = null;
            return database;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            reader?.Dispose();
            error = $"`{name}` is not a database in MaxMind's format: {exception.Message}";
            return null;
        }
    }

    /// <summary>The country of an address.</summary>
    public CountryAnswer Find(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !AnswersIPv6) return default;
        var slot = (address.GetHashCode() & int.MaxValue) % Slots;
        if (_remembered[slot] is { } remembered && remembered.Address.Equals(address)) return remembered.Answer;
        var answer = LookUp(address);
        _remembered[slot] = new(address, answer);
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    // MaxMind's own files say country.iso_code; DB-IP's and the free ones made of registries say country_code or country.
    private CountryAnswer LookUp(IPAddress address)
    {
        try
        {
            var found = _reader.Find<Dictionary<string, object>>(address);
            if (found is null) return default;
            var code = found.GetValueOrDefault("country") switch
            {
                Dictionary<string, object> country => country.GetValueOrDefault("iso_code") as string,
                string country => country,
                _ => found.GetValueOrDefault("country_code") as string,
            };
            return new(code is { Length: 2 } ? code.ToUpperInvariant() : null, null);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            return new(null, $"the country database is damaged: {exception.Message}");
        }
    }

    // A few look-ups over both families find a file that was cut short while it was copied.
    private static string? Probe(CountryDatabase database)
    {
        for (var i = 1; i < 224; i++)
        {
            if (database.LookUp(new IPAddress([(byte)i, (byte)(i * 37), (byte)(i * 11), 1])).Error is { } fault) return fault;
            if (!database.AnswersIPv6 || i > 64) continue;
            if (database.LookUp(new IPAddress([(byte)(i % 2 == 0 ? 0x20 : 0x2A), (byte)i, (byte)(i * 3), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])).Error is { } other) return other;
        }

        return null;
    }

    // What the library throws of files that are not what they should be; some damage shows only as a bad index or cast.
    private static bool IsDamage(Exception exception) =>
        exception is InvalidDatabaseException or DeserializationException or IOException or ArgumentException or IndexOutOfRangeException
            or InvalidCastException or OverflowException or InvalidOperationException or NotSupportedException or KeyNotFoundException or FormatException or NullReferenceException or UnauthorizedAccessException;
}
