namespace Gatehouse.Guard.Authentication;

/// <summary>
/// Where the keys of each issuer come from, one source an issuer and file. It outlives changes of the configuration: keys that are known stay
/// known, also while their issuer is away.
/// </summary>
internal sealed class TokenKeySources(TimeProvider time) : IDisposable
{
    private readonly Dictionary<(string Issuer, string? File, bool Symmetric), ITokenKeys> _sources = [];

    /// <summary>The source for these settings.</summary>
    /// <param name="settings">The issuer.</param>
    /// <param name="symmetric">Whether its keys are shared secrets.</param>
    /// <param name="error">What is wrong with a file of keys as it is now; null: nothing, or the keys are discovered later.</param>
    public ITokenKeys Of(TokenSettings settings, bool symmetric, out string? error)
    {
        lock (_sources)
        {
            var name = (settings.Issuer, settings.KeysFile, symmetric);
            if (!_sources.TryGetValue(name, out var source))
                _sources[name] = source = settings.KeysFile is { } file ? new FileKeys(file, symmetric, time) : new DiscoveredKeys(settings.Issuer, time);
            error = (source as FileKeys)?.Look().Broken;
            return source;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_sources)
        {
            foreach (var source in _sources.Values) (source as IDisposable)?.Dispose();
            _sources.Clear();
        }
    }
}
