using Gatehouse.Causes;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>What a path of the site leads to.</summary>
internal abstract record Found
{
    private Found()
    {
    }

    /// <summary>A regular file, open for reading; whoever takes it disposes of it.</summary>
    /// <param name="Handle">Of the open file.</param>
    /// <param name="State">What it was when it was opened.</param>
    /// <param name="Target">The path of the site at which it really lies, where a link on the way leads to another than was asked for; null: no link does.</param>
    public sealed record File(SafeFileHandle Handle, FileState State, string? Target) : Found;

    /// <summary>A folder.</summary>
    public sealed record Folder : Found;

    /// <summary>Nothing is there.</summary>
    public sealed record Nothing : Found;

    /// <summary>It is not served: 403.</summary>
    /// <param name="Cause">Why.</param>
    /// <param name="Where">The element of the path that is at fault.</param>
    /// <param name="What">What is so there.</param>
    public sealed record Refused(Cause Cause, string Where, string What) : Found;

    /// <summary>The file system failed: 503.</summary>
    public sealed record Failed(string Reason) : Found;
}

/// <summary>
/// Opens files below one folder. The kernel resolves the path beneath the folder's own handle, so that no link and no
/// rename between looking and reading can lead out of it; what is read is what was looked at.
/// </summary>
internal sealed class SiteFolder(string root, bool ignoresHtaccess)
{
    /// <summary>What the kernel writes behind the path of a file that has none any more.</summary>
    private const string Unlinked = " (deleted)";

    /// <summary>Set where the kernel has no openat2 (before Linux 5.6, or a sandbox that forbids it): names are then opened one by one and no link is followed at all.</summary>
    private bool _walks;

    /// <summary>The folder as configured.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Looks a canonical path up; one that ends in a slash leads only to a folder.</summary>
    public Found Open(string path)
    {
        var relative = path.Trim('/');
        if (HiddenNames.Refuses(relative) is { } hidden) return new Found.Refused(Files.ResourceDenied, path, hidden);
        using var folder = Kernel.OpenRoot(Root, out var error);
        if (folder is null) return Explain(relative, error);
        if (!ignoresHtaccess && HtaccessOn(folder, relative) is { } htaccess)
            return new Found.Refused(Configuration.HtaccessIgnored, Path.Combine(Root, htaccess), "this folder has a .htaccess file whose rules are not obeyed yet; what it may protect is refused (`htaccess: ignore` serves it regardless)");

        using var place = Open(folder, relative, Kernel.PathOnly, out error);
        if (place is null) return Explain(relative, error);
        if (!Kernel.TryState(place, out var state)) return new Found.Failed($"`{Full(relative)}` can't be looked at");
        if (state.IsDirectory) return new Found.Folder();
        if (path.EndsWith('/')) return new Found.Nothing();
        if (!state.IsRegular) return new Found.Refused(Files.ResourceDenied, Full(relative), "a device, FIFO or socket is not served");
        if (!TryTarget(folder, place, relative, out var target)) return new Found.Refused(Files.SymlinkRefused, Full(relative), "it can't be told where the link leads to");
        if (target is not null)
        {
            if (HiddenNames.Refuses(target) is not null) return new Found.Refused(Files.SymlinkRefused, Full(relative), $"the link leads to `{Full(target)}`, which is not served");
            if (!ignoresHtaccess && HtaccessOn(folder, target) is { } other)
                return new Found.Refused(Configuration.HtaccessIgnored, Path.Combine(Root, other), $"the link leads to `{Full(target)}`, below a .htaccess file whose rules are not obeyed yet; what it may protect is refused (`htaccess: ignore` serves it regardless)");
        }

        var handle = Open(folder, relative, Kernel.NonBlocking | Kernel.NoTerminal, out error);
        if (handle is null) return Explain(relative, error);
        if (Kernel.TryState(handle, out var opened) && opened.IsRegular && opened.Inode == state.Inode && opened.Device == state.Device) return new Found.File(handle, opened, target is null ? null : "/" + target);
        handle.Dispose();
        return new Found.Failed($"`{Full(relative)}` was replaced while it was opened");
    }

    /// <summary>Whether this account may pass into the folder at all; where not, nothing in it can be served.</summary>
    public bool IsSearchable()
    {
        using var folder = Kernel.OpenRoot(Root, out _);
        if (folder is null) return false;
        using var inside = Open(folder, ".", Kernel.PathOnly, out _);
        return inside is not null;
    }

    /// <summary>Whether a regular file is there, without opening it.</summary>
    public bool Has(string path)
    {
        using var folder = Kernel.OpenRoot(Root, out _);
        if (folder is null) return false;
        using var place = Open(folder, path.Trim('/'), Kernel.PathOnly, out _);
        return place is not null && Kernel.TryState(place, out var state) && state.IsRegular;
    }

    private SafeFileHandle? Open(SafeFileHandle folder, string relative, int flags, out int error)
    {
        if (relative.Length == 0) relative = ".";
        if (!_walks)
        {
            var handle = Kernel.OpenBeneath(folder, relative, flags, 0, out error);
            if (handle is not null || error is not (Kernel.NotImplemented or Kernel.NotPermitted)) return handle;
            _walks = true;
        }

        return Walk(folder, relative, flags, out error);
    }

