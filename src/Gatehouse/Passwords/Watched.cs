using System.Security.Cryptography;

namespace Gatehouse.Passwords;

/// <summary>Why a file has no value now.</summary>
public enum WatchedFault
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>It is there and can't be read: permission, a folder, a fault of the disk.</summary>
    Unreadable,

    /// <summary>It is longer than the limit.</summary>
    TooLong,
}

/// <summary>A file's content as it was last seen.</summary>
/// <param name="Value">What was read; null where <paramref name="Fault"/> is not None, also when an earlier content could be read.</param>
/// <param name="Version">Another number for every other content or fault; what was derived under another version is forgotten.</param>
/// <param name="Fault">Why there is no value.</param>
/// <param name="Problem">The fault in words for the operator, with the path; null where there is none.</param>
public readonly record struct Seen<T>(T? Value, long Version, WatchedFault Fault, string? Problem)
    where T : class;

/// <summary>
/// A small file that is read again when it changes. Each look asks the system for inode, size and times (about half a
/// microsecond), so a change counts from the next look on, not after a pause; an interval can be given where even that is too
/// often. A file that was written within the last moment is read again although its times look the same: clocks of file systems
/// are coarse. The old value is never used once a new content is there, even a faulty one.
/// </summary>
/// <typeparam name="T">What is made of its octets: <see cref="PasswordFile"/>, <see cref="GroupFile"/>.</typeparam>
public sealed class Watched<T>
    where T : class
{
    // How coarse the clock of a file system may be.
    private static readonly TimeSpan Coarse = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly byte[] _encoded;
    private readonly Func<byte[], T> _parse;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly int _maximumLength;
    private readonly Lock _reading = new();
    private volatile State _state;

    /// <summary>Nothing is read yet.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="parse">Makes the value; must not throw.</param>
    /// <param name="time">The clock, for the interval and for how new the file is.</param>
    /// <param name="interval">The shortest time between two looks at the file; zero: at every one.</param>
    /// <param name="maximumLength">Longest file read, in bytes.</param>
    public Watched(string path, Func<byte[], T> parse, TimeProvider time, TimeSpan interval = default, int maximumLength = PasswordFile.MaximumLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_path, _encoded, _parse, _time, _interval, _maximumLength) = (Path.GetFullPath(path), FileStamp.Encode(Path.GetFullPath(path)), parse, time, interval, maximumLength);
        _state = new(default, null, IsSettled: false, time.GetTimestamp(), default);
    }

    /// <summary>The content now. Reads the file when it changed; other threads wait so long.</summary>
    public Seen<T> Current()
    {
        var state = _state;
        if (state.Seen.Version > 0 && IsFresh(state)) return state.Seen;
        lock (_reading)
        {
            state = _state;
            if (state.Seen.Version > 0 && IsFresh(state)) return state.Seen;
            return (_state = Read(state)).Seen;
        }
    }

    private bool IsFresh(State state)
    {
        if (_interval > TimeSpan.Zero && _time.GetElapsedTime(state.At) < _interval) return true;
        if (!state.IsSettled || FileStamp.Of(_path, _encoded) != state.Stamp) return false;
        if (_interval > TimeSpan.Zero) _state = state with { At = _time.GetTimestamp() };
        return true;
    }

    private State Read(State before)
    {
        var at = _time.GetTimestamp();
        var stamp = FileStamp.Of(_path, _encoded);
        var written = stamp is { } known ? Math.Max(known.Modified, known.Changed) : 0;
        var age = _time.GetUtcNow() - DateTimeOffset.UnixEpoch.AddTicks(written / 100);
        // Where the clock of the file system runs ahead of ours nothing can be said of the age.
        var settled = stamp is null || age > Coarse;
        var octets = TryRead(out var fault, out var problem);
        var digest = octets is null ? null : SHA256.HashData(octets);
        if (before.Seen.Version > 0 && before.Seen.Fault == fault && before.Digest.AsSpan().SequenceEqual(digest))
            return before with { Stamp = stamp, IsSettled = settled, At = at };
        return new(new(octets is null ? null : _parse(octets), before.Seen.Version + 1, fault, problem), stamp, settled, at, digest);
    }

    private byte[]? TryRead(out WatchedFault fault, out string? problem)
    {
        try
        {
            using var file = File.OpenHandle(_path);
            var length = RandomAccess.GetLength(file);
            if (length > _maximumLength)
            {
                (fault, problem) = (WatchedFault.TooLong, $"{_path} is longer than {_maximumLength} bytes");
                return null;
            }

            var octets = new byte[length];
            var read = 0;
            for (int n; read < octets.Length && (n = RandomAccess.Read(file, octets.AsSpan(read), read)) > 0;) read += n;
            (fault, problem) = (WatchedFault.None, null);
            return read == octets.Length ? octets : octets[..read];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            (fault, problem) = (WatchedFault.Missing, $"{_path} does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            (fault, problem) = (WatchedFault.Unreadable, $"{_path} can't be read: {e.Message}");
        }

        return null;
    }

    private sealed record State(Seen<T> Seen, FileStamp? Stamp, bool IsSettled, long At, byte[]? Digest);
}
