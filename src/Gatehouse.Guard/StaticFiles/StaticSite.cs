using System.Collections.Concurrent;
using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>What a static site serves, and how.</summary>
public sealed record StaticSiteSettings
{
    /// <summary>The folder.</summary>
    public required string Root { get; init; }

    /// <summary>The files that stand for their folder, first that exists wins.</summary>
    public IReadOnlyList<string> IndexFiles { get; init; } = ["index.html", "index.htm"];

    /// <summary>Serves folders with a .htaccess file as if it were not there; otherwise they are refused.</summary>
    public bool IgnoresHtaccess { get; init; }

    /// <summary>How long an answer from memory may lag behind the disk: changes, removals and permissions. Zero: every request asks the disk.</summary>
    public TimeSpan RecheckAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Files up to this size are kept in memory.</summary>
    public int SmallFileSizeInBytes { get; init; } = 64 * 1024;

    /// <summary>The rules that decide again where another file is served than was asked for; null: none do.</summary>
    public AccessPolicy? Policy { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>
/// Serves a folder. The path comes from the facts alone, the kernel keeps it beneath the folder, and a file that can't be
/// served is refused with the element of the path that is at fault. Small files are kept in memory and asked after once a second.
/// </summary>
public sealed class StaticSite
{
    /// <summary>Together with the size of a small file this bounds the memory: 4096 files of 64 KiB.</summary>
    private const int MaximumKept = 4096;

    private static readonly (string Coding, string Ending)[] Codings = [("br", ".br"), ("zstd", ".zst"), ("gzip", ".gz")];

    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Bytes = "bytes";
    private static readonly StringValues PrivateOnly = "private, no-cache";
    private static readonly StringValues VaryByCoding = "Accept-Encoding";

    private readonly StaticSiteSettings _settings;
    private readonly SiteFolder _folder;
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>Serves that folder.</summary>
    public StaticSite(StaticSiteSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("static sites need Linux: nowhere else a path can be opened beneath a folder");
        _settings = settings;
        _folder = new(settings.Root, settings.IgnoresHtaccess);
    }

    /// <summary>Answers a request that the policy allows; see <see cref="SiteContent"/>.</summary>
    public ValueTask<Refusal?> ServeAsync(HttpContext context, Facts facts, Identity? who)
    {
        if (facts.Method is not ("GET" or "HEAD")) return new(WrongMethod(facts, who));
        if (_kept.TryGetValue(facts.Path, out var kept) && (!kept.IsStale(_settings) || (_settings.RecheckAfter > TimeSpan.Zero && !kept.TryClaim())))
            return Closed(facts, who, kept.Path, kept.Plain.Target) is { } closed ? new(closed) : SendAsync(context, facts, who, kept, null);
        try
        {
            return LookUp(context, facts, who);
        }
        finally
        {
            // INVARIANT: what was claimed is renewed, replaced or forgotten, however the look-up ended; else it would be served for ever.
            if (kept is { IsClaimed: true }) _kept.TryRemove(KeyValuePair.Create(facts.Path, kept));
        }
    }

    /// <summary>Where nothing is, no method would be right: a missing file answers the same whatever the method.</summary>
    private Refusal WrongMethod(Facts facts, Identity? who)
    {
        var found = _folder.Open(facts.Path);
        (found as Found.File)?.Handle.Dispose();
        return found is Found.File or Found.Folder
            ? new Refusal { Status = StatusCodes.Status405MethodNotAllowed, Incident = Incident.NewId(), Facts = facts, Who = who, Allow = "GET, HEAD" }
            : Refused(found, facts, who);
    }

    private ValueTask<Refusal?> LookUp(HttpContext context, Facts facts, Identity? who)
    {
        var path = facts.Path;
        var found = _folder.Open(path);
        if (found is Found.Folder)
        {
            if (!path.EndsWith('/')) return Redirect(context, path);
            foreach (var index in _settings.IndexFiles)
            {
                found = _folder.Open(path + index);
                if (found is not (Found.Nothing or Found.Folder))
                {
                    path += index;
                    break;
                }
            }

            if (found is Found.Nothing or Found.Folder) found = new Found.Refused(Files.DirectoryNoIndex, Path.Join(_folder.Root, path), $"none of {string.Join(", ", _settings.IndexFiles)} is in this folder, and listings are off");
        }

        if (found is not Found.File file)
        {
            _kept.TryRemove(facts.Path, out _);
            return new(Refused(found, facts, who));
        }

        if (Closed(facts, who, path, file.Target) is { } closed)
        {
            file.Handle.Dispose();
            return new(closed);
        }

        if (StandsForAnother(file.Target ?? path) is { } other)
        {
            file.Handle.Dispose();
            return new(Refused(new Found.Refused(Files.ResourceDenied, Path.Join(_folder.Root, path), $"this is the compressed form of `{other}`, which alone is judged: ask for that one with Accept-Encoding"), facts, who));
        }

        var handle = file.Handle;
        try
        {
            if (Keep(facts.Path, path, file) is not { } kept) return new(Refused(new Found.Failed($"`{path}` changed while it was read"), facts, who));
            if (kept.Plain.Bytes is not null) return SendAsync(context, facts, who, kept, null);
            handle = null;
            return SendAndCloseAsync(context, facts, who, kept, file.Handle);
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>A rule that names the index file itself holds for its folder's address too. One for all below does not: <c>/: anyone</c> is written to make an exception from it. Where a link leads to a file with a path of its own, that path must be open too.</summary>
    private Refusal? Closed(Facts facts, Identity? who, string path, string? target)
    {
        if (target is not null && _settings.Policy is { } rules && OtherPath.Judge(rules, facts, who, target, "a link", indexIsFree: false) is { } closed) return closed;
        if (_settings.Policy is not { } policy || string.Equals(path, facts.Path, StringComparison.Ordinal)) return null;
        var other = facts with { Path = path };
        if (policy.RuleFor(other) is not { Pattern: { } pattern } || pattern.EndsWith("/**", StringComparison.Ordinal) || policy.Evaluate(other, who) == Verdict.Allow) return null;
        return new Refusal { Status = StatusCodes.Status403Forbidden, Incident = Incident.NewId(), Facts = other, Who = who, Elsewhere = other };
    }

    /// <summary>Takes up what was found, with its compressed forms; small files stay in memory.</summary>
    private Kept? Keep(string key, string path, Found.File file)
    {
        if (_kept.TryGetValue(key, out var known) && known.Plain.State == file.State && known.Plain.Target == file.Target && known.Path == path && known.FormsAreCurrent(this))
        {
            known.Renew(_settings);
            return known;
        }

        StringValues type = ContentTypes.Of(path);
        if (ServedFile.Read(file, type, null, _settings.SmallFileSizeInBytes) is not { } plain) return null;
        var kept = new Kept(path, plain, [.. Forms(path, plain, type)], _settings);
        if (plain.Bytes is null) return kept;
        if (_kept.Count >= MaximumKept) _kept.Clear();
        _kept[key] = kept;
        return kept;
    }

    /// <summary>The compressed siblings that are not older than the file: <c>x.br</c>, <c>x.zst</c>, <c>x.gz</c>. The rule of <c>x</c> has allowed them.</summary>
    private List<ServedFile> Forms(string path, ServedFile plain, StringValues type)
    {
        var forms = new List<ServedFile>();
        foreach (var (coding, ending) in Codings)
        {
            if (_folder.Open(path + ending) is not Found.File file) continue;
            using (file.Handle)
            {
                // A link among them that leads elsewhere than the file lies was allowed by no rule.
                if (file.Target != (plain.Target is null ? null : plain.Target + ending)) continue;
                if (file.State.Modified >= plain.State.Modified && ServedFile.Read(file, type, coding, _settings.SmallFileSizeInBytes) is { Bytes: not null } form) forms.Add(form);
            }
        }

        return forms;
    }

    private string? StandsForAnother(string path)
    {
        foreach (var (_, ending) in Codings)
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && _folder.Has(path[..^ending.Length])) return path[..^ending.Length];
        return null;
    }

    private async ValueTask<Refusal?> SendAndCloseAsync(HttpContext context, Facts facts, Identity? who, Kept kept, SafeFileHandle handle)
    {
        using (handle)
            return await SendAsync(context, facts, who, kept, handle);
    }

    private static ValueTask<Refusal?> SendAsync(HttpContext context, Facts facts, Identity? who, Kept kept, SafeFileHandle? handle)
    {
        var request = context.Request;
        var asked = request.Headers;
        var response = context.Response;
        var headers = response.Headers;
        var file = kept.Forms.Count == 0 || asked.Range.Count > 0 ? kept.Plain : Negotiated(asked.AcceptEncoding, kept);
        headers.ETag = file.EntityTag;
        headers.LastModified = file.LastModified;
        headers.XContentTypeOptions = NoSniff;
        if (kept.Forms.Count > 0) headers.Vary = VaryByCoding;
        if (who is not null) headers.CacheControl = PrivateOnly;
        if (Precondition(asked, file) is var precondition and not 0)
        {
            response.StatusCode = precondition;
            return default;
        }

        headers.ContentType = file.ContentType;
        headers.AcceptRanges = Bytes;
        if (file.Coding is not null) headers.ContentEncoding = file.Coding;
        var (first, last) = (0L, file.Size - 1);
        if (asked.Range.Count == 1 && MayBePart(asked.IfRange, file))
        {
            switch (ByteRange.Read(asked.Range.ToString(), file.Size, out first, out last))
            {
                case RangeAnswer.Whole:
                    (first, last) = (0, file.Size - 1);
                    break;
                case RangeAnswer.Part:
                    response.StatusCode = StatusCodes.Status206PartialContent;
                    headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{last}/{file.Size}");
                    break;
                case RangeAnswer.Outside:
                    response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                    headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Size}");
                    headers.ContentType = default;
                    response.ContentLength = 0;
                    return default;
            }
        }

        var length = last - first + 1;
        response.ContentLength = length;
        if (facts.Method.Length == 4 || length == 0) return default;
        if (file.Bytes is { } bytes)
        {
            var writer = response.BodyWriter;
            bytes.AsSpan((int)first, (int)length).CopyTo(writer.GetSpan((int)length));
            writer.Advance((int)length);
            return default;
        }

        return CopyAsync(context, handle!, first, length);
    }

    private static async ValueTask<Refusal?> CopyAsync(HttpContext context, SafeFileHandle handle, long at, long length)
    {
        var writer = context.Response.BodyWriter;
        while (length > 0)
        {
            var memory = writer.GetMemory(64 * 1024);
            var read = await RandomAccess.ReadAsync(handle, memory[..(int)Math.Min(length, memory.Length)], at, context.RequestAborted);
            if (read == 0)
            {
                // The file became shorter than what was promised.
                context.Abort();
                return null;
            }

            writer.Advance(read);
            (at, length) = (at + read, length - read);
            var flushed = await writer.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted || flushed.IsCanceled) return null;
        }

        return null;
    }

    // RFC 9110 section 13.2.2; 0: the request is answered as if it had no preconditions
    private static int Precondition(IHeaderDictionary asked, ServedFile file)
    {
        if (asked.IfMatch.Count > 0)
        {
            if (!Names(asked.IfMatch, file, weakly: false)) return StatusCodes.Status412PreconditionFailed;
        }
        else if (asked.IfUnmodifiedSince.Count == 1 && TryDate(asked.IfUnmodifiedSince.ToString(), out var unmodified) && Seconds(file.State.Modified) > Seconds(unmodified))
        {
            return StatusCodes.Status412PreconditionFailed;
        }

        if (asked.IfNoneMatch.Count > 0) return Names(asked.IfNoneMatch, file, weakly: true) ? StatusCodes.Status304NotModified : 0;
        return asked.IfModifiedSince.Count == 1 && TryDate(asked.IfModifiedSince.ToString(), out var modified) && Seconds(file.State.Modified) <= Seconds(modified) ? StatusCodes.Status304NotModified : 0;
    }

    // If-Range = entity-tag / HTTP-date (RFC 9110 section 13.1.5): strong comparison, exact date
    private static bool MayBePart(StringValues condition, ServedFile file)
    {
        if (condition.Count == 0) return true;
        var text = condition.ToString();
        if (text.StartsWith('"')) return string.Equals(text, file.EntityTag.ToString(), StringComparison.Ordinal);
        return TryDate(text, out var date) && Seconds(date) == Seconds(file.State.Modified);
    }

    private static bool Names(StringValues tags, ServedFile file, bool weakly)
    {
        var own = file.EntityTag.ToString();
        foreach (var line in tags)
        {
            foreach (var item in line.AsSpan().Split(','))
            {
                var tag = line.AsSpan()[item].Trim();
                if (tag is "*") return true;
                if (weakly && tag.StartsWith("W/")) tag = tag[2..];
                if (tag.SequenceEqual(own)) return true;
            }
        }

        return false;
    }

    private static bool TryDate(string text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);

    private static long Seconds(DateTimeOffset moment) => moment.ToUnixTimeSeconds();

    /// <summary>The first form in our order that the client takes with the highest quality (RFC 9110 section 12.5.3).</summary>
    private static ServedFile Negotiated(StringValues accepted, Kept kept)
    {
        var best = kept.Plain;
        var bestQuality = 0.0;
        foreach (var form in kept.Forms)
        {
            foreach (var line in accepted)
            {
                foreach (var item in line.AsSpan().Split(','))
                {
                    var coding = line.AsSpan()[item].Trim();
                    var parameter = coding.IndexOf(';');
                    var name = parameter < 0 ? coding : coding[..parameter].TrimEnd();
                    if (!name.Equals(form.Coding, StringComparison.OrdinalIgnoreCase)) continue;
                    var quality = 1.0;
                    if (parameter >= 0 && coding[(parameter + 1)..].Trim() is var weight && weight.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
                        _ = double.TryParse(weight[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out quality);
                    if (quality > bestQuality) (best, bestQuality) = (form, quality);
                }
            }
        }

        return best;
    }

    /// <summary>To the same folder with a slash, so that relative links on its page lead where they should. The path is canonical: it can't begin with two slashes.</summary>
    private static ValueTask<Refusal?> Redirect(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = CanonicalPath.Encode(path) + "/" + context.Request.QueryString.Value;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.ContentLength = 0;
        return default;
    }

    private static Refusal Refused(Found found, Facts facts, Identity? who)
    {
        var incident = Incident.NewId();
        return found switch
        {
            Found.Refused refused => new Refusal
            {
                Status = StatusCodes.Status403Forbidden,
                Incident = incident,
                Facts = facts,
                Who = who,
                Finding = new Finding
                {
                    Cause = refused.Cause,
                    Confidence = 1,
                    Summary = $"{refused.Where}: {refused.What}",
                    Evidence = [new Evidence(refused.Cause == Files.SymlinkRefused ? EvidenceKind.FileLink : EvidenceKind.FileMode, refused.Where, refused.What)],
                    Remedies = Remedies.For(refused),
                },
            },
            Found.Failed failed => new Refusal { Status = StatusCodes.Status503ServiceUnavailable, Incident = incident, Facts = facts, Who = who, Detail = failed.Reason },
            _ => new Refusal { Status = StatusCodes.Status404NotFound, Incident = incident, Facts = facts, Who = who },
        };
    }

    /// <summary>A file in memory with its compressed forms, and until when it is taken to be as on the disk.</summary>
    private sealed class Kept(string path, ServedFile plain, IReadOnlyList<ServedFile> forms, StaticSiteSettings settings)
    {
        private long _checkedAt = settings.Time.GetTimestamp();
        private int _claimed;

        public string Path { get; } = path;

        public ServedFile Plain { get; } = plain;

        public IReadOnlyList<ServedFile> Forms { get; } = forms;

        public bool IsStale(StaticSiteSettings settings) => settings.Time.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= settings.RecheckAfter;

        /// <summary>One request at a time asks the disk; unless every request is to ask it, the others are served meanwhile.</summary>
        public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

        public bool IsClaimed => Volatile.Read(ref _claimed) != 0;

        public void Renew(StaticSiteSettings settings)
        {
            Volatile.Write(ref _checkedAt, settings.Time.GetTimestamp());
            Volatile.Write(ref _claimed, 0);
        }

        /// <summary>Whether the compressed forms are still the same.</summary>
        public bool FormsAreCurrent(StaticSite site)
        {
            var now = site.Forms(Path, Plain, Plain.ContentType);
            if (now.Count != Forms.Count) return false;
            for (var i = 0; i < now.Count; i++)
                if (now[i].State != Forms[i].State) return false;
            return true;
        }
    }
}
