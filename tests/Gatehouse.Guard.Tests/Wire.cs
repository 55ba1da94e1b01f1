using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Guard.Tests;

/// <summary>One connection on which any bytes can be sent: what HTTP clients refuse to send is what these tests are about.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TcpClient _client = new(AddressFamily.InterNetwork);
    private readonly byte[] _buffer = new byte[1024 * 1024];
    private int _held;

    /// <summary>Connects, from another of the loopback addresses where one is given.</summary>
    public static async Task<Wire> OpenAsync(int port, byte from = 1)
    {
        var wire = new Wire();
        wire._client.Client.Bind(new IPEndPoint(new IPAddress([127, 0, 0, from]), 0));
        await wire._client.ConnectAsync(IPAddress.Loopback, port);
        wire._client.NoDelay = true;
        return wire;
    }

    public async Task SendAsync(string latin1) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(latin1));

    /// <summary>Reads one answer.</summary>
    public async Task<Answer> ReadAsync(bool withoutBody = false)
    {
        int end;
        while ((end = _buffer.AsSpan(0, _held).IndexOf("\r\n\r\n"u8)) < 0)
            if (!await MoreAsync()) throw new IOException($"the connection ended with {_held} bytes and no answer");
        var head = Encoding.Latin1.GetString(_buffer, 0, end).Split("\r\n");
        Take(end + 4);
        var fields = head.Skip(1).Select(line => (Name: line[..line.IndexOf(':')], Value: line[(line.IndexOf(':') + 1)..].Trim())).ToList();
        var status = int.Parse(head[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        var length = fields.FirstOrDefault(field => field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        var wanted = withoutBody || status is 204 or 304 || status < 200 ? 0 : length is null ? int.MaxValue : int.Parse(length, System.Globalization.CultureInfo.InvariantCulture);
        while (_held < wanted && await MoreAsync())
        {
        }

        if (wanted != int.MaxValue && _held < wanted) throw new IOException("the body ended early");
        var body = _buffer.AsSpan(0, Math.Min(wanted, _held)).ToArray();
        Take(body.Length);
        return new(status, fields, body);
    }

    /// <summary>Whether the server closes, without sending anything more.</summary>
    public async Task<bool> IsClosedAsync() => _held == 0 && !await MoreAsync();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> MoreAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var read = await _client.GetStream().ReadAsync(_buffer.AsMemory(_held), patience.Token);
            _held += read;
            return read > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Take(int count)
    {
        _buffer.AsSpan(count, _held - count).CopyTo(_buffer);
        _held -= count;
    }
}

/// <summary>An answer as it came.</summary>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Fields, byte[] Bytes)
{
    public string Body => Encoding.UTF8.GetString(Bytes);

    /// <summary>All values of a field, in order.</summary>
    public IReadOnlyList<string> All(string name) => [.. Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];

    /// <summary>The only value of a field; null: it did not come.</summary>
    public string? this[string name] => All(name) switch
    {
        [] => null,
        [var only] => only,
        _ => throw new InvalidOperationException($"{name} came more than once"),
    };

    /// <summary>The body read as JSON.</summary>
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonDocument.Parse(Bytes).RootElement;
}
