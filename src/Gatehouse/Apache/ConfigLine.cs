namespace Gatehouse.Apache;

/// <summary>A place in a configuration.</summary>
/// <param name="File">Path of the file, as given or included.</param>
/// <param name="Line">From 1; of a continued line the first.</param>
/// <param name="Column">From 1.</param>
public readonly record struct Place(string File, int Line, int Column)
{
    /// <summary><c>file:line</c>, as evidence names it.</summary>
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A directive or a section of httpd's configuration, as far as evaluation needs it (the lossless text stands in the tree of the file).</summary>
public sealed record Directive
{
    /// <summary>As written; names compare without regard to case. Of a section the name without brackets: <c>Directory</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The words behind the name, quotes and backslashes undone as ap_getword_conf does, <c>${NAME}</c> replaced.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>All behind the name as one text, <c>${NAME}</c> replaced, quotes kept: for directives that take the rest of the line raw. Of a section without its <c>&gt;</c>.</summary>
    public required string Raw { get; init; }

    /// <summary>Where it stands.</summary>
    public required Place At { get; init; }

    /// <summary>Number of its last line; the same as <see cref="Place.Line"/> where it takes one. Of a section the line that opens it.</summary>
    public int LastLine { get; init; }

    /// <summary>The directives inside; null: not a section.</summary>
    public IReadOnlyList<Directive>? Inside { get; init; }

    /// <summary>Of a section: the line of its closing tag; 0: none.</summary>
    public int ClosedAt { get; init; }

    /// <summary>Whether the name is this one.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>One line for traces and evidence: <c>Require ip 10.0.0.0/8</c>, <c>&lt;Files "*.zip"&gt;</c>.</summary>
    public string Text => Inside is null ? Raw.Length == 0 ? Name : $"{Name} {Raw}" : Raw.Length == 0 ? $"<{Name}>" : $"<{Name} {Raw}>";
}

/// <summary>What is wrong with a configuration, and where.</summary>
/// <param name="At">The line that httpd names.</param>
/// <param name="Kind">Which sort of fault.</param>
/// <param name="Message">One sentence, lower case, no final stop; the user's words in backticks.</param>
/// <param name="Directive">The directive's name, where the fault is one directive's.</param>
public sealed record ConfigFault(Place At, ConfigFaultKind Kind, string Message, string? Directive = null);

/// <summary>Sorts of faults of a configuration: which of them httpd itself would name.</summary>
public enum ConfigFaultKind
{
    /// <summary>It does not parse, or an argument is wrong.</summary>
    Syntax = 0,

    /// <summary>No module that is loaded knows the directive.</summary>
    UnknownDirective,

    /// <summary>The directive exists and may not stand here (AllowOverride, or outside of its context).</summary>
    NotPermitted,

    /// <summary>It can't be told from here whether httpd takes it: a module that Gatehouse does not know may define it.</summary>
    NotKnown,

    /// <summary>Not read by Gatehouse (missing, outside the root that was given, too large): httpd might read it.</summary>
    NotRead,
}
