using System.Collections.Concurrent;
using System.Net;

namespace Gatehouse.Addresses;

/// <summary>The lists that rules name, each read once and renewed when its file changes. What <c>PolicySurroundings.OpenList</c> asks.</summary>
/// <param name="folder">Where names that are no absolute paths begin: the folder of the configuration.</param>
/// <param name="time">The clock of the renewal.</param>
public sealed class AddressLists(string folder, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, RenewedFile<AddressList>> _files = new(StringComparer.Ordinal);

    /// <summary>All that are open, for reports on bad lines and on failed renewals.</summary>
    public IReadOnlyCollection<RenewedFile<AddressList>> Files => [.. _files.Values];

    /// <summary>Opens a list, or gives the one that is open; the first part is null with the reason where it can't be read, or has lines and no address.</summary>
    public (Func<IPAddress, bool>? Contains, string? Error) Open(string name)
    {
        var path = Path.GetFullPath(name, Path.GetFullPath(folder));
        if (!_files.TryGetValue(path, out var file))
        {
            file = RenewedFile.Open<AddressList>(path, Read, time, Interval, out var error);
            if (file is null) return (null, error);
            if (!_files.TryAdd(path, file)) file.Dispose();
            file = _files[path];
        }

        return (address => file.Current.Addresses.Contains(address), null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    // A file of another kind (a web page that says "too many requests") must not empty a block list.
    private static AddressList? Read(string path, out string? error)
    {
        var list = AddressList.Open(path, out error);
        if (list is null || list.Entries > 0 || list.FaultCount == 0) return list;
        error = $"`{path}` has {list.FaultCount} lines and no address among them; line {list.Faults[0].Line}: expected {list.Faults[0].Expected}";
        return null;
    }
}
