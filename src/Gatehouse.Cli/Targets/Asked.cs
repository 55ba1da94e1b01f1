using Gatehouse.Doctor;

namespace Gatehouse.Cli.Targets;

/// <summary>What the command line asks for, read and checked.</summary>
/// <param name="Questions">One as a rule; of a HAR file one for each refusal in it.</param>
internal sealed record Asked(IReadOnlyList<Question> Questions);
