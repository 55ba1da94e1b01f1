namespace Gatehouse.Guard.Settings;

/// <summary>Something wrong with a configuration, or a remark on it.</summary>
/// <param name="File">As it was given.</param>
/// <param name="Line">From 1; 0 where the fault is of the file as a whole.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What is wrong; lower case, no final stop, user text in backticks.</param>
/// <param name="Advice">What to do instead; starts with a verb. Null: nothing to add.</param>
/// <param name="IsError">False: a remark that stops nothing.</param>
public sealed record ConfigurationFault(string File, int Line, int Column, string Message, string? Advice = null, bool IsError = true)
{
    /// <summary><c>gatehouse.yaml:3:5: error: unknown key `lisen`; did you mean `listen`?</c></summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}{(Line > 0 ? $":{Line}:{Column}" : "")}: {(IsError ? "error" : "warning")}: {Message}{(Advice is null ? "" : "; " + Advice)}");
}
