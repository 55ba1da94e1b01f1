using System.Net;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Logs.Formats;
using Gatehouse.Doctor.Logs.Signatures;

namespace Gatehouse.Doctor.Logs;

/// <summary>Finds, among the lines of all logs, those that belong to the refusal in question: by request id, by time, client, method and URL. Pure.</summary>
internal sealed class LogSearch(Question question, Exchange? exchange, DateTimeOffset now)
{
    /// <summary>Where log and client measure in finer units, what may lie between a line and the exchange that it is about.</summary>
    private static readonly TimeSpan Close = TimeSpan.FromMilliseconds(60);

    /// <summary>Where a log tells whole seconds, or clocks differ a little.</summary>
    private static readonly TimeSpan Loose = TimeSpan.FromSeconds(2.5);

    /// <summary>A handshake that failed leaves no time: the request was sent within this before now.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(40);

    /// <summary>Lines of one request, where nothing but time holds them together.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(1.1);

    /// <summary>A ban that is older than this has ended by default.</summary>
    private static readonly TimeSpan BanLasts = TimeSpan.FromHours(24);

    /// <summary>A line that is older belongs to the refusal in question only where it names it; a zone that the log does not tell is allowed for.</summary>
    public static readonly TimeSpan JoinedByTime = BanLasts + TimeSpan.FromHours(15);

    private readonly string? path = (exchange?.Request.Url ?? question.Url) is { } url ? Decoded(url.AbsolutePath) : null;
    private readonly string? method = exchange?.Request.Method ?? (question.Url is null ? null : question.Method);
    private readonly string? user = SentUser(exchange);
    private readonly HashSet<IPAddress> clients = Clients(question, exchange);
    private readonly HashSet<string> ids = Ids(exchange);

    /// <summary>The refusal; null: the logs hold nothing of it.</summary>
    /// <param name="hits">Lines of interest of all logs, in any order.</param>
    public LoggedRefusal? Find(IReadOnlyList<LogHit> hits)
    {
        if (exchange is { Variation: not Variation.Recorded } or { Answer: not null })
        {
            var byId = hits.Where(hit => hit.Record.RequestId is { } id && ids.Contains(id)).ToList();
            if (byId.Count > 0) return Refusal(LogLink.RequestId, byId, byId.OrderByDescending(Rank).First());
            if (ByTime(hits) is { } found) return found;
            var earlier = Newest(hits.Where(hit => AboutIt(hit) is Fit.Yes), LogLink.Earlier);
            return exchange!.Variation == Variation.Recorded ? earlier is null ? null : earlier with { Link = LogLink.NewestOfUrl } : earlier;
        }

        return question.Url is not null
            ? Newest(hits.Where(hit => AboutIt(hit) is Fit.Yes), LogLink.NewestOfUrl)
            : Newest(hits, LogLink.Newest);
    }

    /// <summary>What tells lines of interest from others before they are taken apart.</summary>
    public LineSieve Sieve => LineSieve.For(path, ids);

    /// <summary>Whether no path is asked for, so that the newest refusals are all that counts.</summary>
    public bool TakesAny => path is null;

    /// <summary>Whether a line can belong to the refusal in question; and whether it names the request, so that it is kept whatever else is.</summary>
    public bool Concerns(LogHit hit, out bool named)
    {
        var fit = AboutIt(hit);
        named = fit == Fit.Yes || (hit.Record.RequestId is { } id && ids.Contains(id));
        return named || fit != Fit.No;
    }

    private enum Fit
    {
        No = 0,
        Elsewhere,
        Unsaid,
        Yes,
    }

