using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Logs.Signatures;

namespace Gatehouse.Doctor.Logs;

/// <summary>Reads the logs that were given, or pasted, from their ends, and observes what they hold of the refusal in question.</summary>
public static class LogProbe
{
    /// <summary>Lines of interest kept of one log, the newest: of those that name the request in question so many, and of those that name none.</summary>
    private const int MaxHits = 5_000;

    /// <summary>Lines at the end of a log that are taken apart whatever they hold: they tell its format, and those of this very run are among them.</summary>
    private const int TakenApart = 5_000;

    /// <summary>Of the lines before, every so manyth is taken apart to tell how old they are.</summary>
    private const int Sampled = 64;

    /// <summary>Lines that are older than the request by an hour, one after the other, after which no newer one is expected.</summary>
    private const int OldInARow = 500;

    /// <summary>Lines at the end of a log without times that may be about requests of this very run.</summary>
    private const int RecentLines = 200;

    /// <summary>Reads. What can't be read is said in one sentence each.</summary>
    public static IReadOnlyList<Observation> Look(Question question, Observations seen, Surroundings around, CancellationToken cancel)
    {
        if (question.Logs.Count == 0 && question.LogLines.Count == 0) return [];
        var exchange = seen.Final();
        var now = around.Clock.GetUtcNow();
        var result = new List<Observation>();
        var hits = new List<LogHit>();
        var search = new LogSearch(question, exchange, now);
        var logs = question.Logs.Distinct(StringComparer.Ordinal).ToList();
        foreach (var path in logs)
        {
            var entries = LogFile.NewestFirst(path, out var fault);
            if (fault is not null) result.Add(logs.Count == 1 && question.Url is null && question.LogLines.Count == 0 ? new Unreachable(fault) : new NotLookedAt(fault));
            else
            {
                around.Progress.Report("log " + Path.GetFileName(path));
                result.Add(Read(path, entries, search, exchange, now, around.Clock.LocalTimeZone, hits, cancel));
                if (Size(path) is > LogFile.MaxBytes and var size) result.Add(new NotLookedAt($"{path} has {size >> 30} GiB: its last {LogFile.MaxBytes >> 30} were looked at"));
            }
        }

        if (question.LogLines.Count > 0) result.Add(Read("", LogFile.NewestFirst(question.LogLines), search, null, now, around.Clock.LocalTimeZone, hits, cancel));
        Judge(question, seen, search, exchange, hits, result);
        return result;
    }

    /// <summary>What pasted lines hold of the newest refusal in them.</summary>
    /// <param name="lines">As pasted.</param>
    /// <param name="now">A line without a year is taken to be of the last twelve months.</param>
    public static IReadOnlyList<Observation> OfText(IReadOnlyList<string> lines, DateTimeOffset now)
    {
        var hits = new List<LogHit>();
        var search = new LogSearch(new Question(), null, now);
        var result = new List<Observation> { Read("", LogFile.NewestFirst(lines), search, null, now, TimeZoneInfo.Utc, hits, CancellationToken.None) };
        Judge(new Question(), new Observations(), search, null, hits, result);
        return result;
    }

    private static void Judge(Question question, Observations seen, LogSearch search, Exchange? exchange, List<LogHit> hits, List<Observation> result)
    {
        var refusal = search.Find(hits);
        if (refusal is not null) result.Add(refusal = Counted(refusal));
        var told = refusal is { Link: not LogLink.Earlier, Messages.Count: > 0 };
        if (exchange?.Status is 401 or 403 && exchange.Variation != Variation.Recorded && !told)
            foreach (var read in result.OfType<LogRead>().Where(read => read.TellsWhy).ToList()) result.Add(new LogSilent(read.File, OfErrorLog(read)));
        if (refusal is null && question.Url is null) result.Add(new NotLookedAt("the logs hold no refusal that is known: give the URL that is refused, or the error log of the time"));
        if (told && refusal!.Link != LogLink.Earlier && !seen.Of<ResourceMapped>().Any() && Named(refusal) is { } file) result.Add(file);
    }

    /// <summary>The file on disk that a message names as the resource.</summary>
    private static ResourceMapped? Named(LoggedRefusal refusal)
    {
        foreach (var hit in refusal.Messages)
        {
            var path = hit.Match!["path"] ?? (hit.Match.Row.Cause == Causes.Configuration.HtaccessUnreadable ? hit.Match["file"] : null);
            if (path is not null && path.StartsWith('/') && (hit.Match.Row.Cause.Id.StartsWith("file.", StringComparison.Ordinal) || hit.Match.Row.Cause.Id.StartsWith("directory.", StringComparison.Ordinal)
                || hit.Match.Row.Cause.Id.StartsWith("symlink.", StringComparison.Ordinal) || hit.Match.Row.Cause == Causes.Configuration.HtaccessUnreadable)) return new ResourceMapped(path, hit.Record.Where, Proved: true);
        }

        return null;
    }

