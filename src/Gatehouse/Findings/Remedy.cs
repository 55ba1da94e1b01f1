namespace Gatehouse.Findings;

/// <summary>Who can do it.</summary>
public enum Audience
{
    /// <summary>Whoever met the page.</summary>
    Visitor,

    /// <summary>The author of the client.</summary>
    Developer,

    /// <summary>Whoever runs the server.</summary>
    Owner,
}

/// <summary>What to do about a finding.</summary>
public sealed record Remedy
{
    /// <summary>kebab-case, stable: <c>chmod-add-search</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Who does it.</summary>
    public required Audience Who { get; init; }

    /// <summary>What to do, one sentence that starts with a verb.</summary>
    public required string What { get; init; }

    /// <summary>The shell command that does it by hand; null where there is none.</summary>
    public string? Command { get; init; }

    /// <summary>The edits that `gatehouse fix` carries out; empty: it can't be done by machine.</summary>
    public IReadOnlyList<Edit> Edits { get; init; } = [];

    /// <summary>Whether `gatehouse fix` can do it.</summary>
    public bool Automatic => Edits.Any(edit => edit.Safety != EditSafety.Show);
}

/// <summary>What an edit changes.</summary>
public enum EditKind
{
    /// <summary>Permission bits; before and after are four octal digits.</summary>
    Mode,

    /// <summary>Owner and group; before and after are <c>user:group</c>.</summary>
    Owner,

    /// <summary>The bytes; before is what stands there now and after what will (the whole text).</summary>
    Content,

    /// <summary>POSIX ACL; before and after as <c>getfacl --omit-header</c> prints it.</summary>
    Acl,
}

/// <summary>How freely an edit may be made.</summary>
public enum EditSafety
{
    /// <summary>Only shown, never made: the default.</summary>
    Show = 0,

    /// <summary>Made when somebody agreed to this very edit.</summary>
    Ask,

    /// <summary>Made with --apply: it widens nothing beyond the need that was diagnosed.</summary>
    Safe,
}

/// <summary>One change to one file.</summary>
public sealed record Edit(EditKind Kind, string File, string Before, string After, EditSafety Safety);
