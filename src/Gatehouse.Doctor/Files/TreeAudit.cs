using System.Text;

namespace Gatehouse.Doctor.Files;

/// <summary>What an audit looks for.</summary>
public enum AuditFault
{
    /// <summary>A directory that the server's user can't pass: everything below it is refused.</summary>
    NotSearchable = 0,

    /// <summary>A file that the server's user can't read.</summary>
    NotReadable,

    /// <summary>Mode or mask would let the server's user, its ACL does not.</summary>
    DeniedByAcl,

    /// <summary>A rules file that the server's user can't read: Apache httpd refuses its whole folder.</summary>
    RulesNotReadable,

    /// <summary>Everybody on the machine may write it (a directory with the sticky bit is not counted).</summary>
    WritableByAll,

    /// <summary>The server's user can read it, and it should not be served: a secret, a repository, a copy left behind.</summary>
    Exposed,

    /// <summary>A link that leads nowhere.</summary>
    BrokenLink,
}

/// <summary>All places with one fault.</summary>
/// <param name="Fault">What was looked for.</param>
/// <param name="Count">How many.</param>
/// <param name="Examples">The first of them in the order of their names, at most <see cref="TreeAudit.MaxExamples"/>.</param>
public sealed record AuditGroup(AuditFault Fault, long Count, IReadOnlyList<PathElement> Examples);

/// <summary>A whole tree, seen with the eyes of the server's user.</summary>
/// <param name="Root">The directory.</param>
/// <param name="Entries">How many names were looked at.</param>
/// <param name="Groups">The faults; empty: none.</param>
/// <param name="NotSeen">How many directories we ourselves may not list.</param>
public sealed record TreeAudited(string Root, long Entries, IReadOnlyList<AuditGroup> Groups, long NotSeen) : Observation;

/// <summary>
/// Walks a tree of any size by directory handles, follows no link, leaves no file system for another, and keeps counts and a few
/// examples only. Each entry is judged by the same <see cref="Permission"/> as a single path.
/// </summary>
public sealed class TreeAudit
{
    /// <summary>Examples that are kept of each fault; a million unreadable files must not fill the memory.</summary>
    public const int MaxExamples = 20;

    /// <summary>Directories that wait to be looked at by another thread; beyond it a thread goes down by itself.</summary>
    private const int MaxWaiting = 512;

    /// <summary>Path components; nothing sane is deeper, and each level holds a handle.</summary>
    private const int MaxDepth = 256;

    private readonly ServerAccount account;
    private readonly Accounts accounts;
    private readonly uint deviceMajor, deviceMinor;
    private readonly IProgress<string> progress;
    private readonly Stack<string> waiting = new();
    private readonly SortedSet<string>[] examples = [.. Enum.GetValues<AuditFault>().Select(_ => new SortedSet<string>(StringComparer.Ordinal))];
    private readonly long[] counts = new long[Enum.GetValues<AuditFault>().Length];
    private readonly bool rulesCount;
    private long entries, notSeen;
    private int busy;

    private TreeAudit(ServerAccount account, Accounts accounts, Kernel.Stat root, IProgress<string> progress, bool rulesCount)
    {
        this.account = account;
        this.accounts = accounts;
        this.progress = progress;
        this.rulesCount = rulesCount;
        (deviceMajor, deviceMinor) = (root.DeviceMajor, root.DeviceMinor);
    }

