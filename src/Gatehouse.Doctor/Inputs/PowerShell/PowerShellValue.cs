namespace Gatehouse.Doctor.Inputs.PowerShell;

/// <summary>A value of a script, as far as it can be known without running it.</summary>
internal sealed record PowerShellValue
{
    /// <summary>A string or a number; null: it is none.</summary>
    public string? Text { get; init; }

    /// <summary>A hash table in the order written; null: it is none.</summary>
    public List<KeyValuePair<string, PowerShellValue>>? Table { get; init; }

    /// <summary>A web session's user agent.</summary>
    public string? UserAgent { get; set; }

    /// <summary>A web session's cookies, <c>name=value</c>.</summary>
    public List<string>? Cookies { get; init; }

    /// <summary>Whether it can't be known here.</summary>
    public bool Unknown => Text is null && Table is null && Cookies is null;

    /// <summary>What can't be known.</summary>
    public static PowerShellValue Nothing { get; } = new();
}
