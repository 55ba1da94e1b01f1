using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Guard.Accounts;

/// <summary>The state can't be read or written: answered with 503, and at start with one sentence.</summary>
internal sealed class StateUnavailableException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// The one SQLite file that holds accounts, sessions, API keys, locks and the block list. Several processes may have it open:
/// the running Guard and any administration command.
/// </summary>
internal sealed class StateDatabase : IDisposable
{
    /// <summary>Written to <c>user_version</c>; a file of a later version is refused, never guessed at.</summary>
    private const int SchemaVersion = 1;

    /// <summary>Locks as they are held here take milliseconds; a process that hangs must not hang all others for Sqlite's 30 s.</summary>
    private static readonly TimeSpan BusyLimit = TimeSpan.FromSeconds(5);

    private readonly string _connectionString;

    private StateDatabase(string path, TimeProvider time)
    {
        Path = path;
        Time = time;
        _connectionString = ConnectionText(path, SqliteOpenMode.ReadWrite);
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What tells that another process changed something.</summary>
    public Revisions Revisions { get; private set; } = null!;

    /// <summary>Opens the file, making it (mode 0600) and its tables where there is none.</summary>
    /// <exception cref="StateUnavailableException">What can't be read, where, and what to do.</exception>
    public static StateDatabase Open(string path, TimeProvider time)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            // SQLite would make it with the process' umask; it holds password hashes. Its companions (-wal, -shm) take over the mode.
            if (!File.Exists(path) && !OperatingSystem.IsWindows())
            {
                using var made = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            }

            var database = new StateDatabase(path, time);
            using (var setUp = new SqliteConnection(ConnectionText(path, SqliteOpenMode.ReadWriteCreate)))
            {
                setUp.Open();
                Prepare(setUp, path);
            }

            database.Revisions = new Revisions(database);
            return database;
        }
        catch (Exception broken) when (broken is SqliteException or IOException or UnauthorizedAccessException)
        {
            if (broken is StateUnavailableException) throw;
            throw Unavailable(path, broken);
        }
    }

    /// <summary>An open connection, from the pool.</summary>
    /// <exception cref="StateUnavailableException">It can't be opened.</exception>
    public SqliteConnection Connect()
    {
        try
        {
            var connection = new SqliteConnection(_connectionString);
            connection.Open();
            return connection;
        }
        catch (SqliteException broken)
        {
            throw Unavailable(Path, broken);
        }
    }

    /// <summary>Options of the context of accounts over this file.</summary>
    public void Use(DbContextOptionsBuilder options) => options.UseSqlite(_connectionString);

    /// <summary>The error as one sentence: what, where, what to do.</summary>
    public StateUnavailableException Unavailable(Exception broken) => Unavailable(Path, broken);

    /// <summary>A random key that belongs to this installation, made at first use.</summary>
    public byte[] Secret(string name)
    {
        try
        {
            using var connection = Connect();
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT OR IGNORE INTO secrets(name, value) VALUES ($name, $value); SELECT value FROM secrets WHERE name = $name";
            command.Parameters.AddWithValue("$name", name);
            command.Parameters.AddWithValue("$value", RandomNumberGenerator.GetBytes(32));
            return (byte[])command.ExecuteScalar()!;
        }
        catch (SqliteException broken)
        {
            throw Unavailable(broken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Revisions.Dispose();
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private static string ConnectionText(string path, SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = mode,
        ForeignKeys = true,
        DefaultTimeout = (int)BusyLimit.TotalSeconds,
    }.ToString();

    private static StateUnavailableException Unavailable(string path, Exception broken) => new(
        broken switch
        {
            SqliteException { SqliteErrorCode: 26 } => $"`{path}` is not a SQLite database: name another file in `sign-in: users:`, or put a backup in its place",
            SqliteException { SqliteErrorCode: 11 } => $"the database `{path}` is damaged: put a backup in its place",
            SqliteException { SqliteErrorCode: 8 } => $"the database `{path}` can't be written: give this process' user the right to write the file and its folder",
            SqliteException { SqliteErrorCode: 13 } => $"no space is left for the database `{path}`: make room on its disk",
            SqliteException { SqliteErrorCode: 5 or 6 } => $"the database `{path}` is held by another process for too long: end that process, or try again",
            SqliteException { SqliteErrorCode: 14 } or UnauthorizedAccessException or IOException =>
                $"the database `{path}` can't be opened: see that its folder exists and that this process' user may read and write the file and the folder",
            _ => $"the database `{path}` can't be used ({broken.Message}): see that it is whole and writable",
        },
        broken);

    private static void Prepare(SqliteConnection connection, string path)
    {
        Execute(connection, "PRAGMA journal_mode = WAL");
        var version = Version(connection);
        if (version == SchemaVersion) return;
        if (version > SchemaVersion)
            throw new StateUnavailableException($"the database `{path}` was written by a later version of Gatehouse (schema {version}, this one knows {SchemaVersion}): run that version, or put an older backup in its place");

        // One writer makes the tables; whoever comes second waits here and finds them made.
        Execute(connection, "BEGIN IMMEDIATE");
        if (Version(connection) == 0)
        {
            if (Convert.ToInt64(Scalar(connection, "SELECT count(*) FROM sqlite_master")) > 0)
                throw new StateUnavailableException($"`{path}` is a SQLite database of another program: name a file of its own in `sign-in: users:`");
            var options = new DbContextOptionsBuilder<AccountsContext>().UseSqlite(connection).Options;
            using (var context = new AccountsContext(options))
                Execute(connection, context.Database.GenerateCreateScript());
            Execute(connection, OwnTables);
            Execute(connection, $"PRAGMA user_version = {SchemaVersion}");
        }

        Execute(connection, "COMMIT");
    }

    private static long Version(SqliteConnection connection) => Convert.ToInt64(Scalar(connection, "PRAGMA user_version"));

    private static object? Scalar(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    // Times are milliseconds since 1970 (UTC). The triggers count every change, whoever makes it, so that no writer can forget to.
    private static readonly string OwnTables = $"""
        CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE revisions (topic TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO revisions(topic, number) VALUES ('accounts', 1), ('sessions', 1), ('keys', 1), ('blocks', 1), ('locks', 1);
        CREATE TABLE sessions (
            hash BLOB PRIMARY KEY,
            host TEXT NOT NULL,
            user TEXT NOT NULL,
            stamp BLOB NOT NULL,
            created INTEGER NOT NULL,
            seen INTEGER NOT NULL,
            ended INTEGER,
            ended_why TEXT,
            ended_number INTEGER,
            address TEXT NOT NULL,
            agent TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX sessions_user ON sessions(user);
        CREATE INDEX sessions_ended ON sessions(ended_number) WHERE ended_number IS NOT NULL;
        CREATE TRIGGER sessions_end AFTER UPDATE OF ended ON sessions BEGIN
            UPDATE revisions SET number = number + 1 WHERE topic = 'sessions';
            UPDATE sessions SET ended_number = (SELECT number FROM revisions WHERE topic = 'sessions') WHERE hash = NEW.hash;
        END;
        CREATE TABLE api_keys (
            id TEXT PRIMARY KEY,
            user TEXT NOT NULL,
            hash BLOB NOT NULL,
            scopes TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            revoked INTEGER) WITHOUT ROWID;
        CREATE TABLE locks (name TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE blocks (network TEXT PRIMARY KEY, until INTEGER, why TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
        {Counting("keys", "api_keys")}
        {Counting("locks", "locks")}
        {Counting("blocks", "blocks")}
        {Counting("accounts", "accounts", "account_roles", "account_groups", "account_subscriptions", "account_claims", "roles")}
        """;

    private static string Counting(string topic, params string[] tables) => string.Join('\n', tables.SelectMany(table =>
        new[] { "INSERT", "UPDATE", "DELETE" }.Select(act =>
            $"CREATE TRIGGER {table}_{act} AFTER {act} ON {table} BEGIN UPDATE revisions SET number = number + 1 WHERE topic = '{topic}'; END;")));
}
