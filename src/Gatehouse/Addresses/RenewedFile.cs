namespace Gatehouse.Addresses;

/// <summary>Reads a file; null with the reason where it can't be.</summary>
public delegate T? FileReading<T>(string path, out string? error)
    where T : class;

/// <summary>Opens files that are renewed when they change.</summary>
public static class RenewedFile
{
    /// <summary>Reads the file for the first time; null with the reason where it can't be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">How it is read.</param>
    /// <param name="time">The clock of the timer.</param>
    /// <param name="interval">How often the file is looked at; positive.</param>
    /// <param name="error">Why not.</param>
    public static RenewedFile<T>? Open<T>(string path, FileReading<T> read, TimeProvider time, TimeSpan interval, out string? error)
        where T : class
    {
        // The stamp is taken first: a change between the two is seen at the next look.
        var stamp = RenewedFile<T>.StampOf(path);
        return read(path, out error) is { } first ? new(path, read, time, interval, first, stamp) : null;
    }
}

/// <summary>What was last read from a file: read anew when the file changes, replaced as a whole; a version that can't be read leaves the old one in place.</summary>
/// <typeparam name="T">What the file means; immutable.</typeparam>
public sealed class RenewedFile<T> : IDisposable
    where T : class
{
    // A file written twice within the clock's grain keeps its stamp: what was fresh when it was read is read once more.
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(2);

    private readonly FileReading<T> _read;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _renewing = new();
    private volatile T _current;
    private volatile string? _problem;
    private (DateTime Written, long Length) _stamp;
    private bool _settled;

    internal RenewedFile(string path, FileReading<T> read, TimeProvider time, TimeSpan interval, T first, (DateTime Written, long Length) stamp)
    {
        (Path, _read, _time, _current, _stamp) = (path, read, time, first, stamp);
        _settled = time.GetUtcNow().UtcDateTime - stamp.Written > Grain;
        _timer = time.CreateTimer(_ => Renew(), null, interval, interval);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it means now.</summary>
    public T Current => _current;

    /// <summary>Why the newest version could not be read and an older one is in use; null: all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Called after each renewal, or attempt at one that failed.</summary>
    public Action<RenewedFile<T>>? Renewed { get; set; }

    /// <summary>Looks at the file now, as the timer does; false where nothing changed or the new version can't be read.</summary>
    public bool Renew()
    {
        lock (_renewing)
        {
            var stamp = StampOf(Path);
            if (stamp == _stamp && _settled) return false;
            var changed = stamp != _stamp;
            _stamp = stamp;
            _settled = _time.GetUtcNow().UtcDateTime - stamp.Written > Grain;
            var next = _read(Path, out var error);
            _problem = next is null ? error ?? "it can't be read" : null;
            if (next is not null) _current = next;
            // Whoever still holds the old value finishes with it; it is left to the collector.
            if (changed || next is null) Renewed?.Invoke(this);
            return next is not null && changed;
        }
    }

    /// <summary>Stops looking.</summary>
    public void Dispose() => _timer.Dispose();

    internal static (DateTime Written, long Length) StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
