using Gatehouse.Policy;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>What a static site serves, and how.</summary>
public sealed record StaticSiteSettings
{
    /// <summary>The folder.</summary>
    public required string Root { get; init; }

    /// <summary>The files that stand for their folder, first that exists wins.</summary>
    public IReadOnlyList<string> IndexFiles { get; init; } = ["index.html", "index.htm"];

    /// <summary>Serves folders with a .htaccess file as if it were not there; otherwise they are refused.</summary>
    public bool IgnoresHtaccess { get; init; }

    /// <summary>How long an answer from memory may lag behind the disk: changes, removals and permissions. Zero: every request asks the disk.</summary>
    public TimeSpan RecheckAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Files up to this size are kept in memory.</summary>
    public int SmallFileSizeInBytes { get; init; } = 64 * 1024;

    /// <summary>The rules that decide again where another file is served than was asked for; null: none do.</summary>
    public AccessPolicy? Policy { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
