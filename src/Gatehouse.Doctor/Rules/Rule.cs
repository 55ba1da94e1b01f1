using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Observations to findings: a pure function. No I/O, no clock; what it needs was observed.</summary>
/// <param name="Name">For the list of rules and for traces.</param>
/// <param name="Judge">Yields findings; none where it has nothing to say.</param>
public sealed record Rule(string Name, Func<Observations, IEnumerable<Finding>> Judge);
