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

    /// <summary>All behind the name as one text, <c>${NAME}</c> replaced, quotes kept: for directives that take the rest of the line raw.</summary>
    public required string Raw { get; init; }

    /// <summary>Where it stands.</summary>
    public required Place At { get; init; }

    /// <summary>The directives inside; null: not a section.</summary>
    public IReadOnlyList<Directive>? Inside { get; init; }

    /// <summary>Whether the name is this one.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
