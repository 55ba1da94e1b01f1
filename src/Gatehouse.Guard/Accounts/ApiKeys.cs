using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Guard.Accounts;

/// <summary>An API key as it is stored: nothing of it lets anybody in.</summary>
/// <param name="Id">The part that names it.</param>
/// <param name="User">For whom it acts.</param>
/// <param name="Hash">HMAC-SHA-256 of its secret part under a key of this installation.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends; null: never.</param>
/// <param name="Revoked">When it was withdrawn; null: it was not.</param>
internal sealed record ApiKey(string Id, string User, byte[] Hash, FrozenSet<string> Scopes, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? Revoked);

/// <summary>
/// API keys: <c>gh_ID_SECRET</c>, the secret of 256 random bits. All are held in memory and read again when one changes. Withdrawn ones stay, so that
/// the operator sees which key still knocks.
/// </summary>
internal sealed class ApiKeys(StateDatabase state)
{
    /// <summary>What every key begins with, so that scanners of repositories find one that leaked.</summary>
    public const string Prefix = "gh_";

    private const int IdLength = 12;
    private const int SecretLength = 43;
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";

    private readonly byte[] _pepper = state.Secret("api-keys");
    private readonly Lock _reading = new();
    private volatile Table _table = new(-1, FrozenDictionary<string, ApiKey>.Empty);

    /// <summary>The key whose text this is, whether it still holds or not; null: none.</summary>
    /// <exception cref="StateUnavailableException">The keys can't be read.</exception>
    public ApiKey? Find(ReadOnlySpan<char> text)
    {
        var revision = state.Revisions.Keys;
        var table = _table;
        if (table.Revision != revision) table = Read(revision);
        if (text.Length != Prefix.Length + IdLength + 1 + SecretLength || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_') return null;
        var secret = text[(Prefix.Length + IdLength + 1)..];
        foreach (var letter in secret)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')) return null;
        }

        Span<byte> hash = stackalloc byte[32];
        Hash(secret, hash);
        // The id is no secret; the secret is compared by its hash, in a time that does not depend on it.
        return table.Keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text.Slice(Prefix.Length, IdLength), out var key) && CryptographicOperations.FixedTimeEquals(hash, key.Hash) ? key : null;
    }

    /// <summary>Makes a key.</summary>
    /// <param name="user">The account.</param>
    /// <param name="scopes">What it may do.</param>
    /// <param name="length">How long it lasts; null: until it is revoked.</param>
    /// <param name="text">The key, shown this once.</param>
    /// <exception cref="StateUnavailableException">It can't be written.</exception>
    public ApiKey Add(string user, IReadOnlyList<string> scopes, TimeSpan? length, out string text)
    {
        var now = state.Time.GetUtcNow();
        var id = RandomNumberGenerator.GetString(IdLetters, IdLength);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        text = $"{Prefix}{id}_{secret}";
        var hash = new byte[32];
        Hash(secret, hash);
        var key = new ApiKey(id, user, hash, scopes.ToFrozenSet(StringComparer.Ordinal), now, now + length, null);
        Execute("INSERT INTO api_keys(id, user, hash, scopes, created, expires) VALUES ($id, $user, $hash, $scopes, $created, $expires)",
            ("$id", id), ("$user", user), ("$hash", hash), ("$scopes", string.Join(' ', scopes)), ("$created", now.ToUnixTimeMilliseconds()), ("$expires", key.Expires?.ToUnixTimeMilliseconds()));
        return key;
    }

    /// <summary>Withdraws a key.</summary>
    /// <returns>False: there is none of that id that was not withdrawn before.</returns>
    /// <exception cref="StateUnavailableException">It can't be written.</exception>
    public bool Revoke(string id) => Execute("UPDATE api_keys SET revoked = $now WHERE id = $id AND revoked IS NULL", ("$id", id), ("$now", state.Time.GetUtcNow().ToUnixTimeMilliseconds())) > 0;

    /// <summary>All keys, those that were withdrawn too.</summary>
    /// <exception cref="StateUnavailableException">They can't be read.</exception>
    public IReadOnlyList<ApiKey> List() => [.. Read(state.Revisions.Keys).Keys.Values.OrderBy(key => key.Created)];

    private void Hash(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        Span<byte> octets = stackalloc byte[SecretLength];
        Encoding.ASCII.GetBytes(secret, octets);
        HMACSHA256.HashData(_pepper, octets, hash);
    }

    private Table Read(long revision)
    {
        lock (_reading)
        {
            if (_table.Revision == revision) return _table;
            try
            {
                using var connection = state.Connect();
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT id, user, hash, scopes, created, expires, revoked FROM api_keys";
                using var reader = command.ExecuteReader();
                var keys = new List<ApiKey>();
                while (reader.Read())
                {
                    keys.Add(new ApiKey(
                        reader.GetString(0), reader.GetString(1), (byte[])reader[2],
                        reader.GetString(3).Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal),
                        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)), Time(reader, 5), Time(reader, 6)));
                }

                return _table = new Table(revision, keys.ToFrozenDictionary(key => key.Id, StringComparer.Ordinal));
            }
            catch (SqliteException broken)
            {
                throw state.Unavailable(broken);
            }
        }
    }

    private static DateTimeOffset? Time(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    private int Execute(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            using var connection = state.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = text;
            foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            var changed = command.ExecuteNonQuery();
            state.Revisions.Ask();
            return changed;
        }
        catch (SqliteException broken)
        {
            throw state.Unavailable(broken);
        }
    }

    private sealed record Table(long Revision, FrozenDictionary<string, ApiKey> Keys);
}