    /// <summary>Looks at everything below a directory. Null: it is no directory, or we may not list it.</summary>
    /// <param name="root">Absolute path.</param>
    /// <param name="account">Whom the kernel sees when the server opens files.</param>
    /// <param name="accounts">For the names of owners.</param>
    /// <param name="rulesCount">Whether the server reads .htaccess files.</param>
    /// <param name="progress">Told every hundred thousand entries.</param>
    /// <param name="cancel">Ctrl-C.</param>
    public static TreeAudited? Look(string root, ServerAccount account, Accounts accounts, bool rulesCount, IProgress<string> progress, CancellationToken cancel)
    {
        if (Kernel.Look(root, out _) is not { } stat || (stat.Mode & 0xF000) != 0x4000) return null;
        var audit = new TreeAudit(account, accounts, stat, progress, rulesCount);
        audit.waiting.Push(root);
        var threads = Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 1, 8)).Select(_ => new Thread(() => audit.Work(cancel), 4 << 20)).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        cancel.ThrowIfCancellationRequested();
        var groups = Enum.GetValues<AuditFault>().Where(fault => audit.counts[(int)fault] > 0).Select(fault => new AuditGroup(
            fault,
            audit.counts[(int)fault],
            [.. audit.examples[(int)fault].Select(path => PathWalk.Element(path, accounts, out var _)).OfType<PathElement>()]));
        return new TreeAudited(root, audit.entries, [.. groups], audit.notSeen);
    }

    private void Work(CancellationToken cancel)
    {
        var buffer = new byte[64 << 10];
        while (true)
        {
            string folder;
            lock (waiting)
            {
                while (waiting.Count == 0)
                {
                    if (busy == 0)
                    {
                        Monitor.PulseAll(waiting);
                        return;
                    }

                    Monitor.Wait(waiting);
                }

                folder = waiting.Pop();
                busy++;
            }

            if (!cancel.IsCancellationRequested) Folder(folder, 0, buffer, cancel);
            lock (waiting)
            {
                busy--;
                Monitor.PulseAll(waiting);
            }
        }
    }

    private void Folder(string path, int depth, byte[] buffer, CancellationToken cancel)
    {
        using var directory = DirectoryHandle.Open(path);
        if (directory is null)
        {
            Interlocked.Increment(ref notSeen);
            return;
        }

        // Sub-directories of one buffer are kept until it is worked through: a nested call would overwrite it.
        List<string>? below = null;
        while (!cancel.IsCancellationRequested && directory.Next(buffer) is { Length: > 0 } batch)
        {
            foreach (var name in new DirectoryNames(batch))
            {
                Count();
                if (directory.Look(name) is not { } stat) continue;
                if (Entry(path, name, stat, directory)) (below ??= []).Add(Join(path, name));
            }

            if (below is null) continue;
            foreach (var folder in below) Descend(folder, depth + 1, cancel);
            below.Clear();
        }
    }

    private void Descend(string folder, int depth, CancellationToken cancel)
    {
        lock (waiting)
        {
            if (waiting.Count < MaxWaiting)
            {
                waiting.Push(folder);
                Monitor.Pulse(waiting);
                return;
            }
        }

        if (depth < MaxDepth) Folder(folder, depth, new byte[32 << 10], cancel);
        else Interlocked.Increment(ref notSeen);
    }

    /// <summary>Judges one entry; true: a directory that the server passes, to be looked into.</summary>
    private bool Entry(string folder, ReadOnlySpan<byte> name, in Kernel.Stat stat, DirectoryHandle directory)
    {
        var kind = stat.Mode & 0xF000;
        if (kind == 0xA000)
        {
            if (!directory.LeadsSomewhere(name)) Note(AuditFault.BrokenLink, folder, name);
            return false;
        }

        if (kind is not (0x4000 or 0x8000)) return false;
        Span<char> characters = stackalloc char[256];
        var text = characters[..Encoding.UTF8.GetChars(name, characters)];
        var isDirectory = kind == 0x4000;
        var element = new PathElement { Path = "", Kind = isDirectory ? FileKind.Directory : FileKind.File, Mode = stat.Mode & 0xFFF, Uid = stat.Uid, Gid = stat.Gid, Owner = "", Group = "" };
        var need = isDirectory ? Need.Search : Need.Read;
        var plain = Permission.Judge(element, account, need);
        // Only a file of another owner with group bits can have an ACL that the kernel asks (see Permission.Judge).
        var acl = account.Uid != 0 && stat.Uid != account.Uid && (stat.Mode & 0x38) != 0 ? directory.Acl(name) : null;
        var granted = acl is null ? plain.Granted : Permission.Judge(element with { Acl = acl }, account, need).Granted;
        var sensitivity = SensitiveNames.Of(text);
        if (!granted)
        {
            // A secret or a repository that the server can't reach is as it should be.
            if (sensitivity == Sensitivity.None)
                Note(acl is not null ? AuditFault.DeniedByAcl : isDirectory ? AuditFault.NotSearchable : rulesCount && text is ".htaccess" ? AuditFault.RulesNotReadable : AuditFault.NotReadable, folder, name);
        }
        else if (sensitivity != Sensitivity.None && (isDirectory == (sensitivity == Sensitivity.Repository)))
        {
            Note(AuditFault.Exposed, folder, name);
        }

        if ((stat.Mode & 2) != 0 && !(isDirectory && (stat.Mode & 0x200) != 0)) Note(AuditFault.WritableByAll, folder, name);
        return isDirectory && granted && sensitivity != Sensitivity.Repository && stat.DeviceMajor == deviceMajor && stat.DeviceMinor == deviceMinor;
    }

    private void Note(AuditFault fault, string folder, ReadOnlySpan<byte> name)
    {
        Interlocked.Increment(ref counts[(int)fault]);
        var kept = examples[(int)fault];
        var path = Join(folder, name);
        lock (kept)
        {
            if (kept.Count < MaxExamples) kept.Add(path);
            else if (StringComparer.Ordinal.Compare(path, kept.Max) < 0 && kept.Add(path)) kept.Remove(kept.Max!);
        }
    }

    private void Count()
    {
        var now = Interlocked.Increment(ref entries);
        if (now % 100_000 == 0) progress.Report($"{now:N0} files looked at");
    }

    private static string Join(string folder, ReadOnlySpan<byte> name) => (folder.EndsWith('/') ? folder : folder + "/") + Encoding.UTF8.GetString(name);
}
