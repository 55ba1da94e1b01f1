namespace Gatehouse.Cli.Targets;

/// <summary>Bad usage: one sentence for stderr, exit 2. Thrown while the command line is read, caught once in the command.</summary>
/// <param name="text">Lower case, no final stop.</param>
/// <param name="status">2 for usage, 4 for a target that can't be read.</param>
internal sealed class UsageFault(string text, int status = 2) : Exception(text)
{
    /// <summary>Exit status.</summary>
    public int Status { get; } = status;
}
