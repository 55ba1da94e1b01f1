namespace Gatehouse.Policy;

/// <summary>One rule as it stands in a file, not yet read. The reader of gatehouse.yaml makes these; <see cref="AccessPolicy"/> understands them.</summary>
public sealed record RuleText
{
    /// <summary>The key: an optional method and a path pattern, <c>POST /api/**</c>; null in a refuse list.</summary>
    public string? Pattern { get; init; }

    /// <summary>The words: <c>role admin and network 10.0.0.0/8</c>.</summary>
    public required string Words { get; init; }

    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>Line of the pattern, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Column of the pattern, from 1.</summary>
    public int Column { get; init; } = 1;

    /// <summary>Line on which the words begin, from 1; 0: that of the pattern.</summary>
    public int WordsLine { get; init; }

    /// <summary>Column at which the words begin, from 1.</summary>
    public int WordsColumn { get; init; } = 1;

    /// <summary>Text for the visitor (<c>say:</c>); null: the cause's own.</summary>
    public string? Say { get; init; }

    /// <summary>Whom to ask (<c>contact:</c>); null: nobody.</summary>
    public string? Contact { get; init; }

    /// <summary>Refusals are shown as 404 (<c>hide:</c>).</summary>
    public bool Hide { get; init; }

    /// <summary>Decided and recorded, not enforced (<c>report-only:</c>).</summary>
    public bool ReportOnly { get; init; }

    /// <summary>Credentials that don't verify are refused even where anyone may pass (<c>strict:</c>).</summary>
    public bool Strict { get; init; }
}
