namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>A request that differs from the baseline in one thing.</summary>
/// <param name="Variation">Which thing.</param>
/// <param name="Purpose">For people: <c>without credentials</c>.</param>
/// <param name="Request">What to send.</param>
internal sealed record Experiment(Variation Variation, string Purpose, SentRequest Request);
