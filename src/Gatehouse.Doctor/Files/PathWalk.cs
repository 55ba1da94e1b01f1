using System.Text;

namespace Gatehouse.Doctor.Files;

/// <summary>How a walk along a path ended.</summary>
public enum WalkEnd
{
    /// <summary>The last element was reached.</summary>
    Reached = 0,

    /// <summary>An element does not exist.</summary>
    Missing,

    /// <summary>We ourselves may not look further.</summary>
    NotAllowed,

    /// <summary>An element before the last is no directory.</summary>
    NotADirectory,

    /// <summary>Links in a circle, or more than forty of them.</summary>
    TooManyLinks,

    /// <summary>Another fault of the system.</summary>
    Fault,
}

/// <summary>Every element from the root to a path's end, links followed one by one: what <c>namei -l</c> prints.</summary>
/// <param name="Path">The path that was asked for, absolute.</param>
/// <param name="Elements">In the order in which the kernel meets them; directories are met once.</param>
/// <param name="End">How it ended.</param>
/// <param name="At">The element at which it ended, where it was not reached.</param>
public sealed record PathWalk(string Path, IReadOnlyList<PathElement> Elements, WalkEnd End, string? At) : Observation
{
    /// <summary>The kernel's own limit (path_resolution(7)).</summary>
    private const int MaxLinks = 40;

    /// <summary>PATH_MAX elements would need 4096 slashes; nothing sane has more than this.</summary>
    private const int MaxElements = 1024;

    /// <summary>The last element, where it was reached.</summary>
    public PathElement? Target => End == WalkEnd.Reached ? Elements[^1] : null;

    /// <summary>Walks from the root.</summary>
    public static PathWalk Look(string path, Accounts accounts)
    {
        var full = System.IO.Path.GetFullPath(path);
        var elements = new List<PathElement>();
        var met = new HashSet<string>(StringComparer.Ordinal);
        var rest = new Stack<string>(full.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var here = "/";
        if (Element("/", accounts, out _) is { } root) elements.Add(root);
        for (var links = 0; rest.Count > 0;)
        {
            if (elements.Count > MaxElements) return new(full, elements, WalkEnd.TooManyLinks, here);
            var name = rest.Pop();
            if (name == "..")
            {
                here = System.IO.Path.GetDirectoryName(here) ?? "/";
                continue;
            }

            var next = here == "/" ? "/" + name : $"{here}/{name}";
            var element = Element(next, accounts, out var errno);
            if (element is null)
            {
                return new(full, elements, errno switch { Kernel.NotFound => WalkEnd.Missing, Kernel.AccessDenied => WalkEnd.NotAllowed, Kernel.NotADirectory => WalkEnd.NotADirectory, Kernel.TooManyLinks => WalkEnd.TooManyLinks, _ => WalkEnd.Fault }, next);
            }

            if (met.Add(next) || element.Kind != FileKind.Directory) elements.Add(element);
            if (element.Kind != FileKind.Link || element.LinkTarget is null)
            {
                here = next;
                continue;
            }

            if (++links > MaxLinks) return new(full, elements, WalkEnd.TooManyLinks, next);
            if (element.LinkTarget.StartsWith('/')) here = "/";
            foreach (var part in element.LinkTarget.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                if (part != ".") rest.Push(part);
        }

        return new(full, elements, WalkEnd.Reached, null);
    }

    /// <summary>One element by itself, links not followed; null with the errno where it can't be seen.</summary>
    public static PathElement? Element(string path, Accounts accounts, out int errno)
    {
        if (Kernel.Look(path, out errno) is not { } stat) return null;
        var kind = (stat.Mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Link,
            0x1000 => FileKind.Fifo,
            0xC000 => FileKind.Socket,
            0x2000 or 0x6000 => FileKind.Device,
            _ => FileKind.Unknown,
        };
        return new PathElement
        {
            Path = path,
            Kind = kind,
            Mode = stat.Mode & 0xFFF,
            Uid = stat.Uid,
            Gid = stat.Gid,
            Owner = accounts.UserName(stat.Uid),
            Group = accounts.GroupName(stat.Gid),
            SizeInBytes = (long)stat.Size,
            Names = stat.Links,
            LinkTarget = kind == FileKind.Link ? Kernel.LinkTarget(path) : null,
            Acl = kind != FileKind.Link && Kernel.Attribute(path, "system.posix_acl_access") is { } raw && PosixAcl.TryRead(raw, out var acl) ? acl : null,
            Label = Kernel.Attribute(path, "security.selinux") is { } label ? Encoding.UTF8.GetString(label).TrimEnd('\0') : null,
        };
    }
}