    private LoggedRefusal? ByTime(IReadOnlyList<LogHit> hits)
    {
        var (sent, answered) = exchange!.Answer is { At.Ticks: > 0 } answer ? (answer.At - exchange.Elapsed, answer.At) : (now - Recently, now);
        // What was written while the request was under way goes before what was written just before it: that may be its neighbour's, or the clocks differ.
        foreach (var (before, after, whole) in (ReadOnlySpan<(TimeSpan, TimeSpan, bool)>)[(TimeSpan.Zero, Close * 4, true), (Close, Close * 4, true), (Close, Close * 4, false), (Loose, Loose * 1.4, false)])
        {
            var inside = new List<LogHit>();
            foreach (var hit in hits)
            {
                if (hit.At is not { } at || AboutIt(hit) == Fit.No || !FitsStatus(hit)) continue;
                // A coarse time stands for the whole unit; an access line is written when the answer is out.
                var unit = hit.Record.Time?.Resolution ?? TimeSpan.Zero;
                // One clock and fine units: what is seconds away belongs to another request. So does what names another file, unless it was written in that very moment.
                var fine = unit < TimeSpan.FromSeconds(1) && !hit.Timeless;
                if (hit.Timeless && at < sent - before) continue;
                if (fine && before == Loose && exchange.To is { } to && IPAddress.IsLoopback(to)) continue;
                if (AboutIt(hit) == Fit.Elsewhere && !(fine && before <= Close)) continue;
                if (whole && unit.Ticks > 0 && at.UtcTicks / unit.Ticks < (sent - before).UtcTicks / unit.Ticks) continue;
                var end = at + unit;
                if (end >= sent - before && (at <= answered + after || hit.Timeless)) inside.Add(hit);
            }

            // Where a message names this very request, one of the same moment that names another file is a neighbour's.
            if (inside.Any(hit => hit.Match is not null && AboutIt(hit) == Fit.Yes)) inside.RemoveAll(hit => AboutIt(hit) == Fit.Elsewhere);
            if (inside.Count == 0) continue;
            var first = inside.Where(hit => IsRefusal(hit)).OrderByDescending(Rank).ThenBy(hit => hit.At).ThenBy(hit => hit.Timeless ? -hit.Record.Offset : hit.Record.Offset).ThenBy(hit => hit.Record.Line).FirstOrDefault();
            // A bare status of that second says little where, by a clock that differs by milliseconds, a message just before it names the request.
            if (before == TimeSpan.Zero && first is { Match: null } && hits.Any(hit => hit.Match is not null && IsRefusal(hit) && hit.At >= sent - Close && hit.At <= sent && AboutIt(hit) == Fit.Yes && FitsStatus(hit))) continue;
            if (first is not null) return Refusal(LogLink.Time, inside, first);
        }

        var ban = hits.Where(hit => IsBan(hit) && hit.At > now - BanLasts).OrderByDescending(hit => hit.At).FirstOrDefault();
        return ban is null ? null : new LoggedRefusal { Link = LogLink.Time, Messages = [ban], At = ban.At };
    }

    private LoggedRefusal? Newest(IEnumerable<LogHit> hits, LogLink link)
    {
        var refusals = hits.Where(IsRefusal).ToList();
        if (refusals.Count == 0) return null;
        var newest = refusals.Where(hit => !IsSideShow(hit.Record.Target)).DefaultIfEmpty(refusals[0]).MaxBy(hit => hit.At ?? DateTimeOffset.MinValue)!;
        // Of lines in one second the one that tells most; where nothing tells a time, the last.
        if (newest.At is { } at)
            newest = refusals.Where(hit => hit.At is { } other && (at - other).Duration() <= Together && SameRequest(hit, newest)).OrderByDescending(Rank).ThenByDescending(hit => hit.At).First();
        return Refusal(link, refusals, newest);
    }

    private LoggedRefusal Refusal(LogLink link, IReadOnlyList<LogHit> hits, LogHit main)
    {
        var group = hits.Where(hit => ReferenceEquals(hit, main) || SameRequest(hit, main)).ToList();
        var messages = group.Where(hit => hit.Match is not null).OrderByDescending(hit => ReferenceEquals(hit, main)).ThenBy(hit => hit.At).ThenBy(hit => hit.Record.Offset).DistinctBy(hit => hit.Match!.Row).Take(8).ToList();
        var access = main.Record.IsAccess ? main.Record : group.Where(hit => hit.Record.IsAccess && IsRefusal(hit)).Select(hit => hit.Record).FirstOrDefault();
        return new LoggedRefusal { Link = link, Access = access, Messages = messages, At = main.At };
    }

    private static bool SameRequest(LogHit one, LogHit other)
    {
        var (a, b) = (one.Record, other.Record);
        if (a.RequestId is { } id && b.RequestId is { } otherId && a.File == b.File) return id == otherId;
        if (a.Target is { } target && b.Target is { } otherTarget && !SamePath(Decoded(target), Decoded(otherTarget))) return false;
        if (a.Client is { } client && b.Client is { } otherClient && !client.Equals(otherClient)) return false;
        if (a.File == b.File && a.Thread is { } thread && b.Thread is { } otherThread && thread != otherThread) return false;
        return one.At is not { } at || other.At is not { } otherAt || (at - otherAt).Duration() <= Together;
    }