    private static SafeFileHandle? Walk(SafeFileHandle folder, string relative, int flags, out int error)
    {
        var names = relative.Split('/');
        var current = folder;
        for (var i = 0; ; i++)
        {
            var last = i == names.Length - 1;
            var next = Kernel.OpenName(current, names[i], last ? flags : Kernel.PathOnly, out error);
            if (!ReferenceEquals(current, folder)) current.Dispose();
            if (next is null) return null;
            if (Kernel.TryState(next, out var state) && state.IsLink)
            {
                next.Dispose();
                error = Kernel.TooManyLinks;
                return null;
            }

            if (last) return next;
            current = next;
        }
    }

    /// <summary>The first .htaccess from the root down to the folder of the path; null: none.</summary>
    private string? HtaccessOn(SafeFileHandle folder, string relative)
    {
        for (var end = 0; ;)
        {
            var name = end == 0 ? ".htaccess" : $"{relative[..end]}/.htaccess";
            using (var place = Open(folder, name, Kernel.PathOnly, out var error))
            {
                if (place is not null) return name;
                if (error is Kernel.NotDirectory or Kernel.AccessDenied) return null;
                if (error is Kernel.CrossesOut or Kernel.TooManyLinks)
                {
                    // Either the folder itself is such a link, which is told later, or its .htaccess is: then somebody still meant to restrict it.
                    using var within = Open(folder, relative[..end], Kernel.PathOnly, out _);
                    return within is null ? null : name;
                }
            }

            if (end == relative.Length) return null;
            var next = relative.IndexOf('/', Math.Min(end + 1, relative.Length));
            end = next < 0 ? relative.Length : next;
        }
    }

    /// <summary>Where the path goes over a link within the root: the target's own path, relative to the root; null where none does.</summary>
    /// <returns>False where it can't be told.</returns>
    private bool TryTarget(SafeFileHandle folder, SafeFileHandle place, string relative, out string? target)
    {
        target = null;
        if (PathOf(place) is not { } real) return FirstLink(relative) is null;
        foreach (var ancestor in new[] { Root, PathOf(folder) ?? Root })
        {
            if (!real.StartsWith(ancestor.TrimEnd('/') + "/", StringComparison.Ordinal)) continue;
            target = real[(ancestor.TrimEnd('/').Length + 1)..];
            if (string.Equals(target, relative, StringComparison.Ordinal)) target = null;

            // What was unlinked this moment is found to be another file when it is opened.
            else if (string.Equals(target, relative + Unlinked, StringComparison.Ordinal)) target = null;
            return true;
        }

        return false;
    }

    /// <summary>Where an open file lies; null where the kernel does not say (no /proc).</summary>
    private static string? PathOf(SafeFileHandle file) => File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName;

    /// <summary>What the kernel's error means, with the element of the path that is at fault.</summary>
    private Found Explain(string relative, int error) => error switch
    {
        Kernel.AccessDenied => Denied(relative),
        Kernel.CrossesOut => Link(relative, "a symbolic link leads out of the site's folder"),
        Kernel.TooManyLinks => Link(relative, _walks ? "a symbolic link, and this system can't follow it safely" : "a symbolic link leads in a circle or into the kernel's own files"),
        Kernel.NoEntry => (Found?)DanglingLink(relative) ?? new Found.Nothing(),
        Kernel.NotDirectory or Kernel.NameTooLong => new Found.Nothing(),
        Kernel.NoDevice => new Found.Refused(Files.ResourceDenied, Full(relative), "a device, FIFO or socket is not served"),
        _ => new Found.Failed($"`{Full(relative)}` can't be opened: error {error} of the system"),
    };

    private Found.Refused Denied(string relative)
    {
        var user = $"{Kernel.EffectiveUserId()}:{Kernel.EffectiveGroupId()}";
        var full = Full(relative);
        for (var end = full.IndexOf('/', 1); ; end = full.IndexOf('/', end + 1))
        {
            var folder = end < 0 ? full : full[..end];
            var isFile = end < 0 && Kernel.TryState(folder, out var state) && !state.IsDirectory;
            if (isFile) break;
            if (!Kernel.MayAccess(folder, 1)) return new(Files.DirectoryNotSearchable, folder, $"{Bits(folder)}; this process runs as {user} and can't pass through it");
            if (end < 0) break;
        }

        return new(Files.FileNotReadable, full, $"{Bits(full)}; this process runs as {user} and can't read it");
    }

    private Found.Refused Link(string relative, string what) => new(Files.SymlinkRefused, FirstLink(relative) ?? Full(relative), what);

    private Found.Refused? DanglingLink(string relative)
    {
        if (FirstLink(relative) is not { } link) return null;
        using var folder = Kernel.OpenRoot(Root, out _);
        if (folder is null) return null;
        using var target = Open(folder, link[(Root.Length + 1)..], Kernel.PathOnly, out var error);
        return target is null && error == Kernel.NoEntry ? new(Files.SymlinkRefused, link, "a symbolic link leads nowhere") : null;
    }

    private string? FirstLink(string relative)
    {
        if (relative.Length == 0) return null;
        var at = Root;
        foreach (var name in relative.Split('/'))
        {
            at = Path.Combine(at, name);
            if (Kernel.TryState(at, out var state) && state.IsLink) return at;
        }

        return null;
    }

    private string Full(string relative) => relative.Length == 0 ? Root : $"{Root}/{relative}";

    private static string Bits(string path) =>
        Kernel.TryState(path, out var state) ? $"mode {Convert.ToString(state.Mode & 0xFFF, 8).PadLeft(4, '0')}, owner {state.Owner}:{state.Group}" : "its mode can't be seen";
}
