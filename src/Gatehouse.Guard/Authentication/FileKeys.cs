using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Guard.Authentication;

/// <summary>Keys from a file, read again when it changes (looked at once a second at most).</summary>
internal sealed class FileKeys(string path, bool symmetric, TimeProvider time) : ITokenKeys
{
    private const long Largest = 1 << 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private TokenKeySet? _keys;
    private (DateTime Written, long Length) _seen;
    private long _lookedAt;

    /// <inheritdoc/>
    public ValueTask<TokenKeySet> GetAsync(CancellationToken cancellation)
    {
        var keys = Volatile.Read(ref _keys);
        if (keys is not null && time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LookEvery) return new(keys);
        return new(Look());
    }

    /// <inheritdoc/>
    public ValueTask<TokenKeySet> GetAgainAsync(TokenKeySet known, CancellationToken cancellation) => GetAsync(cancellation);

    /// <summary>Reads the file where it changed.</summary>
    public TokenKeySet Look()
    {
        lock (_lock)
        {
            try
            {
                var file = new FileInfo(path);
                var seen = (file.LastWriteTimeUtc, file.Exists ? file.Length : -1);
                if (_keys is null || seen != _seen)
                {
                    if (seen.Item2 > Largest) throw new ArgumentException($"larger than {Largest} bytes");
                    var read = TokenKeySet.Of(Parsed(File.ReadAllText(path)), symmetric);
                    if (read.Keys.Count == 0) throw new ArgumentException("no key in it can verify signatures (RSA of 2048 bits or more, EC; `oct` of 32 bytes or more where the algorithms name HS256 and the like)");
                    Volatile.Write(ref _keys, read);
                    _seen = seen;
                }
            }
            catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or ArgumentException)
            {
                Volatile.Write(ref _keys, new TokenKeySet([], $"the keys in `{path}` can't be read ({broken.Message}): put a JSON Web Key Set there that this process' user may read"));
                _seen = default;
            }

            Volatile.Write(ref _lookedAt, time.GetTimestamp());
            return _keys!;
        }
    }

    // The library's own message holds a code of its own and hides what it read.
    private static JsonWebKeySet Parsed(string text)
    {
        try
        {
            return new JsonWebKeySet(text);
        }
        catch (ArgumentException broken)
        {
            throw new ArgumentException("it is no JSON Web Key Set (RFC 7517 section 5)", broken);
        }
    }
}
