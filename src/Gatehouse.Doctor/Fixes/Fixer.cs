using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Fixes;

/// <summary>What became of one edit.</summary>
/// <param name="Edit">The edit.</param>
/// <param name="Applied">Whether the file now has the value after (or, for undo, before).</param>
/// <param name="Problem">Why not; null where it was done.</param>
public sealed record EditOutcome(Edit Edit, bool Applied, string? Problem);

/// <summary>What became of a run.</summary>
/// <param name="Undo">The id that takes it back; null where nothing was changed.</param>
/// <param name="Edits">In order.</param>
/// <param name="Problem">What stopped the whole; null where nothing did.</param>
public sealed record FixOutcome(string? Undo, IReadOnlyList<EditOutcome> Edits, string? Problem = null);

/// <summary>
/// Makes edits and takes them back. Every element is held by a handle from the root on, without following a link; what is
/// changed is what was compared. Each change is a single step of the kernel (chmod, chown, setxattr, rename), so that a file is
/// the old one or the new one at any moment, and the journal says before the first step how to come back.
/// </summary>
public static class Fixer
{
    private const string AclAttribute = "system.posix_acl_access";
    private const int NoData = 61, NotSupported = 95;

    /// <summary>Makes the edits that are agreed to.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="agreed">Asked for every edit that is not safe by itself.</param>
    /// <param name="journal">Where it is written down first.</param>
    /// <param name="time">For the entry's date.</param>
    /// <param name="test">Run after content was changed; a sentence where the server refuses its configuration, which takes everything back. Null: no test.</param>
    public static FixOutcome Apply(FixPlan plan, Func<Edit, bool> agreed, Journal journal, TimeProvider time, Func<Edit, string?>? test = null)
    {
        var outcomes = new List<EditOutcome>();
        var work = new List<(Edit Edit, JournalEdit Record)>();
        foreach (var edit in plan.Edits)
        {
            if (Prepared(edit, out var problem) is not { } record) outcomes.Add(new(edit, false, problem));
            else if (edit.Safety == EditSafety.Show) outcomes.Add(new(edit, false, "is only shown: do it by hand if you are sure"));
            else if ((edit.Safety != EditSafety.Safe || IsDelicate(edit)) && !agreed(edit)) outcomes.Add(new(edit, false, "was not agreed to"));
            else work.Add((edit, record));
        }

        if (work.Count == 0) return new(null, outcomes);
        var now = time.GetUtcNow();
        var entry = new JournalEntry { Schema = "", Id = Journal.NewId(now), Time = now, Edits = [.. work.Select(item => item.Record)] };
        try
        {
            journal.Write(entry);
        }
        catch (IOException error)
        {
            return new(null, [.. outcomes, .. work.Select(item => new EditOutcome(item.Edit, false, null))], $"the journal can't be written, so nothing was changed: {error.Message}");
        }

        for (var i = 0; i < work.Count; i++)
        {
            var (edit, record) = work[i];
            var problem = Change(record, forward: true);
            if (problem is null && edit.Kind == EditKind.Content && test?.Invoke(edit) is { } refused)
            {
                problem = $"the server refuses its configuration with this change ({refused}); everything was taken back";
                Record(journal, ref entry, i, EditState.Done);
                var back = Undo(journal, entry.Id, force: false);
                outcomes.Add(new(edit, false, problem));
                return new(null, outcomes, back.Problem ?? problem);
            }

            outcomes.Add(new(edit, problem is null, problem));
            if (problem is null) Record(journal, ref entry, i, EditState.Done);
        }

        return new(outcomes.Any(outcome => outcome.Applied) ? entry.Id : null, outcomes);
    }

    /// <summary>Takes an entry back, last edit first. A file that was changed since is left as it is, unless forced.</summary>
    public static FixOutcome Undo(Journal journal, string id, bool force)
    {
        if (journal.Read(id, out var problem) is not { } entry) return new(null, [], problem);
        var outcomes = new List<EditOutcome>();
        for (var i = entry.Edits.Count - 1; i >= 0; i--)
        {
            var record = entry.Edits[i];
            if (FixPlan.Kind(record.Kind) is not { } kind) return new(null, outcomes, $"the entry `{id}` has an edit of a kind that this version does not know");
            var edit = new Edit(kind, record.File, record.After, record.Before, EditSafety.Ask);
            if (record.State == EditState.Undone)
            {
                outcomes.Add(new(edit, true, null));
                continue;
            }

            problem = Change(record, forward: false, force);
            outcomes.Add(new(edit, problem is null, problem));
            if (problem is null) Record(journal, ref entry, i, EditState.Undone);
        }

        return new(id, outcomes, outcomes.All(outcome => outcome.Applied) ? null : "not everything could be taken back");
    }

    private static void Record(Journal journal, ref JournalEntry entry, int index, EditState state)
    {
        var edits = entry.Edits.ToArray();
        edits[index] = edits[index] with { State = state };
        entry = entry with { Edits = edits };
        try
        {
            journal.Write(entry);
        }
        catch (IOException)
        {
            // The entry stays as it was written first: undo compares the file with both values and finds out by itself.
        }
    }

