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

    /// <summary>A disk that takes its first write only when it is told to.</summary>
    private sealed class StuckStream : Stream
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Free { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public MemoryStream Written { get; } = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reached.TrySetResult();
            await Free.Task;
            Written.Write(buffer.Span);
        }

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
}
