using System.Collections.Concurrent;
using Gatehouse.Guard.Accounts;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Guard.Sessions;

/// <summary>
/// Sessions: in memory for the requests, in SQLite for restarts and for administrators. A request with a session costs no
/// look at the file; that it was used is written in batches. What another process ends, ends here within <see cref="Revisions.Lag"/>.
/// </summary>
internal sealed class SessionStore : IDisposable
{
    /// <summary>Sessions in memory at one time; beyond it those that were not used for longest are read from the file again when they come back.</summary>
    private const int KeptSessions = 200_000;

    /// <summary>How long ended sessions are remembered, so that a cookie that comes again is told what happened to it.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<SessionId, Session> _kept = new();
    private readonly StateDatabase _state;
    private readonly Lock _flushing = new();
    private readonly ITimer _flush;
    private readonly Lock _refreshing = new();
    private long _revision;
    private DateTimeOffset _swept;

    /// <summary>Over an open file.</summary>
    public SessionStore(StateDatabase state, SessionSettings settings)
    {
        _state = state;
        Settings = settings;
        _revision = state.Revisions.Sessions;
        _flush = state.Time.CreateTimer(_ => FlushQuietly(), null, FlushEvery, FlushEvery);
    }

    /// <summary>What counts as living in lists, and how long at least sessions are kept; requests are judged by the settings that they bring.</summary>
    public SessionSettings Settings { get; set; }

    /// <summary>Begins a session.</summary>
    /// <param name="host">At which host.</param>
    /// <param name="account">Whose.</param>
    /// <param name="address">From which address; for administrators.</param>
    /// <param name="agent">The User-Agent; for administrators, cut at 200 characters.</param>
    /// <param name="text">What goes into the cookie.</param>
    /// <exception cref="StateUnavailableException">It can't be written.</exception>
    public Session Begin(string host, Account account, string address, string agent, out string text)
    {
        var now = Now;
        var session = new Session
        {
            Id = SessionId.New(out text),
            Host = host,
            User = account.Name,
            Stamp = account.Stamp,
            Created = now,
            Seen = now.ToUnixTimeMilliseconds(),
            SeenStored = now.ToUnixTimeMilliseconds(),
        };
        Execute("""
            INSERT INTO sessions(hash, host, user, stamp, created, seen, address, agent)
            VALUES ($hash, $host, $user, $stamp, $created, $created, $address, $agent)
            """,
            ("$hash", session.Id.ToHash()), ("$host", host), ("$user", account.Name), ("$stamp", account.Stamp),
            ("$created", now.ToUnixTimeMilliseconds()), ("$address", address), ("$agent", agent.Length > 200 ? agent[..200] : agent));
        Keep(session);
        return session;
    }

    /// <summary>The session of that name, ended or not; null: there is none.</summary>
    /// <exception cref="StateUnavailableException">The file can't be read.</exception>
    public Session? Find(SessionId id)
    {
        Refresh();
        return _kept.TryGetValue(id, out var session) ? session : Load(id);
    }

    /// <summary>Whether its idle or absolute time is over; null: neither.</summary>
    public string? Expiry(Session session, SessionSettings settings)
    {
        var now = Now;
        if (now - session.Created >= settings.Absolute) return $"its absolute limit of {Text(settings.Absolute)} was reached at {session.Created + settings.Absolute:u}";
        var nowInMilliseconds = now.ToUnixTimeMilliseconds();
        if (nowInMilliseconds - session.Seen < settings.Idle.TotalMilliseconds) return null;
        // Another Guard on the same file may have served it meanwhile.
        var seen = Math.Max(session.Seen, Load(session.Id)?.Seen ?? 0);
        if (nowInMilliseconds - seen < settings.Idle.TotalMilliseconds) return null;
        return $"it was idle for more than {Text(settings.Idle)}, since {DateTimeOffset.FromUnixTimeMilliseconds(seen):u}";
    }

