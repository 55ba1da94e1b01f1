using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Gatehouse.Guard.Refusals;

/// <summary>
/// Takes decisions off the request path: a bounded queue, written out in batches. Never blocks and never throws; what does
/// not fit is counted and the count is written, so that a flood of refusals can't stop the site and can't fill memory.
/// </summary>
public sealed class DecisionLog : IAsyncDisposable
{
    /// <summary>Some tenths of a second of a flood; beyond it lines are dropped and counted.</summary>
    private const int QueueLength = 32 * 1024;

    private static readonly TimeSpan BatchEvery = TimeSpan.FromMilliseconds(50);

    private readonly Channel<DecisionEvent> _queue = Channel.CreateBounded<DecisionEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Stream? _lines;
    private readonly IncidentFiles? _incidents;
    private readonly TimeProvider _time;
    private readonly Action<string>? _complain;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writer;
    private long _dropped;
    private long _failed;

    /// <summary>Starts writing.</summary>
    /// <param name="lines">Where one line a decision goes; null: nowhere. Not disposed of.</param>
    /// <param name="incidents">Where the whole traces go; null: nowhere. Disposed of with the log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="complain">Told once when the disk begins to refuse, and once when it is well again; null: nobody.</param>
    public DecisionLog(Stream? lines, IncidentFiles? incidents, TimeProvider? time = null, Action<string>? complain = null)
    {
        _lines = lines;
        _incidents = incidents;
        _time = time ?? TimeProvider.System;
        _complain = complain;
        _writer = lines is null && incidents is null ? Task.CompletedTask : Task.Run(WriteAllAsync, CancellationToken.None);
    }

    /// <summary>How many decisions did not fit into the queue since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Takes a decision.</summary>
    public void Write(DecisionEvent decision)
    {
        if (_lines is null && _incidents is null) return;
        if (!_queue.Writer.TryWrite(decision)) Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what is queued, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete()) return;
        await _stopping.CancelAsync();
        await _writer;
        _incidents?.Dispose();
        _stopping.Dispose();
    }

    private async Task WriteAllAsync()
    {
        var lines = new ArrayBufferWriter<byte>(64 * 1024);
        var wholes = new ArrayBufferWriter<byte>(64 * 1024);
        using var line = new Utf8JsonWriter(lines);
        using var whole = new Utf8JsonWriter(wholes);
        var told = 0L;
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_queue.Reader.TryRead(out var decision))
            {
                if (_lines is not null) Append(line, lines, decision, DecisionJson.WriteLine);
                if (_incidents is not null) Append(whole, wholes, decision, DecisionJson.WriteWhole);
                if (lines.WrittenCount + wholes.WrittenCount > 1024 * 1024) break;
            }

            if (Dropped is var dropped && dropped != told)
            {
                if (_lines is not null) lines.Write(Encoding.ASCII.GetBytes($"{{\"time\":\"{_time.GetUtcNow():O}\",\"decision\":\"dropped\",\"count\":{dropped - told}}}\n"));
                told = dropped;
            }

            await PutAsync(lines, wholes);
            lines.ResetWrittenCount();
            wholes.ResetWrittenCount();
            if (!_stopping.IsCancellationRequested) await Task.Delay(BatchEvery, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Append(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, DecisionEvent decision, Action<Utf8JsonWriter, DecisionEvent> write)
    {
        json.Reset();
        write(json, decision);
        json.Flush();
        buffer.Write("\n"u8);
    }

    private async Task PutAsync(ArrayBufferWriter<byte> lines, ArrayBufferWriter<byte> wholes)
    {
        try
        {
            if (lines.WrittenCount > 0)
            {
                await _lines!.WriteAsync(lines.WrittenMemory, CancellationToken.None);
                await _lines.FlushAsync(CancellationToken.None);
            }

            if (wholes.WrittenCount > 0) _incidents!.Append(wholes.WrittenSpan);
            if (Interlocked.Exchange(ref _failed, 0) > 0) _complain?.Invoke("the decision log can be written again");
        }
#pragma warning disable CA1031 // requests are served and refused whether or not the log's disk is well
        catch (Exception broken)
#pragma warning restore CA1031
        {
            if (Interlocked.Increment(ref _failed) == 1) _complain?.Invoke($"the decision log can't be written: {broken.Message}");
        }
    }
}