    /// <summary>Set-id and sticky bits, or a file of several names: a change reaches further than its path shows.</summary>
    private static bool IsDelicate(Edit edit) =>
        Kernel.Look(edit.File, out _) is { } stat && ((stat.Mode & 0xE00) != 0 || ((stat.Mode & 0xF000) == 0x8000 && stat.Links > 1));

    private static JournalEdit? Prepared(Edit edit, out string? problem)
    {
        try
        {
            return Prepare(edit, out problem);
        }
        catch (IOException error)
        {
            problem = "can't be read: " + error.Message;
        }
        catch (UnauthorizedAccessException)
        {
            problem = "permission denied: run this as the owner of the file, or as root";
        }

        return null;
    }

    private static JournalEdit? Prepare(Edit edit, out string? problem)
    {
        if (!edit.File.StartsWith('/') || edit.File.Split('/').Any(part => part is "." or "..") || edit.File.Any(char.IsControl))
        {
            problem = "is no plain absolute path";
            return null;
        }

        using var held = Kernel.Hold(edit.File, out var errno);
        if (held is null || held.Look(out errno) is not { } stat)
        {
            problem = Sentence(errno);
            return null;
        }

        if ((stat.Mode & 0xF000) is not (0x8000 or 0x4000))
        {
            problem = "is neither a file nor a directory";
            return null;
        }

        var record = new JournalEdit
        {
            Kind = FixPlan.KindName(edit.Kind),
            File = edit.File,
            Before = edit.Before,
            After = edit.After,
            State = EditState.Planned,
            Mode = stat.Mode & 0xFFF,
            AclBytes = Kernel.AttributeBehind(held.Path, AclAttribute) is { } acl ? Convert.ToBase64String(acl) : null,
            Times = [stat.AccessSeconds, stat.AccessNanoseconds, stat.ModifySeconds, stat.ModifyNanoseconds],
        };
        if (edit.Kind == EditKind.Content)
        {
            if ((stat.Mode & 0xF000) != 0x8000 || stat.Size > FixPlan.MaxContent)
            {
                problem = "is no file of a size that is kept for undo";
                return null;
            }

            var bytes = File.ReadAllBytes(held.Path);
            if (TextBytes.Read(bytes, out var encoding) != edit.Before)
            {
                problem = "was changed since it was looked at: ask `gatehouse why` again";
                return null;
            }

            record = record with
            {
                Bytes = Convert.ToBase64String(bytes),
                HashAfter = Convert.ToHexStringLower(SHA256.HashData(TextBytes.Write(edit.After, encoding))),
                Temporary = $".{held.Name}.gatehouse-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}",
            };
        }
        else if (!IsAt(held, record, record.Before))
        {
            problem = "is not as it was when it was looked at: ask `gatehouse why` again";
            return null;
        }

        problem = null;
        return record;
    }

    /// <summary>One step in one direction. Null: the file has the wanted value now.</summary>
    private static string? Change(JournalEdit record, bool forward, bool force = false)
    {
        var (from, to) = forward ? (record.Before, record.After) : (record.After, record.Before);
        using var held = Kernel.Hold(record.File, out var errno);
        if (held is null) return Sentence(errno);
        try
        {
            if (record.Kind == "content") return ChangeContent(held, record, forward, force);
            if (!forward && IsAt(held, record, to)) return null; // the run ended before this step
            if (!IsAt(held, record, from) && !force) return forward ? "was changed meanwhile" : "was changed since the fix: it is left as it is (--force overrides)";
            if (held.Look(out errno) is not { } stat) return Sentence(errno);
            switch (record.Kind)
            {
                case "mode" when FixPlan.TryMode(to, out var mode):
                    File.SetUnixFileMode(held.Path, (UnixFileMode)mode);
                    break;
                case "owner" when TryOwner(to, out var uid, out var gid):
                    errno = Kernel.ChangeOwner(held.Path, uid, gid);
                    // The kernel clears set-id bits when an owner changes.
                    if (errno == 0) File.SetUnixFileMode(held.Path, (UnixFileMode)(forward ? stat.Mode & 0xFFF : record.Mode));
                    break;
                case "acl" when AclText.TryParse(to, out var acl):
                    errno = forward || record.AclBytes is not null
                        ? Kernel.SetAttribute(held.Path, AclAttribute, forward ? acl.Write() : Convert.FromBase64String(record.AclBytes!))
                        : Kernel.RemoveAttribute(held.Path, AclAttribute) is var removed && removed == NoData ? 0 : removed;
                    if (errno == 0 && !forward) File.SetUnixFileMode(held.Path, (UnixFileMode)record.Mode);
                    break;
                default:
                    return $"has a value that can't be set: `{to}`";
            }

            return errno != 0 ? Sentence(errno) : IsAt(held, record, to) ? null : "did not take the change";
        }
        catch (IOException error)
        {
            return error.Message;
        }
        catch (UnauthorizedAccessException)
        {
            return "permission denied: run this as the owner of the file, or as root";
        }
    }

