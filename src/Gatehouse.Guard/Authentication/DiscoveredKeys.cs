using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Guard.Authentication;

/// <summary>
/// Keys from the issuer's metadata (OpenID Connect Discovery 1.0 section 4, RFC 8414). Nothing that a token names is fetched.
/// The issuer may be away for a while: known keys are used until they are <see cref="UseAtMost"/> old, then the answer is 503.
/// </summary>
internal sealed class DiscoveredKeys : ITokenKeys, IDisposable
{
    /// <summary>After this the keys are fetched again.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromHours(1);

    /// <summary>After this they are no longer trusted.</summary>
    public static readonly TimeSpan UseAtMost = TimeSpan.FromHours(24);

    /// <summary>Between two fetches, whatever tokens come: a flood of made-up key ids is not the issuer's trouble.</summary>
    public static readonly TimeSpan FetchAtMostEvery = TimeSpan.FromSeconds(30);

    private const int LargestDocument = 1 << 20;
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(5);

    private readonly string _issuer;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Fetched _fetched = new(new TokenKeySet([], "the issuer's keys were not fetched yet"), null);
    private long _triedAt;
    private bool _tried;

    /// <summary>For an issuer; nothing is fetched yet.</summary>
    public DiscoveredKeys(string issuer, TimeProvider time)
    {
        _issuer = issuer;
        _time = time;
        // A redirect could lead to an inner address; a proxy of the environment could be anybody's.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = FetchLimit };
        _client = new HttpClient(handler) { Timeout = FetchLimit, MaxResponseContentBufferSize = LargestDocument };
    }

    /// <inheritdoc/>
    public async ValueTask<TokenKeySet> GetAsync(CancellationToken cancellation)
    {
        var fetched = _fetched;
        var age = fetched.At is { } at ? _time.GetElapsedTime(at) : TimeSpan.MaxValue;
        if (age < RenewAfter) return fetched.Keys;
        if (age < UseAtMost)
        {
            // Known keys serve while somebody fetches.
            if (MayFetch() && await _one.WaitAsync(0, cancellation)) await FetchLockedAsync(cancellation);
            return _fetched.Keys;
        }

        await _one.WaitAsync(cancellation);
        if (ReferenceEquals(_fetched, fetched) && MayFetch()) await FetchLockedAsync(cancellation);
        else _one.Release();
        fetched = _fetched;
        return fetched.At is { } now && _time.GetElapsedTime(now) < UseAtMost
            ? fetched.Keys
            : new TokenKeySet([], fetched.Keys.Broken ?? $"the keys of `{_issuer}` are older than {UseAtMost.TotalHours} h and can't be fetched");
    }

    /// <inheritdoc/>
    public async ValueTask<TokenKeySet> GetAgainAsync(TokenKeySet known, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        if (ReferenceEquals(_fetched.Keys, known) && MayFetch()) await FetchLockedAsync(cancellation);
        else _one.Release();
        return _fetched.Keys.Broken is null ? _fetched.Keys : known;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _one.Dispose();
    }

    private bool MayFetch() => !_tried || _time.GetElapsedTime(Volatile.Read(ref _triedAt)) >= FetchAtMostEvery;

    private async Task FetchLockedAsync(CancellationToken cancellation)
    {
        try
        {
            _tried = true;
            Volatile.Write(ref _triedAt, _time.GetTimestamp());
            // On a loopback issuer (tests, development) http is no risk; everywhere else the library refuses it.
            var documents = new HttpDocumentRetriever(_client) { RequireHttps = !new Uri(_issuer).IsLoopback, SendAdditionalHeaderData = false };
            var address = _issuer.TrimEnd('/') + "/.well-known/openid-configuration";
            var metadata = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, cancellation);
            if (metadata.Issuer != _issuer)
                throw new InvalidOperationException($"its metadata names the issuer `{metadata.Issuer}`");
            var keys = TokenKeySet.Of(metadata.JsonWebKeySet ?? new JsonWebKeySet(), symmetric: false);
            if (keys.Keys.Count == 0) throw new InvalidOperationException("its key set holds no key that can verify signatures");
            _fetched = new Fetched(keys, _time.GetTimestamp());
        }
        catch (Exception broken) when (broken is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            var inner = broken.InnerException ?? broken;
            var reason = $"the keys of the issuer `{_issuer}` can't be fetched ({inner.Message}): see that it can be reached from here, or give its keys by `keys: file:...`";
            if (_fetched.At is null) _fetched = new Fetched(new TokenKeySet([], reason), null);
        }
        finally
        {
            _one.Release();
        }
    }

    private sealed record Fetched(TokenKeySet Keys, long? At);
}
