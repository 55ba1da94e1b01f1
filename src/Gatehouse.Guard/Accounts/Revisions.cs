using Microsoft.Data.Sqlite;

namespace Gatehouse.Guard.Accounts;

/// <summary>
/// Counts the changes of the state, whichever process makes them, so that what is kept in memory is dropped in time.
/// Asking costs a comparison of clocks; only now and then, and from within a request, the file itself is asked.
/// </summary>
internal sealed class Revisions : IDisposable
{
    /// <summary>How old an answer may be: a change made by another process takes effect within this time.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(200);

    private readonly StateDatabase _database;
    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _dataVersion;
    private readonly SqliteCommand _numbers;
    private long _nextAsk;
    private long _seenDataVersion = -1;
    private volatile StateUnavailableException? _broken;
    private long _accounts;
    private long _sessions;
    private long _keys;
    private long _blocks;
    private long _locks;

    /// <summary>Begins with what stands in the file now.</summary>
    public Revisions(StateDatabase database)
    {
        _database = database;
        _connection = database.Connect();
        _dataVersion = _connection.CreateCommand();
        _dataVersion.CommandText = "PRAGMA data_version";
        _numbers = _connection.CreateCommand();
        _numbers.CommandText = "SELECT topic, number FROM revisions";
        Ask();
    }

    /// <summary>Changes of accounts, their roles, groups and subscriptions.</summary>
    public long Accounts => Fresh(ref _accounts);

    /// <summary>Sessions that were ended.</summary>
    public long Sessions => Fresh(ref _sessions);

    /// <summary>Changes of API keys.</summary>
    public long Keys => Fresh(ref _keys);

    /// <summary>Changes of the block list.</summary>
    public long Blocks => Fresh(ref _blocks);

    /// <summary>Changes of locks.</summary>
    public long Locks => Fresh(ref _locks);

    /// <summary>Asks the file now: called after a change of our own, which so takes effect at once.</summary>
    /// <exception cref="StateUnavailableException">The file can't be read.</exception>
    public void Ask()
    {
        lock (_lock)
        {
            AskLocked();
        }

        if (_broken is { } broken) throw broken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _dataVersion.Dispose();
            _numbers.Dispose();
            _connection.Dispose();
        }
    }

    private long Fresh(ref long number)
    {
        if (_database.Time.GetTimestamp() >= Volatile.Read(ref _nextAsk))
        {
            lock (_lock)
            {
                if (_database.Time.GetTimestamp() >= _nextAsk) AskLocked();
            }
        }

        if (_broken is { } broken) throw broken;
        return Volatile.Read(ref number);
    }

    private void AskLocked()
    {
        try
        {
            // An open file lives on when its name is gone: nobody could administer it any more.
            if (!File.Exists(_database.Path))
                throw new StateUnavailableException($"the database `{_database.Path}` is gone: put it back, or restart with a new one");

            // Asked before the numbers are read: a change between the two is seen again at the next time, never missed.
            var version = Convert.ToInt64(_dataVersion.ExecuteScalar());
            if (version != _seenDataVersion)
            {
                using var reader = _numbers.ExecuteReader();
                while (reader.Read())
                {
                    var number = reader.GetInt64(1);
                    switch (reader.GetString(0))
                    {
                        case "accounts": Volatile.Write(ref _accounts, number); break;
                        case "sessions": Volatile.Write(ref _sessions, number); break;
                        case "keys": Volatile.Write(ref _keys, number); break;
                        case "blocks": Volatile.Write(ref _blocks, number); break;
                        case "locks": Volatile.Write(ref _locks, number); break;
                        default: break;
                    }
                }

                _seenDataVersion = version;
            }

            _broken = null;
        }
        catch (StateUnavailableException broken)
        {
            _broken = broken;
        }
        catch (Exception broken) when (broken is SqliteException or ObjectDisposedException or InvalidOperationException)
        {
            _broken = _database.Unavailable(broken);
        }

        var time = _database.Time;
        Volatile.Write(ref _nextAsk, time.GetTimestamp() + (long)(Lag.TotalSeconds * time.TimestampFrequency));
    }
}