    private static string? ChangeContent(ElementHandle held, JournalEdit record, bool forward, bool force)
    {
        var now = File.ReadAllBytes(held.Path);
        var before = Convert.FromBase64String(record.Bytes!);
        var isBefore = now.AsSpan().SequenceEqual(before);
        var isAfter = Convert.ToHexStringLower(SHA256.HashData(now)) == record.HashAfter;
        var temporary = Path.Combine(held.Directory, record.Temporary!);
        if (!forward && isBefore)
        {
            File.Delete(temporary);
            return null;
        }

        if (forward ? !isBefore : !isAfter && !force) return forward ? "was changed meanwhile" : "was changed since the fix: it is left as it is (--force overrides)";
        if (held.Look(out var errno) is not { } stat) return Sentence(errno);
        _ = TextBytes.Read(before, out var encoding);
        var bytes = forward ? TextBytes.Write(record.After, encoding) : before;
        File.Delete(temporary);
        try
        {
            using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, PreallocationSize = bytes.Length }))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            if (CopyMetadata(held, stat, temporary) is { } problem)
            {
                File.Delete(temporary);
                return problem;
            }

            if (!forward)
            {
                var times = stat with { AccessSeconds = record.Times[0], AccessNanoseconds = (uint)record.Times[1], ModifySeconds = record.Times[2], ModifyNanoseconds = (uint)record.Times[3] };
                _ = Kernel.SetTimes(temporary, times);
            }

            // Once more, just before the exchange: an editor may have saved meanwhile.
            if (!File.ReadAllBytes(Path.Combine(held.Directory, held.Name)).AsSpan().SequenceEqual(now))
            {
                File.Delete(temporary);
                return "was changed meanwhile";
            }

            File.Move(temporary, Path.Combine(held.Directory, held.Name), overwrite: true);
            Kernel.Flush(held.Directory);
            return null;
        }
        catch (IOException)
        {
            try
            {
                File.Delete(temporary);
            }
            catch (IOException)
            {
                // The journal names it; the next undo removes it.
            }

            throw;
        }
    }

    /// <summary>Owner, group, mode, ACL, label and all other attributes that we may copy.</summary>
    private static string? CopyMetadata(ElementHandle from, Kernel.Stat stat, string to)
    {
        var errno = Kernel.ChangeOwner(to, stat.Uid, stat.Gid);
        if (errno != 0) return "its owner can't be kept: run this as the owner of the file, or as root";
        File.SetUnixFileMode(to, (UnixFileMode)(stat.Mode & 0xFFF));
        foreach (var name in Kernel.AttributeNames(from.Path))
        {
            if (Kernel.AttributeBehind(from.Path, name) is not { } value) continue;
            errno = Kernel.SetAttribute(to, name, value);
            if (errno is not (0 or NotSupported)) return $"its attribute {name} can't be kept";
        }

        return null;
    }

    private static bool IsAt(ElementHandle held, JournalEdit record, string value)
    {
        if (held.Look(out _) is not { } stat) return false;
        return record.Kind switch
        {
            "mode" => FixPlan.TryMode(value, out var mode) && (stat.Mode & 0xFFF) == mode,
            "owner" => TryOwner(value, out var uid, out var gid) && stat.Uid == uid && stat.Gid == gid,
            "acl" => AclText.TryParse(value, out var wanted) && Current(held, stat).SequenceEqual(wanted.Entries),
            _ => false,
        };
    }

    /// <summary>The ACL; where there is none, the three entries that the mode amounts to.</summary>
    private static IEnumerable<AclEntry> Current(ElementHandle held, Kernel.Stat stat) =>
        Kernel.AttributeBehind(held.Path, AclAttribute) is { } raw && PosixAcl.TryRead(raw, out var acl)
            ? acl!.Entries.Select(entry => entry.Tag is AclTag.User or AclTag.Group ? entry : entry with { Id = 0 })
            : [new(AclTag.Owner, stat.Mode >> 6 & 7, 0), new(AclTag.OwningGroup, stat.Mode >> 3 & 7, 0), new(AclTag.Other, stat.Mode & 7, 0)];

    private static bool TryOwner(string text, out uint uid, out uint gid)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        gid = 0;
        uid = 0;
        return colon > 0
            && uint.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out uid)
            && uint.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out gid);
    }

    private static string Sentence(int errno) => errno switch
    {
        Kernel.NotFound => "does not exist any more",
        Kernel.AccessDenied or 1 => "permission denied: run this as the owner of the file, or as root",
        Kernel.TooManyLinks => "has become a link: nothing behind a link is changed",
        Kernel.NotADirectory => "has a link or a file on its way where a directory was",
        28 => "the disk is full",
        30 => "the file system is read-only",
        NotSupported => "the file system has no ACLs",
        _ => string.Create(CultureInfo.InvariantCulture, $"can't be changed (errno {errno})"),
    };
}
