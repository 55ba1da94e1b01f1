using System.Net;
using Gatehouse.Addresses;
using Gatehouse.Guard.Settings;

namespace Gatehouse.Guard.Hosting;

/// <summary>The country of an address from a MaxMind file that is renewed when it changes.</summary>
public sealed class CountryLookup : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly RenewedFile<CountryDatabase> file;

    private CountryLookup(RenewedFile<CountryDatabase> file) => this.file = file;

    /// <summary>Opens it; null after the fault was added.</summary>
    public static CountryLookup? Open(string path, string configurationFile, ICollection<ConfigurationFault> faults, TimeProvider time)
    {
        if (RenewedFile.Open(path, CountryDatabase.Open, time, LookEvery, out var error) is { } file) return new CountryLookup(file);
        faults.Add(new(configurationFile, 0, 0, $"the country database {path} can't be used: {error}", "name a MaxMind country file (MMDB)"));
        return null;
    }

    /// <summary>ISO 3166-1 alpha-2 in upper case; null where the file does not know it.</summary>
    /// <exception cref="IOException">The file is damaged: whoever asks must not take that for "no country".</exception>
    public string? Of(IPAddress address)
    {
        var answer = file.Current.Find(address);
        return answer.Error is null ? answer.Country : throw new IOException(answer.Error);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
