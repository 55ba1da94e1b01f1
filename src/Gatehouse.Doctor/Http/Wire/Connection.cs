using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>The way to one origin: directly or through a proxy, with TLS where the URL asks for it.</summary>
internal sealed class Connection(WireSettings settings, Uri url) : IAsyncDisposable
{
    private Stream? stream;

    /// <summary>How far it came, for the sentence of a time-out.</summary>
    public string Stage { get; set; } = "no connection came about";

    /// <summary>Our own address; null: not connected, or through a proxy.</summary>
    public IPAddress? From { get; private set; }

    /// <summary>The address that was connected to; null likewise.</summary>
    public IPAddress? To { get; private set; }

    /// <summary>TLS; null over plain http.</summary>
    public TlsLayer? Tls { get; private set; }

    /// <summary>Whether the request goes to a proxy in absolute form.</summary>
    public bool ThroughProxy => settings.Proxy is not null && url.Scheme == "http";

    /// <summary>Proxy-Authorization from the proxy's userinfo; null: none.</summary>
    public string? ProxyCredentials => settings.Proxy is { UserInfo.Length: > 0 } proxy ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo))) : null;

    /// <summary>What is written to and read from.</summary>
    public Stream Stream => stream ?? throw new InvalidOperationException("not open");

    /// <summary>Connects; the proxy's answer where it refuses the tunnel, else null.</summary>
    public async Task<ReceivedAnswer?> OpenAsync(CancellationToken cancel)
    {
        var (host, port) = settings.Proxy is { } proxy ? (proxy.IdnHost, proxy.Port) : (url.IdnHost, url.Port);
        var socket = await Dialling.ConnectAsync(host, port, settings, cancel).ConfigureAwait(false);
        stream = new NetworkStream(socket, ownsSocket: true);
        if (settings.Proxy is null)
        {
            From = Plain((socket.LocalEndPoint as IPEndPoint)?.Address);
            To = Plain((socket.RemoteEndPoint as IPEndPoint)?.Address);
        }

        Stage = "connected, no answer came";
        if (url.Scheme != "https") return null;
        if (settings.Proxy is not null && await TunnelAsync(cancel).ConfigureAwait(false) is { } refused) return refused;
        Stage = "connected, the TLS handshake did not end";
        Tls = new TlsLayer(settings, url.IdnHost);
        stream = await Tls.OpenAsync(stream, cancel).ConfigureAwait(false);
        return null;
    }

    /// <summary>What a broken connection means.</summary>
    public WireFault Fault(Exception broken) => Tls is not null
        ? Tls.Fault(broken)
        : broken as WireFault ?? new WireFault(ExchangeFault.ConnectionReset, $"{url.IdnHost} closed the connection before an answer came", broken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<ReceivedAnswer?> TunnelAsync(CancellationToken cancel)
    {
        await Stream.WriteAsync(RequestHead.Tunnel(url, ProxyCredentials), cancel).ConfigureAwait(false);
        var reader = new WireReader(Stream);
        var head = await AnswerHead.ReadAsync(reader, settings.Clock, cancel).ConfigureAwait(false);
        if (head.Status is >= 200 and < 300) return null;
        var body = await AnswerBody.ReadAsync(reader, "CONNECT", head, cancel).ConfigureAwait(false);
        return head with { Body = body.Octets, BodyCut = body.Cut, BodyFault = body.Fault };
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
