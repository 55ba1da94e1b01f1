using System.Net;
using Gatehouse.Grammar;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Pipeline;

/// <summary>What trusted proxies say of a request: from whom it came to the outermost of them, and by which scheme.</summary>
internal sealed class TrustedProxies
{
    private readonly IReadOnlyList<IPNetwork> _networks;
    private readonly string _field;
    private readonly bool _isForwarded;
    private readonly Func<IPAddress, bool> _isTrusted;

    public TrustedProxies(RequestSurroundings surroundings)
    {
        _networks = surroundings.TrustedProxies;
        _field = surroundings.ForwardingField;
        _isForwarded = string.Equals(_field, "Forwarded", StringComparison.OrdinalIgnoreCase);
        _isTrusted = IsTrusted;
    }

    /// <summary>Follows the chain of trusted proxies.</summary>
    /// <param name="peer">Unwrapped.</param>
    /// <param name="secure">Whether the connection to us is TLS.</param>
    /// <param name="headers">Of the request.</param>
    /// <param name="reason">What is ambiguous; null: nothing.</param>
    /// <returns>The address is null where a trusted proxy hides it, or can't be understood.</returns>
    public (IPAddress? Address, bool Secure) Read(IPAddress peer, bool secure, IHeaderDictionary headers, out string? reason)
    {
        reason = null;
        if (!IsTrusted(peer)) return (peer, secure);

        // Only the nearest proxy's word counts, which is the last item.
        var schemes = headers["X-Forwarded-Proto"].ToString().AsSpan().TrimEnd(", \t");
        var scheme = schemes[(schemes.LastIndexOf(',') + 1)..].Trim(" \t");
        if (scheme.Equals("https", StringComparison.OrdinalIgnoreCase)) secure = true;
        else if (scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) secure = false;
        else if (!scheme.IsEmpty) reason = "X-Forwarded-Proto is neither http nor https";
        return (Client(peer, headers), secure);
    }

    private IPAddress? Client(IPAddress peer, IHeaderDictionary headers)
    {
        var list = headers[_field].ToString();
        if (!_isForwarded) return ClientAddress.FromXForwardedFor(peer, list, _isTrusted).Address;
        if (list.AsSpan().Trim(", \t").IsEmpty) return peer;
        return Forwarded.TryParse(list, out var elements, out _) ? ClientAddress.FromForwarded(peer, elements, _isTrusted).Address : null;
    }

    private bool IsTrusted(IPAddress address)
    {
        foreach (var network in _networks)
            if (network.Contains(address)) return true;
        return false;
    }
}
