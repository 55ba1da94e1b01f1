using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Refusals;

namespace Gatehouse.Guard.Tests.Refusals;

public sealed class DecisionLogTests
{
    [Fact]
    public async Task Every_decision_is_one_line_and_one_record_and_the_end_waits_for_the_last()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-log").FullName;
        try
        {
            using var lines = new MemoryStream();
            var log = new DecisionLog(lines, new IncidentFiles(folder));
            var told = Enumerable.Range(0, 3000).Select(number => Event($"/page/{number}")).ToArray();
            await Parallel.ForEachAsync(told, TestContext.Current.CancellationToken, (decision, _) =>
            {
                log.Write(decision);
                return ValueTask.CompletedTask;
            });
            await log.DisposeAsync();

            Assert.Equal(0, log.Dropped);
            var written = Lines(lines.ToArray()).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("incident").GetString()!);
            Assert.Equal(told.Length, written.Count);
            using var files = new IncidentFiles(folder);
            foreach (var decision in told)
            {
                Assert.Equal(decision.Path, written[decision.Incident].GetProperty("path").GetString());
                Assert.False(written[decision.Incident].TryGetProperty("evidence", out _));
            }

            using var record = files.Find(told[1234].Incident);
            Assert.Equal(told[1234].Path, record!.RootElement.GetProperty("path").GetString());
            Assert.Equal("rule-line", record.RootElement.GetProperty("evidence")[0].GetProperty("kind").GetString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_flood_on_a_disk_that_does_not_answer_keeps_nobody_waiting_and_says_how_many_are_missing()
    {
        using var disk = new StuckStream();
        var log = new DecisionLog(disk, null);
        log.Write(Event("/first"));
        await disk.Reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var longest = Event(new string('a', 32 * 1024));
        for (var i = 0; i < 3000; i++) log.Write(longest);

        Assert.InRange(log.Dropped, 1900, 2100);
        disk.Free.SetResult();
        await log.DisposeAsync();
        var lines = Lines(disk.Written.ToArray());
        using var last = JsonDocument.Parse(lines[^1]);
        Assert.Equal("dropped", last.RootElement.GetProperty("decision").GetString());
        Assert.Equal(log.Dropped, last.RootElement.GetProperty("count").GetInt64());
        Assert.Equal(3001 - log.Dropped + 1, lines.Count);
    }

    [Fact]
    public async Task What_comes_after_the_end_is_counted_and_harms_nothing()
    {
        using var lines = new MemoryStream();
        var log = new DecisionLog(lines, null);
        await log.DisposeAsync();
        log.Write(Event("/late"));
        await log.DisposeAsync();
        Assert.Equal(1, log.Dropped);
        Assert.Equal(0, lines.Length);
    }

    [Fact]
    public async Task Where_nobody_takes_the_lines_incidents_are_kept_and_the_loss_is_told_once_and_counted()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-log").FullName;
        try
        {
            var complaints = new System.Collections.Concurrent.ConcurrentQueue<string>();
            using var pipe = new BrokenStream { Fails = true };
            var log = new DecisionLog(pipe, new IncidentFiles(folder), complain: complaints.Enqueue);
            var lost = Event("/lost");
            log.Write(lost);
            while (log.Dropped == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
            pipe.Fails = false;
            log.Write(Event("/kept"));
            await log.DisposeAsync();

            using var files = new IncidentFiles(folder);
            using var record = files.Find(lost.Incident);
            Assert.NotNull(record);
            var lines = Lines(pipe.Written.ToArray()).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            Assert.Equal(["/kept"], lines.Where(line => line.TryGetProperty("path", out _)).Select(line => line.GetProperty("path").GetString()));
            Assert.Equal(1, lines.Single(line => line.GetProperty("decision").GetString() == "dropped").GetProperty("count").GetInt64());
            Assert.Equal(2, complaints.Count);
            Assert.StartsWith("the decision log can't be written", complaints.First(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_disk_that_stays_full_is_not_said_to_be_well_at_the_end()
    {
        var complaints = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var disk = new BrokenStream { Fails = true };
        var log = new DecisionLog(disk, null, complain: complaints.Enqueue);
        log.Write(Event("/lost"));
        while (log.Dropped == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        await log.DisposeAsync();
        Assert.Single(complaints);
    }

    private static DecisionEvent Event(string path) => new()
    {
        Kind = DecisionKind.Refused,
        Time = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero),
        Incident = Incident.NewId(),
        Status = 403,
        ShownStatus = 403,
        Method = "GET",
        Path = path,
        Finding = new Finding { Cause = Files.ResourceDenied, Confidence = 1, Summary = "nobody", Evidence = [new Evidence(EvidenceKind.RuleLine, "gatehouse.yaml:3", "/**: nobody")] },
    };

    private static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> bytes)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        for (int end; (end = bytes.Span.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..]) lines.Add(bytes[..end]);
        Assert.Equal(0, bytes.Length);
        return lines;
    }

    /// <summary>Takes what is written.</summary>
    private abstract class WrittenStream : Stream
    {
        public MemoryStream Written { get; } = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            Written.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A disk that takes its first write only when it is told to.</summary>
    private sealed class StuckStream : WrittenStream
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Free { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reached.TrySetResult();
            await Free.Task;
            Written.Write(buffer.Span);
        }
    }

    /// <summary>A disk that is full, or a pipe that nobody reads, for as long as it is said to be.</summary>
    private sealed class BrokenStream : WrittenStream
    {
        public volatile bool Fails;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Fails) throw new IOException("No space left on device");
            Written.Write(buffer.Span);
            return default;
        }
    }
}
