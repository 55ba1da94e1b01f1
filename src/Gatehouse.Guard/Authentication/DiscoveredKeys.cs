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
            // Known keys serve while they are fetched anew.
            if (MayFetch() && _one.Wait(0, CancellationToken.None)) _ = FetchLockedAsync();
            return _fetched.Keys;
        }

        await FetchUnlessDoneAsync(fetched, cancellation);
        fetched = _fetched;
        return fetched.At is { } now && _time.GetElapsedTime(now) < UseAtMost
            ? fetched.Keys
            : new TokenKeySet([], fetched.Keys.Broken ?? $"the keys of `{_issuer}` are older than {UseAtMost.TotalHours} h and can't be fetched");
    }

    /// <inheritdoc/>
    public async ValueTask<TokenKeySet> GetAgainAsync(TokenKeySet known, CancellationToken cancellation)
    {
        if (_fetched is var fetched && ReferenceEquals(fetched.Keys, known)) await FetchUnlessDoneAsync(fetched, cancellation);
        return _fetched.Keys.Broken is null ? _fetched.Keys : known;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _one.Dispose();
    }

    private bool MayFetch() => !_tried || _time.GetElapsedTime(Volatile.Read(ref _triedAt)) >= FetchAtMostEvery;

    private async Task FetchUnlessDoneAsync(Fetched known, CancellationToken cancellation)
    {
        if (!MayFetch() && _one.CurrentCount > 0) return;
        await _one.WaitAsync(cancellation);
        if (!ReferenceEquals(_fetched, known) || !MayFetch())
        {
            _one.Release();
            return;
        }

        // INVARIANT: no request's end ends a fetch. Else whoever hangs up in time could keep the keys from ever being fetched.
        await FetchLockedAsync().WaitAsync(cancellation);
    }

    private async Task FetchLockedAsync()
    {
        try
        {
            _tried = true;
            Volatile.Write(ref _triedAt, _time.GetTimestamp());
            // On a loopback issuer (tests, development) http is no risk; everywhere else the library refuses it.
            var documents = new HttpDocumentRetriever(_client) { RequireHttps = !new Uri(_issuer).IsLoopback, SendAdditionalHeaderData = false };
            var address = _issuer.TrimEnd('/') + "/.well-known/openid-configuration";
            var metadata = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, CancellationToken.None);
            if (metadata.Issuer != _issuer)
                throw new InvalidOperationException($"its metadata names the issuer `{metadata.Issuer}`");
            var keys = TokenKeySet.Of(metadata.JsonWebKeySet ?? new JsonWebKeySet(), symmetric: false);
            if (keys.Keys.Count == 0) throw new InvalidOperationException("its key set holds no key that can verify signatures");
            _fetched = new Fetched(keys, _time.GetTimestamp());
        }
#pragma warning disable CA1031 // whatever keeps the keys from being fetched, the answer is to go on with those that are known, or 503
        catch (Exception broken)
#pragma warning restore CA1031
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
