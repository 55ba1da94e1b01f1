using Gatehouse.Doctor;
using Gatehouse.Doctor.Inputs.Har;

namespace Gatehouse.Cli.Targets;

/// <summary>What the command line asks for, read and checked.</summary>
/// <param name="Question">The question; of a recording, what holds for every refusal in it.</param>
/// <param name="Recording">The recording's name; null: there is none.</param>
/// <param name="Refusals">The refusals of the recording, each with its own question.</param>
internal sealed record Inquiry(Question Question, string? Recording, IReadOnlyList<(RecordedRefusal Refusal, Question Question)> Refusals);
