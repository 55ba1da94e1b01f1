using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>
/// Sends one request over a connection of its own and tells what came, as it came. It follows nothing, keeps nothing, adds nothing
/// (docs/decisions/transport.md says why it is not HttpClient).
/// </summary>
internal sealed class Transport(WireSettings settings)
{
    /// <summary>One exchange; whatever goes wrong is its <see cref="Exchange.Fault"/>. Only Ctrl-C throws.</summary>
    /// <param name="request">What to send, exactly.</param>
    /// <param name="variation">For the record.</param>
    /// <param name="purpose">For people.</param>
    /// <param name="cancel">Ctrl-C, or the end of the time for all exchanges: the latter is a time-out.</param>
    public async Task<Exchange> SendAsync(SentRequest request, Variation variation, string purpose, CancellationToken cancel)
    {
        var exchange = new Exchange { Purpose = purpose, Variation = variation, Request = request };
        var begun = settings.Clock.GetTimestamp();
        using var patience = new CancellationTokenSource(settings.Timeout, settings.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        var connection = new Connection(settings, request.Url);
        try
        {
            return await OverAsync(connection, exchange, begun, both.Token).ConfigureAwait(false);
        }
        catch (WireFault fault)
        {
            return Failed(fault.Fault, fault.Message, TlsAlerts.Received(fault));
        }
        catch (OperationCanceledException)
        {
            return Failed(ExchangeFault.TimedOut, $"{request.Url.IdnHost} did not answer within {settings.Timeout.TotalSeconds:0.#} s ({connection.Stage})", null);
        }
        catch (Exception broken) when (broken is IOException or SocketException)
        {
            var fault = connection.Fault(broken);
            return Failed(fault.Fault, fault.Message, TlsAlerts.Received(broken));
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        Exchange Failed(ExchangeFault fault, string text, int? alert) => exchange with
        {
            Fault = fault,
            FaultText = text,
            Elapsed = settings.Clock.GetElapsedTime(begun),
            From = connection.From,
            To = connection.To,
            Tls = connection.Tls?.Seen(alert),
        };
    }

    private async Task<Exchange> OverAsync(Connection connection, Exchange exchange, long begun, CancellationToken cancel)
    {
        if (await connection.OpenAsync(cancel).ConfigureAwait(false) is { } refusedByProxy)
            return exchange with { Answer = refusedByProxy, AnsweredByProxy = true, Elapsed = settings.Clock.GetElapsedTime(begun) };
        var sent = settings.Clock.GetTimestamp();
        IOException? unsent = null;
        try
        {
            await connection.Stream.WriteAsync(RequestHead.Of(exchange.Request, connection.ThroughProxy, connection.ProxyCredentials), cancel).ConfigureAwait(false);
            if (!exchange.Request.Body.IsEmpty) await connection.Stream.WriteAsync(exchange.Request.Body, cancel).ConfigureAwait(false);
        }
        catch (IOException closed)
        {
            // A server that refuses early closes while we still send; its answer, or its alert, lies waiting all the same.
            unsent = closed;
        }

        connection.Stage = "the request was sent, no answer came";
        var reader = new WireReader(connection.Stream);
        ReceivedAnswer head;
        try
        {
            head = await AnswerHead.ReadAsync(reader, settings.Clock, cancel).ConfigureAwait(false);
        }
        catch (Exception nothing) when (nothing is IOException || (nothing is WireFault { Fault: ExchangeFault.ConnectionReset } && connection.Tls is not null))
        {
            throw connection.Fault(TlsAlerts.Received(nothing) is null && unsent is not null && TlsAlerts.Received(unsent) is not null ? unsent : nothing);
        }

        var elapsed = settings.Clock.GetElapsedTime(sent);
        using var share = new CancellationTokenSource(settings.Timeout * WireLimits.BodyShareOfTimeout, settings.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(share.Token, cancel);
        var body = ContentCoding.Undo(head.Values("Content-Encoding"), await AnswerBody.ReadAsync(reader, exchange.Request.Method, head, both.Token).ConfigureAwait(false));
        return exchange with
        {
            Answer = head with { Body = body.Octets, BodyCut = body.Cut, BodyFault = body.Fault },
            Elapsed = elapsed,
            From = connection.From,
            To = connection.To,
            Tls = connection.Tls?.Seen(null),
        };
    }
}
