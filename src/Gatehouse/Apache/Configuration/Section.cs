using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Configuration;

/// <summary>What a section's pattern is held against.</summary>
public enum SectionKind
{
    /// <summary>A folder of the disk.</summary>
    Directory = 0,

    /// <summary>The file's name without folders.</summary>
    Files,

    /// <summary>The path of the URL.</summary>
    Location,

    /// <summary>A URL that is handed to another server.</summary>
    Proxy,

    /// <summary>An expression.</summary>
    If,

    /// <summary>An expression, where no If and ElseIf before it held.</summary>
    ElseIf,

    /// <summary>Where none before it held.</summary>
    Else,
}

/// <summary>A section with the rules inside.</summary>
/// <param name="Kind">What it looks at.</param>
/// <param name="Pattern">As written, without <c>~</c>; of a Directory with a slash at its end.</param>
/// <param name="Expression">The compiled regular expression; null: a plain text or shell pattern.</param>
/// <param name="Rules">What it says.</param>
/// <param name="By">The section.</param>
public sealed record Section(SectionKind Kind, string Pattern, HttpdPattern? Expression, DirectoryRules Rules, Directive By)
{
    /// <summary>Slashes in the pattern: shorter Directory sections count before longer ones.</summary>
    public int Depth { get; } = Pattern.Count(c => c == '/');

    /// <summary>Whether the pattern has shell wildcards.</summary>
    public bool IsWild { get; } = Expression is null && Pattern.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>The expression of an If or ElseIf, compiled; null: another section, or it does not parse.</summary>
    public Expressions.Expression? Condition { get; } =
        Kind is SectionKind.If or SectionKind.ElseIf && Expressions.Expression.TryParse(Pattern, Expressions.ExpressionOptions.None, out var condition, out _) ? condition : null;

    /// <summary>Whether a file's name matches (Files).</summary>
    public Known MatchesFile(string name) =>
        Expression is not null ? Expression.Match(name).Matched
        : (IsWild ? FileNamePattern.Matches(Pattern, name, FileNameOptions.None) : Pattern == name) ? Known.Yes : Known.No;

    /// <summary>Whether a folder matches (Directory without a regular expression): <paramref name="folder"/> ends with a slash.</summary>
    public bool MatchesFolder(string folder) => IsWild ? FileNamePattern.Matches(Pattern, folder, FileNameOptions.PathName) : Pattern == folder;

    /// <summary>Whether a URL's path matches (Location).</summary>
    public Known MatchesPath(string path)
    {
        if (Expression is not null) return Expression.Match(path).Matched;
        if (IsWild) return FileNamePattern.Matches(Pattern, path, FileNameOptions.PathName) ? Known.Yes : Known.No;
        return path.StartsWith(Pattern, StringComparison.Ordinal)
            && (Pattern.EndsWith('/') || path.Length == Pattern.Length || path[Pattern.Length] == '/') ? Known.Yes : Known.No;
    }
}
