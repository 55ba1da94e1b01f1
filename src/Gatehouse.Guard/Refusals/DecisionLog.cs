using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Guard.Refusals;

/// <summary>
/// Takes decisions off the request path: formatted where they are made, gathered in a bounded buffer, written out in batches.
/// Never waits for a disk and never throws; what does not fit is counted and the count is written, so that a flood of refusals
/// can't stop the site and can't fill memory.
/// </summary>
public sealed class DecisionLog : IAsyncDisposable
{
    /// <summary>Some tenths of a second of a flood, in bytes; beyond it decisions are dropped and counted.</summary>
    private const int MostGathered = 32 * 1024 * 1024;

    /// <summary>A buffer of more bytes is let go when the flood that made it so large is over.</summary>
    private const int Kept = 1024 * 1024;

    private static readonly TimeSpan BatchEvery = TimeSpan.FromMilliseconds(50);
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    [ThreadStatic]
    private static Scratch? _scratch;

    private readonly Lock _gathering = new();
    private readonly Outlet? _lines;
    private readonly Outlet? _incidents;
    private readonly IncidentFiles? _files;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _gathered = new(0);
    private readonly Task _writer;
    private Batch _batch = new();
    private Batch _written = new();
    private bool _stopped;
    private long _dropped;

    /// <summary>Starts writing.</summary>
    /// <param name="lines">Where one line a decision goes; null: nowhere. Not disposed of.</param>
    /// <param name="incidents">Where the whole traces go; null: nowhere. Disposed of with the log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="complain">Told once when the disk begins to refuse, and once when it is well again; null: nobody.</param>
    public DecisionLog(Stream? lines, IncidentFiles? incidents, TimeProvider? time = null, Action<string>? complain = null)
    {
        _files = incidents;
        _time = time ?? TimeProvider.System;
        _lines = lines is null ? null : new("the decision log", async bytes =>
        {
            await lines.WriteAsync(bytes, CancellationToken.None);
            await lines.FlushAsync(CancellationToken.None);
        }, complain);
        _incidents = incidents is null ? null : new($"the incident store {incidents.Folder}", bytes =>
        {
            incidents.Append(bytes.Span);
            return Task.CompletedTask;
        }, complain);
        _writer = lines is null && incidents is null ? Task.CompletedTask : Task.Run(WriteAllAsync, CancellationToken.None);
    }

    /// <summary>How many decisions since the start are in no log: they did not fit, or could not be formatted or written.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Takes a decision.</summary>
    public void Write(DecisionEvent decision)
    {
        if (_lines is null && _incidents is null) return;
        var scratch = _scratch ??= new();
        var isFormatted = scratch.TryFormat(decision, _incidents is not null);
        lock (_gathering)
        {
            if (!isFormatted || _stopped || _batch.Size + scratch.Size > MostGathered)
            {
                _dropped++;
                return;
            }

            if (_batch.Size == 0) _gathered.Release();
            if (_lines is not null) _batch.Lines.Write(scratch.Line);
            if (_incidents is not null) _batch.Wholes.Write(scratch.Whole);
            _batch.Decisions++;
        }
    }

    /// <summary>Writes what was gathered, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gathering)
        {
            if (_stopped) return;
            _stopped = true;
        }

        await _stopping.CancelAsync();
        _gathered.Release();
        await _writer;
        _files?.Dispose();
        _stopping.Dispose();
        _gathered.Dispose();
    }

    private async Task WriteAllAsync()
    {
        var told = 0L;
        while (true)
        {
            await _gathered.WaitAsync(CancellationToken.None);
            bool last;
            lock (_gathering)
            {
                (_batch, _written) = (_written, _batch);
                last = _stopped;
            }

            var dropped = Dropped;
            if (dropped != told && _lines is not null) _written.Lines.Write(Encoding.ASCII.GetBytes($"{{\"time\":\"{_time.GetUtcNow():O}\",\"decision\":\"dropped\",\"count\":{dropped - told}}}\n"));

            // Each on its own: where nobody takes the lines any more, incidents are still kept.
            if (_lines is null || await _lines.PutAsync(_written.Lines.WrittenMemory)) told = dropped;
            else lock (_gathering) _dropped += _written.Decisions;
            if (_incidents is not null) await _incidents.PutAsync(_written.Wholes.WrittenMemory);
            if (_written.IsMuchTooLarge) _written = new();
            else _written.Clear();
            if (last) return;
            await Task.Delay(BatchEvery, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A place where something is written. When it begins to refuse is told once, and once when it is well again.</summary>
    private sealed class Outlet(string what, Func<ReadOnlyMemory<byte>, Task> write, Action<string>? complain)
    {
        private bool _fails;

        /// <summary>False where it could not be written.</summary>
        public async Task<bool> PutAsync(ReadOnlyMemory<byte> bytes)
        {
            if (bytes.IsEmpty) return true;
            try
            {
                await write(bytes);
                if (_fails) complain?.Invoke($"{what} can be written again");
                _fails = false;
                return true;
            }
#pragma warning disable CA1031 // requests are served and refused whether or not the log's disk is well
            catch (Exception broken)
#pragma warning restore CA1031
            {
                if (!_fails) complain?.Invoke($"{what} can't be written: {broken.Message}");
                _fails = true;
                return false;
            }
        }
    }

    private sealed class Batch
    {
        public ArrayBufferWriter<byte> Lines { get; } = new();

        public ArrayBufferWriter<byte> Wholes { get; } = new();

        public int Decisions { get; set; }

        public int Size => Lines.WrittenCount + Wholes.WrittenCount;

        public bool IsMuchTooLarge => Lines.Capacity + Wholes.Capacity is var capacity && capacity > Kept && Size < capacity / 16;

        public void Clear()
        {
            Lines.ResetWrittenCount();
            Wholes.ResetWrittenCount();
            Decisions = 0;
        }
    }

    /// <summary>One thread's place to format a decision: first the incident's record, of which the log's line is the beginning.</summary>
#pragma warning disable CA1001 // lives as long as its thread and holds nothing but memory
    private sealed class Scratch
#pragma warning restore CA1001
    {
        private ArrayBufferWriter<byte> _whole = new(4096);
        private readonly ArrayBufferWriter<byte> _line = new(2048);
        private readonly Utf8JsonWriter _json;

        public Scratch() => _json = new(_whole, Unchecked);

        public int Size => _whole.WrittenCount + _line.WrittenCount;

        public ReadOnlySpan<byte> Line => _line.WrittenSpan;

        public ReadOnlySpan<byte> Whole => _whole.WrittenSpan;

        /// <summary>False where that fails, whatever the reason: whoever refuses a request must not be stopped by the telling of it.</summary>
        public bool TryFormat(DecisionEvent decision, bool wholly)
        {
            try
            {
                Format(decision, wholly);
                return true;
            }
#pragma warning disable CA1031 // see above
            catch (Exception)
#pragma warning restore CA1031
            {
                return false;
            }
        }

        private void Format(DecisionEvent decision, bool wholly)
        {
            if (_whole.Capacity > Kept) _whole = new(4096);
            _whole.ResetWrittenCount();
            _line.ResetWrittenCount();
            _json.Reset(_whole);
            DecisionJson.WriteHead(_json, decision);
            _json.Flush();
            _line.Write(_whole.WrittenSpan);
            _line.Write("}\n"u8);
            if (!wholly) return;
            DecisionJson.WriteRest(_json, decision);
            _json.Flush();
            _whole.Write("\n"u8);
        }
    }
}