    /// <summary>Ends a session for good.</summary>
    /// <returns>False: it had ended before, or never was.</returns>
    /// <exception cref="StateUnavailableException">It can't be written: the session goes on, and the caller says so.</exception>
    public bool End(SessionId id, SessionEnd why)
    {
        var ended = Execute("UPDATE sessions SET ended = $now, ended_why = $why WHERE hash = $hash AND ended IS NULL",
            ("$hash", id.ToHash()), ("$now", Now.ToUnixTimeMilliseconds()), ("$why", why.ToString())) > 0;
        Ask();
        return ended;
    }

    /// <summary>Ends all sessions of an account, but perhaps one.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="StateUnavailableException">It can't be written.</exception>
    public int EndAll(string user, SessionEnd why, SessionId? but = null)
    {
        var ended = Execute("UPDATE sessions SET ended = $now, ended_why = $why WHERE user = $user COLLATE NOCASE AND ended IS NULL AND ($but IS NULL OR hash <> $but)",
            ("$user", user), ("$now", Now.ToUnixTimeMilliseconds()), ("$why", why.ToString()), ("$but", but?.ToHash()));
        Ask();
        return ended;
    }

    /// <summary>Ends the one session whose short name begins so.</summary>
    /// <returns>How many bear that name; only where it is one, it was ended.</returns>
    /// <exception cref="StateUnavailableException">The file can't be read or written.</exception>
    public int End(string shortName, SessionEnd why)
    {
        var named = List(null).Where(session => session.Id.ShortName.StartsWith(shortName, StringComparison.Ordinal)).ToList();
        if (named.Count == 1) End(named[0].Id, why);
        return named.Count;
    }