    private static LogRead Read(string path, IEnumerable<LogEntry> entries, LogSearch search, Exchange? exchange, DateTimeOffset now, TimeZoneInfo zone, List<LogHit> hits, CancellationToken cancel)
    {
        var formats = new Dictionary<string, int>(StringComparer.Ordinal);
        long lines = 0;
        int named = 0, unnamed = 0, old = 0, passed = 0;
        bool longAgo = false, wordless = search.TakesAny;
        var sieve = search.Sieve;
        DateTimeOffset? newest = null;
        LogRecord? finished = null;
        var errorLog = false;
        var sent = exchange is { Answer: { At.Ticks: > 0 } answer } ? answer.At - exchange.Elapsed : (DateTimeOffset?)null;
        try
        {
            foreach (var entry in entries)
            {
                if ((++lines & 1023) == 0 && cancel.IsCancellationRequested) break;
                if (lines > TakenApart && ++passed < Sampled && !entry.Passes(sieve, byName: longAgo && !wordless)) continue;
                var read = entry.Read();
                var record = read;
                formats[record.Format] = formats.GetValueOrDefault(record.Format) + 1;
                errorLog |= !record.IsAccess && record.Server is LogServer.Apache or LogServer.Nginx;
                var at = record.Time?.At(zone, now);
                if (at is not null && (newest is null || at > newest)) newest = at;
                // A line that names no request is joined to one by its time alone, and to bans for a day.
                longAgo = at is not null && at < now - LogSearch.JoinedByTime;
                wordless |= record.Server == LogServer.AspNetCore;
                (record, finished) = WithItsRequest(record, finished);
                var match = record.IsAccess && record.Server != LogServer.Envoy && record.Server != LogServer.AspNetCore && record.Message.Length == 0 ? null : SignatureTable.Match(record);
                if (match is not null || (record.IsAccess && record.Status >= 400))
                {
                    // Of lines without a time the last ones were written when the file was.
                    var timeless = record.Time is null && sent is not null && path.Length > 0 && lines <= RecentLines;
                    var hit = new LogHit(record, match) { At = at ?? (timeless ? Written(path) : null), Timeless = timeless };
                    if (search.Concerns(hit, out var byName) && (byName ? ++named : ++unnamed) <= MaxHits) hits.Add(hit);
                    if (named >= MaxHits || (search.TakesAny && unnamed >= MaxHits)) break;
                }

                old = sent is not null && read.Time is { } time && at < sent - TimeSpan.FromHours(time.Offset is null ? 15 : 1) ? old + 1 + passed : 0;
                passed = 0;
                if (old > OldInARow) break;
            }
        }
        catch (IOException)
        {
            // cut or removed while it was read: what was read counts
        }

        if (lines == 0 && Path.GetFileName(path).Contains("error", StringComparison.OrdinalIgnoreCase)) errorLog = true;
        return new LogRead(path, [.. formats.OrderByDescending(pair => pair.Value).Select(pair => pair.Key).Take(5)], lines, errorLog, newest);
    }

    /// <summary>ASP.NET Core writes its reasons between the lines that begin and end a request, and names no path in them.</summary>
    private static (LogRecord Record, LogRecord? Finished) WithItsRequest(LogRecord record, LogRecord? finished)
    {
        if (record.Server != LogServer.AspNetCore) return (record, finished);
        if (record.IsAccess) return (record, record);
        if (record.Words.StartsWith("Request starting ", StringComparison.Ordinal)) return (record, null);
        return (finished is null || record.Target is not null ? record : record with { Target = finished.Target, Method = finished.Method }, finished);
    }

    /// <summary>In octets; 0 where it can't be told.</summary>
    private static long Size(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (IOException)
        {
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static DateTimeOffset? Written(string path)
    {
        var at = File.GetLastWriteTimeUtc(path);
        return at.Year > 1970 ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    private static LogServer OfErrorLog(LogRead read) =>
        read.Formats.Any(format => format.Contains("nginx", StringComparison.Ordinal)) ? LogServer.Nginx : read.Formats.Any(format => format.Contains("Apache", StringComparison.Ordinal)) ? LogServer.Apache : LogServer.Unknown;

    /// <summary>The numbers of the lines that are shown: counted now, because counting reads the file from its start.</summary>
    private static LoggedRefusal Counted(LoggedRefusal refusal)
    {
        static LogRecord Count(LogRecord record) => record.Line > 0 || record.File.Length == 0 ? record : record with { Line = LogFile.LineNumber(record.File, record.Offset) };
        return refusal with { Access = refusal.Access is null ? null : Count(refusal.Access), Messages = [.. refusal.Messages.Select(hit => hit with { Record = Count(hit.Record) })] };
    }
}
