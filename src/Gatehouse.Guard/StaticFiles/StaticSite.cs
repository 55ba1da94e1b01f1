using System.Collections.Concurrent;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>
/// Serves a folder. The path comes from the facts alone, the kernel keeps it beneath the folder, and a file that can't be
/// served is refused with the element of the path that is at fault. Small files are kept in memory and asked after once a second.
/// </summary>
public sealed class StaticSite
{
    /// <summary>Together with the size of a small file this bounds the memory: 4096 files of 64 KiB.</summary>
    private const int MaximumKept = 4096;

    private static readonly (string Coding, string Ending)[] Codings = [("br", ".br"), ("zstd", ".zst"), ("gzip", ".gz")];

    private readonly StaticSiteSettings _settings;
    private readonly SiteFolder _folder;
    private readonly ConcurrentDictionary<string, KeptFile> _kept = new(StringComparer.Ordinal);

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
            return Closed(facts, who, kept.Path, kept.Plain.Target) is { } closed ? new(closed) : FileAnswer.SendAsync(context, facts, who, kept, null);
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
            if (kept.Plain.Bytes is not null) return FileAnswer.SendAsync(context, facts, who, kept, null);
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
    private KeptFile? Keep(string key, string path, Found.File file)
    {
        if (_kept.TryGetValue(key, out var known) && known.Plain.State == file.State && known.Plain.Target == file.Target && known.Path == path && known.HasForms(Forms(known.Path, known.Plain, known.Plain.ContentType)))
        {
            known.Renew(_settings);
            return known;
        }

        StringValues type = ContentTypes.Of(path);
        if (ServedFile.Read(file, type, null, _settings.SmallFileSizeInBytes) is not { } plain) return null;
        var kept = new KeptFile(path, plain, [.. Forms(path, plain, type)], _settings);
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

    private async ValueTask<Refusal?> SendAndCloseAsync(HttpContext context, Facts facts, Identity? who, KeptFile kept, SafeFileHandle handle)
    {
        using (handle)
            return await FileAnswer.SendAsync(context, facts, who, kept, handle);
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
}