    /// <summary>Whether the line names this request, another one, or none.</summary>
    private Fit AboutIt(LogHit hit)
    {
        var record = hit.Record;
        if (record.Server is LogServer.Fail2ban or LogServer.CrowdSec) return IsBan(hit) ? Fit.Yes : Fit.No;
        if (user is not null && (hit.Match?["user"] ?? record.User) is { } named && named != user && (hit.Match is null || hit.Match.Row.Answers == 401)) return Fit.No;
        if (method is not null && record.Method is { } other && !other.Equals(method, StringComparison.OrdinalIgnoreCase)) return Fit.No;
        if (path is null) return Fit.Unsaid;
        if (record.Target is { } target) return SamePath(Decoded(target), path) || (path.Length > Decoded(target).Length && target.Length > 1 && path.EndsWith(Decoded(target), StringComparison.Ordinal)) ? Fit.Yes : Fit.No;
        if (hit.Match?["path"] is { } file) return path is "/" || file.Contains(path.TrimEnd('/'), StringComparison.Ordinal) || path.EndsWith("/" + Path.GetFileName(file.TrimEnd('/')), StringComparison.Ordinal) ? Fit.Yes : Fit.Elsewhere;
        return Fit.Unsaid;
    }

    /// <summary>One is the other, or the file that httpd looks for in the directory that was asked for.</summary>
    private static bool SamePath(string logged, string asked)
    {
        if (logged == asked || logged.TrimEnd('/') == asked.TrimEnd('/')) return true;
        return asked.EndsWith('/') && logged.StartsWith(asked, StringComparison.Ordinal) && !logged.AsSpan(asked.Length).Contains('/');
    }

    private bool FitsStatus(LogHit hit)
    {
        var status = exchange?.Status;
        if (hit.Record.IsAccess && hit.Record.Status is { } logged) return status is null || logged == status;
        // A refusal may be shown as 404; then the line has to name the path.
        return hit.Match is null || hit.Match.Row.Fits(status) || (status is 404 && hit.Match.Row.Answers is 401 or 403 && AboutIt(hit) == Fit.Yes);
    }

    private bool IsBan(LogHit hit) => hit.Match is { } match && match.Row.Cause == Causes.Network.IpBanned && match["ip"] is { } ip && Values.Client(ip) is { } address && clients.Contains(address);

    private static bool IsRefusal(LogHit hit) =>
        hit.Match is { Row.Answers: not 200 } || (hit.Record.IsAccess && hit.Record.Status is 401 or 403 or 407 or 419 or 421 or 429 or 495 or 496);

    /// <summary>A message that proves before one that hints; a message before a bare status.</summary>
    private static int Rank(LogHit hit) => hit.Match is { } match ? (int)match.Row.Certainty + 1 : 0;

    /// <summary>What browsers ask for by themselves is seldom what is meant.</summary>
    private static bool IsSideShow(string? target) =>
        target is not null && (target.StartsWith("/favicon", StringComparison.OrdinalIgnoreCase) || target.StartsWith("/apple-touch-icon", StringComparison.Ordinal) || target.StartsWith("/robots.txt", StringComparison.Ordinal));

    private static string Decoded(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return Uri.UnescapeDataString(query < 0 ? target : target[..query]);
    }

    private static HashSet<IPAddress> Clients(Question question, Exchange? exchange)
    {
        var found = new HashSet<IPAddress>();
        if (question.From is { } from) found.Add(from);
        if (exchange?.From is { } own) found.Add(own);
        foreach (var header in question.Headers)
            if (header.Key.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase) || header.Key.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase))
                foreach (var part in header.Value.Split(','))
                    if (Values.Client(part.Trim()) is { } address) found.Add(address);
        return found;
    }

    /// <summary>The user name of a Basic header that was sent; null: none, or not readable.</summary>
    private static string? SentUser(Exchange? exchange)
    {
        if (exchange?.Request.Value("Authorization") is not { } value || !value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        var octets = new byte[value.Length];
        if (!Convert.TryFromBase64String(value[6..].Trim(), octets, out var length)) return null;
        var colon = octets.AsSpan(0, length).IndexOf((byte)':');
        return colon > 0 ? System.Text.Encoding.UTF8.GetString(octets, 0, colon) : null;
    }

    /// <summary>Ids that the answer or the request carries under the usual names.</summary>
    private static HashSet<string> Ids(Exchange? exchange)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (exchange is null) return found;
        foreach (var field in (exchange.Answer?.Fields ?? []).Concat(exchange.Request.Fields))
        {
            var name = field.Name;
            if ((name.EndsWith("request-id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("correlation-id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("trace-id", StringComparison.OrdinalIgnoreCase)
                || name.Equals("X-Unique-ID", StringComparison.OrdinalIgnoreCase) || name.EndsWith("incident", StringComparison.OrdinalIgnoreCase) || name.Equals("CF-RAY", StringComparison.OrdinalIgnoreCase)) && field.Value.Length >= 6)
                found.Add(field.Value);
            if (name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) && field.Value.Split('-') is [_, { Length: 32 } trace, ..]) found.Add(trace);
        }

        return found;
    }
}
