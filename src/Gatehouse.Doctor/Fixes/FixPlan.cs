using System.Globalization;
using Gatehouse.Doctor.Files;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Fixes;

/// <summary>The edits that are to be made, in order, each judged once more whoever proposed it.</summary>
/// <param name="Edits">What may be done, with its safety.</param>
public sealed record FixPlan(IReadOnlyList<Edit> Edits)
{
    /// <summary>No content edit is larger: it is kept whole in the journal.</summary>
    public const int MaxContent = 4 << 20;

    /// <summary>Nothing is changed for a guess (contract.md, "Confidence").</summary>
    private const double Inferred = 0.6;

    /// <summary>The edits of the leading finding: the one that must be mended first. Those that follow may be gone by then, and `why` is asked again.</summary>
    public static FixPlan Of(IEnumerable<Finding> findings)
    {
        foreach (var finding in findings.Where(finding => finding.Confidence >= Inferred))
        {
            var edits = finding.Remedies.FirstOrDefault(remedy => remedy.Automatic)?.Edits;
            if (edits is not null) return new([.. edits.Select(Judged)]);
        }

        return new([]);
    }

    /// <summary>
    /// The edit with a safety that this program answers for: a report may come from anywhere, and what it calls safe may be a trap.
    /// Safe stays only what adds a single bit for reading or passing, to one class, and touches no set-id bit.
    /// </summary>
    public static Edit Judged(Edit edit)
    {
        var most = edit.Kind switch
        {
            EditKind.Mode => OfMode(edit),
            EditKind.Acl => OfAcl(edit),
            EditKind.Content => EditSafety.Ask,
            EditKind.Owner => EditSafety.Ask,
        };
        return edit with { Safety = (EditSafety)Math.Min((int)edit.Safety, (int)most) };
    }

    private static EditSafety OfMode(Edit edit)
    {
        if (!TryMode(edit.Before, out var before) || !TryMode(edit.After, out var after)) return EditSafety.Show;
        var added = after & ~before;
        if ((before & ~after) != 0) return EditSafety.Ask; // takes something away
        if ((added & 0xE92) != 0) return EditSafety.Show; // set-id, sticky or write bits: never by machine
        return int.PopCount(added) == 1 ? EditSafety.Safe : EditSafety.Ask;
    }

    /// <summary>Safe is reading or passing for one entry, with the mask that lets it through; a write bit is never given by machine; the rest is asked about.</summary>
    private static EditSafety OfAcl(Edit edit)
    {
        if (!AclText.TryParse(edit.Before, out var before) || !AclText.TryParse(edit.After, out var after)) return EditSafety.Show;
        var (widened, taken) = (0, false);
        foreach (var entry in after.Entries)
        {
            var had = before.Entries.Where(other => other.Tag == entry.Tag && other.Id == entry.Id).Select(other => other.Permissions).FirstOrDefault();
            // A mask that comes with the first named entry gives nothing by itself.
            if ((entry.Permissions & ~had & 2) != 0 && !(entry.Tag == AclTag.Mask && before.Mask is null)) return EditSafety.Show;
            if ((entry.Permissions & ~had) != 0 && entry.Tag != AclTag.Mask) widened += int.PopCount(entry.Permissions & ~had);
            // What the mask held back was not there to be taken: writing it out is what keeps a wider mask from giving it.
            taken |= (had & ~entry.Permissions & Effective(before, entry)) != 0;
        }

        taken |= before.Entries.Any(entry => after.Entries.All(other => other.Tag != entry.Tag || other.Id != entry.Id));
        // By a wider mask alone, entries may come to more than they had.
        foreach (var entry in before.Entries)
        {
            if (entry.Tag is not (AclTag.User or AclTag.Group or AclTag.OwningGroup)) continue;
            var now = after.Entries.Where(other => other.Tag == entry.Tag && other.Id == entry.Id).Select(other => other.Permissions & Effective(after, other)).FirstOrDefault();
            widened += int.PopCount(now & ~(entry.Permissions & Effective(before, entry)) & entry.Permissions);
        }

        return widened <= 1 && !taken ? EditSafety.Safe : EditSafety.Ask;
    }

    private static int Effective(PosixAcl acl, AclEntry entry) => entry.Tag is AclTag.User or AclTag.Group or AclTag.OwningGroup ? acl.Mask ?? 7 : 7;

    /// <summary>Three or four octal digits.</summary>
    public static bool TryMode(string text, out int mode)
    {
        mode = 0;
        if (text.Length is < 3 or > 4) return false;
        foreach (var c in text)
        {
            if (c is < '0' or > '7') return false;
            mode = (mode << 3) | (c - '0');
        }

        return true;
    }

    /// <summary>The names of the kinds in JSON.</summary>
    public static string KindName(EditKind kind) => kind switch
    {
        EditKind.Mode => "mode",
        EditKind.Owner => "owner",
        EditKind.Content => "content",
        EditKind.Acl => "acl",
    };

    /// <summary>The names of the levels in JSON.</summary>
    public static string SafetyName(EditSafety safety) => safety switch
    {
        EditSafety.Safe => "safe",
        EditSafety.Ask => "ask",
        EditSafety.Show => "show",
    };

    /// <summary>From its name in JSON; null: no such kind.</summary>
    public static EditKind? Kind(string? name) => Enum.GetValues<EditKind>().Cast<EditKind?>().FirstOrDefault(kind => KindName(kind!.Value) == name);

    /// <summary>From its name in JSON; what is not known is only shown.</summary>
    public static EditSafety Safety(string? name) => Enum.GetValues<EditSafety>().FirstOrDefault(safety => SafetyName(safety) == name);

    /// <summary>How an edit is shown before it is made: a unified diff, or one line.</summary>
    public static string Show(Edit edit) => edit.Kind switch
    {
        EditKind.Mode => string.Create(CultureInfo.InvariantCulture, $"chmod {edit.Before} -> {edit.After}  {edit.File}"),
        EditKind.Owner => $"chown {edit.Before} -> {edit.After}  {edit.File}",
        EditKind.Acl => $"setfacl  {edit.File}\n{UnifiedDiff.Of(edit.Before + "\n", edit.After + "\n", "acl before", "acl after")}",
        EditKind.Content => UnifiedDiff.Of(edit.Before, edit.After, edit.File, edit.File),
    };
}