    /// <summary>The sessions that live, newest first.</summary>
    /// <exception cref="StateUnavailableException">The file can't be read.</exception>
    public IReadOnlyList<SessionRow> List(string? user)
    {
        Flush();
        var now = Now.ToUnixTimeMilliseconds();
        try
        {
            using var connection = _state.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT hash, host, user, created, seen, address, agent FROM sessions
                WHERE ended IS NULL AND created > $oldest AND seen > $idle AND ($user IS NULL OR user = $user COLLATE NOCASE)
                ORDER BY created DESC LIMIT 100000
                """;
            command.Parameters.AddWithValue("$oldest", now - (long)Settings.Absolute.TotalMilliseconds);
            command.Parameters.AddWithValue("$idle", now - (long)Settings.Idle.TotalMilliseconds);
            command.Parameters.AddWithValue("$user", (object?)user ?? DBNull.Value);
            using var reader = command.ExecuteReader();
            var rows = new List<SessionRow>();
            while (reader.Read())
            {
                rows.Add(new SessionRow(
                    SessionId.FromHash((byte[])reader[0]), reader.GetString(1), reader.GetString(2),
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
                    reader.GetString(5), reader.GetString(6)));
            }

            return rows;
        }
        catch (SqliteException broken)
        {
            throw _state.Unavailable(broken);
        }
    }

    /// <summary>Writes when each session was last used.</summary>
    public void Flush()
    {
        lock (_flushing)
        {
            var used = _kept.Values.Where(session => session.Seen != session.SeenStored).ToList();
            if (used.Count > 0)
            {
                try
                {
                    using var connection = _state.Connect();
                    using var transaction = connection.BeginTransaction();
                    using var command = connection.CreateCommand();
                    command.Transaction = transaction;
                    command.CommandText = "UPDATE sessions SET seen = max(seen, $seen) WHERE hash = $hash";
                    var seen = command.Parameters.Add("$seen", SqliteType.Integer);
                    var hash = command.Parameters.Add("$hash", SqliteType.Blob);
                    foreach (var session in used)
                    {
                        var at = session.Seen;
                        seen.Value = at;
                        hash.Value = session.Id.ToHash();
                        command.ExecuteNonQuery();
                        session.SeenStored = at;
                    }

                    transaction.Commit();
                }
                catch (SqliteException broken)
                {
                    throw _state.Unavailable(broken);
                }
            }

            Sweep();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _flush.Dispose();
        FlushQuietly();
    }

    private DateTimeOffset Now => _state.Time.GetUtcNow();

    private static string Text(TimeSpan span) => span.TotalHours >= 1 ? $"{span.TotalHours:0.##} h" : span.TotalMinutes >= 1 ? $"{span.TotalMinutes:0.##} min" : $"{span.TotalSeconds:0.##} s";

    private void FlushQuietly()
    {
        try
        {
            Flush();
        }
        catch (StateUnavailableException)
        {
            // Tried again in seconds; requests themselves notice a file that can't be read.
        }
    }

    private void Ask()
    {
        _state.Revisions.Ask();
        Refresh();
    }

    // What was ended since we last looked, by whomever.
    private void Refresh()
    {
        var revision = _state.Revisions.Sessions;
        if (Volatile.Read(ref _revision) == revision) return;
        lock (_refreshing)
        {
            if (_revision == revision) return;
            try
            {
                using var connection = _state.Connect();
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT hash, ended, ended_why FROM sessions WHERE ended_number > $known";
                command.Parameters.AddWithValue("$known", _revision);
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    if (_kept.TryGetValue(SessionId.FromHash((byte[])reader[0]), out var session)) session.End = Mark(reader, 1);
                }
            }
            catch (SqliteException broken)
            {
                throw _state.Unavailable(broken);
            }

            Volatile.Write(ref _revision, revision);
        }
    }

    private static EndMark? Mark(SqliteDataReader reader, int column) => reader.IsDBNull(column)
        ? null
        : new EndMark(
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column)),
            Enum.TryParse<SessionEnd>(reader.GetString(column + 1), out var why) ? why : SessionEnd.Administrator);

    private Session? Load(SessionId id)
    {
        while (true)
        {
            var revision = Volatile.Read(ref _revision);
            var session = Read(id);
            if (session is null) return null;
            Keep(session);
            // INVARIANT: a session in memory has been compared with every end up to _revision. One that ended while it was read is read again.
            if (Volatile.Read(ref _revision) == revision) return _kept.GetValueOrDefault(id, session);
        }
    }

    private Session? Read(SessionId id)
    {
        try
        {
            using var connection = _state.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT host, user, stamp, created, seen, ended, ended_why FROM sessions WHERE hash = $hash";
            command.Parameters.AddWithValue("$hash", id.ToHash());
            using var reader = command.ExecuteReader();
            if (!reader.Read()) return null;
            return new Session
            {
                Id = id,
                Host = reader.GetString(0),
                User = reader.GetString(1),
                Stamp = (byte[])reader[2],
                Created = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                Seen = reader.GetInt64(4),
                SeenStored = reader.GetInt64(4),
                End = Mark(reader, 5),
            };
        }
        catch (SqliteException broken)
        {
            throw _state.Unavailable(broken);
        }
    }

    private void Keep(Session session)
    {
        if (_kept.Count >= KeptSessions) MakeRoom();
        _kept.AddOrUpdate(session.Id, session, (_, kept) =>
        {
            // The same session was in memory: its own later use stays, what the file knows better is taken over.
            if (session.Seen > kept.Seen) kept.Seen = session.Seen;
            kept.End ??= session.End;
            return kept;
        });
    }

    private void MakeRoom()
    {
        foreach (var session in _kept.Values.Where(session => session.Seen == session.SeenStored).OrderBy(session => session.Seen).Take(KeptSessions / 10).ToList())
            _kept.TryRemove(session.Id, out _);
    }

    // Sessions that ended long ago leave the file, those that ended at all leave the memory. Once an hour.
    private void Sweep()
    {
        var now = Now;
        if (now - _swept < TimeSpan.FromHours(1)) return;
        _swept = now;
        var oldest = now - Remembered - Settings.Absolute;
        Execute("DELETE FROM sessions WHERE created < $oldest", ("$oldest", oldest.ToUnixTimeMilliseconds()));
        foreach (var (id, session) in _kept)
        {
            if (session.End is not null || now - session.Created >= Settings.Absolute) _kept.TryRemove(id, out _);
        }
    }

    private int Execute(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            using var connection = _state.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = text;
            foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            return command.ExecuteNonQuery();
        }
        catch (SqliteException broken)
        {
            throw _state.Unavailable(broken);
        }
    }
}

/// <summary>A session as administrators see it.</summary>
internal sealed record SessionRow(SessionId Id, string Host, string User, DateTimeOffset Created, DateTimeOffset Seen, string Address, string Agent);
