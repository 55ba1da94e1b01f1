using System.Net;
using System.Text;
using Gatehouse.Addresses;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Evaluation;

namespace Gatehouse.Doctor.Nginx;

/// <summary>This machine's files as a worker of nginx meets them: what the kernel would answer to its account, read from modes, ACLs and links.</summary>
/// <param name="accounts">The system's users.</param>
/// <param name="worker">The workers' account; null: not known, so that only what everybody may do is told.</param>
/// <param name="moved">Folders that lie elsewhere here than the configuration says: its document root, and --site.</param>
internal sealed class DiskFiles(Accounts accounts, ServerAccount? worker, (string Root, string Site)? moved = null) : INginxFiles
{
    /// <summary>Password files are read up to this size; nginx itself reads on.</summary>
    private const int MaxRead = 16 << 20;

    private static readonly ServerAccount Nobody = new("?", uint.MaxValue, uint.MaxValue, new HashSet<uint> { uint.MaxValue });

    /// <inheritdoc/>
    public FileLook Stat(string path) => Look(path, read: false, LinkRule.Follow, 0);

    /// <inheritdoc/>
    public FileLook Open(string path, LinkRule links, int from) => Look(path, read: true, links, from);

    /// <inheritdoc/>
    public byte[]? Read(string path, out FileAnswer answer)
    {
        var look = Look(path, read: true, LinkRule.Follow, 0);
        answer = look.Answer;
        if (answer != FileAnswer.Found) return null;
        if (look.Kind != FileKind.File)
        {
            answer = look.Kind == FileKind.Directory ? FileAnswer.NotADirectory : FileAnswer.Unknown;
            return null;
        }

        try
        {
            using var stream = new FileStream(Here(path), new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete });
            if (stream.Length <= MaxRead)
            {
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return bytes;
            }
        }
        catch (IOException)
        {
            // Said below: it can't be told.
        }
        catch (UnauthorizedAccessException)
        {
            // The worker may read it and we may not.
        }

        answer = FileAnswer.Unknown;
        return null;
    }

    /// <inheritdoc/>
    public string? Country(string database, IPAddress address, out string? problem)
    {
        using var opened = CountryDatabase.Open(Here(database), out problem);
        if (opened is null)
        {
            problem ??= $"`{database}` can't be read";
            return null;
        }

        var found = opened.Find(address);
        problem = found.Error;
        return found.Country;
    }

    /// <summary>The path on this machine of a path of the configuration.</summary>
    public string Here(string path)
    {
        var text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(path));
        if (moved is not { } move || !text.StartsWith(move.Root, StringComparison.Ordinal)) return text;
        return text.Length == move.Root.Length || text[move.Root.Length] == '/' ? move.Site.TrimEnd('/') + text[move.Root.Length..] : text;
    }

    private FileLook Look(string path, bool read, LinkRule links, int from)
    {
        if (!Kernel.IsHere) return default;
        var here = Here(path);
        if (here.Length > 4095 || here.Split('/').Any(part => Encoding.UTF8.GetByteCount(part) > 255)) return new(FileAnswer.NameTooLong);
        if (here.Contains('\0', StringComparison.Ordinal)) return default;
        // A path that ends in a slash means a directory.
        var mustBeDirectory = here.Length > 1 && here.EndsWith('/');
        var walk = PathWalk.Look(here, accounts);
        var beginning = links != LinkRule.Follow && from > 0 ? here[..Math.Min(from, here.Length)] : null;
        foreach (var element in walk.Elements)
        {
            var last = ReferenceEquals(element, walk.Elements[^1]) && walk.End == WalkEnd.Reached;
            if (element.Kind == FileKind.Link)
            {
                // The part that `from` names is resolved as usual.
                if (links == LinkRule.Follow || (beginning is not null && beginning.StartsWith(element.Path, StringComparison.Ordinal))) continue;
                // Linux says of a link that is to be a directory and must not be followed that it is none.
                if (links == LinkRule.Never) return new(element.Path == here.TrimEnd('/') && !mustBeDirectory ? FileAnswer.LinkRefused : FileAnswer.LinkAsDirectory);
                var target = PathWalk.Look(element.Path, accounts).Target;
                if (target is not null && target.Uid != element.Uid) return new(FileAnswer.LinkRefused);
                continue;
            }

            if (element.Kind == FileKind.Directory && !last && !Granted(element, Need.Search)) return Refused(element);
        }

        switch (walk.End)
        {
            case WalkEnd.Missing:
                return new(FileAnswer.NotFound);
            case WalkEnd.NotADirectory:
                return new(FileAnswer.NotADirectory);
            case WalkEnd.TooManyLinks:
                return new(FileAnswer.TooManyLinks);
            case WalkEnd.NotAllowed or WalkEnd.Fault:
                return default;
        }

        var end = walk.Target!;
        if (mustBeDirectory && end.Kind != FileKind.Directory) return new(FileAnswer.NotADirectory);
        if (read && !Granted(end, Need.Read)) return Refused(end);
        return new(FileAnswer.Found, end.Kind, (end.Mode & 0x40) != 0);
    }

    private bool Granted(PathElement element, Need need) => Permission.Judge(element, worker ?? Nobody, need).Granted;

    /// <summary>Of an account that is not known a refusal can't be told.</summary>
    private FileLook Refused(PathElement element)
    {
        _ = element;
        return worker is null ? default : new(FileAnswer.Denied);
    }
}
