using System.Globalization;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>
/// The block <c>=== files www-data 33:33,50</c> (account, uid, groups; the word <c>assumed</c> where nothing told the account): one element of the path a line, as
/// <c>drwxr-x--- 0:33 /srv/site</c>, <c>lrwxrwxrwx 0:0 /srv/a -> /srv/b</c>, an ACL behind it in brackets; <c>missing /srv/c</c>; <c>no index index.html</c>.
/// </summary>
internal static class CaseFiles
{
    public static IEnumerable<Observation> Read(CaseBlock block)
    {
        yield return Worker(block.Rest.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        var elements = new List<PathElement>();
        var end = WalkEnd.Reached;
        string? at = null;
        IndexLooked? index = null;
        foreach (var line in block.Lines.Where(line => line.Trim().Length > 0))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "missing") (end, at) = (WalkEnd.Missing, words[1]);
            else if (words[0] == "no") index = new(elements[^1].Path, words[2..], null);
            else elements.Add(Element(line, words));
        }

        var rules = elements.Where(element => element.Path.EndsWith("/.htaccess", StringComparison.Ordinal)).ToList();
        foreach (var rule in rules) yield return new RulesFile(rule);
        elements.RemoveAll(rules.Contains);
        yield return new ResourceMapped(at ?? elements[^1].Path, "--site", Proved: false);
        yield return new PathWalk(at ?? elements[^1].Path, elements, end, at);
        if (index is not null) yield return index;
    }

    /// <summary>The block <c>=== audit /srv/site www-data 33:33</c>: a fault and an element a line, as <c>writable-by-all -rw-rw-rw- 0:0 /srv/site/a</c>.</summary>
    public static IEnumerable<Observation> ReadAudit(CaseBlock block)
    {
        var head = block.Rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        yield return Worker(head[1..]);
        var groups = block.Lines.Where(line => line.Trim().Length > 0)
            .Select(line => (Fault: Enum.Parse<AuditFault>(line.Split(' ')[0].Replace("-", "", StringComparison.Ordinal), ignoreCase: true), Line: line.Split(' ', 2)[1]))
            .GroupBy(one => one.Fault, one => Element(one.Line, one.Line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Select(group => new AuditGroup(group.Key, group.Count(), [.. group])).ToList();
        yield return new TreeAudited(head[0], 100, groups, 0);
    }

    private static WorkerAccount Worker(string[] head)
    {
        var ids = head[1].Split(':', ',').Select(id => uint.Parse(id, CultureInfo.InvariantCulture)).ToList();
        return new(new(head[0], ids[0], ids[1], ids.Skip(1).ToHashSet()), "the case", head.Contains("assumed"));
    }

    private static PathElement Element(string line, string[] words)
    {
        var letters = words[0];
        var mode = 0;
        for (var i = 0; i < 9; i++)
            if (letters[i + 1] is not ('-' or 'S' or 'T')) mode |= 0x100 >> i;
        if (letters[3] is 's' or 'S') mode |= 0x800;
        if (letters[6] is 's' or 'S') mode |= 0x400;
        if (letters[9] is 't' or 'T') mode |= 0x200;
        var owner = words[1].Split(':');
        var bracket = line.IndexOf('[', StringComparison.Ordinal);
        var arrow = Array.IndexOf(words, "->");
        return new PathElement
        {
            Path = words[2],
            Kind = letters[0] switch { 'd' => FileKind.Directory, 'l' => FileKind.Link, '-' => FileKind.File, 's' => FileKind.Socket, 'p' => FileKind.Fifo, 'c' or 'b' => FileKind.Device, _ => FileKind.Unknown },
            Mode = mode,
            Uid = uint.Parse(owner[0], CultureInfo.InvariantCulture),
            Gid = uint.Parse(owner[1], CultureInfo.InvariantCulture),
            Owner = owner[0],
            Group = owner[1],
            LinkTarget = arrow > 0 ? words[arrow + 1] : null,
            Acl = bracket < 0 ? null : Acl(line[(bracket + 1)..line.IndexOf(']', StringComparison.Ordinal)]),
            Label = words.FirstOrDefault(word => word.StartsWith("label=", StringComparison.Ordinal))?[6..],
        };
    }

    // user::rwx user:33:--- group::r-x mask::r-x other::r-x
    private static PosixAcl Acl(string text) => new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry =>
    {
        var parts = entry.Split(':');
        var permissions = (parts[2].Contains('r') ? 4 : 0) | (parts[2].Contains('w') ? 2 : 0) | (parts[2].Contains('x') ? 1 : 0);
        var named = parts[1].Length > 0;
        var tag = parts[0] switch { "user" => named ? AclTag.User : AclTag.Owner, "group" => named ? AclTag.Group : AclTag.OwningGroup, "mask" => AclTag.Mask, _ => AclTag.Other };
        return new AclEntry(tag, permissions, named ? uint.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    })]);
}
