namespace Gatehouse.Doctor.Inputs.PowerShell;

/// <summary>One argument of a command: a parameter's name or a value.</summary>
/// <param name="Name">Without the dash; null: a value.</param>
/// <param name="Value">The value; null: a parameter's name.</param>
/// <param name="Raw">As written, for native programs.</param>
/// <param name="Start">Offset in the text.</param>
internal sealed record PowerShellArgument(string? Name, PowerShellValue? Value, string Raw, int Start);
