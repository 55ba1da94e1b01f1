using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>What is evaluated and what is seen differ: the configuration that was given is not the one that answered.</summary>
internal static class InForceRules
{
    /// <summary>A file that is younger than every worker is proof that no worker has read it; another name in the Server field nearly so.</summary>
    private const double Younger = 0.9, YoungerAndLogged = 0.85, OtherServer = 0.85, Differs = 0.6;

    /// <summary>Where the configuration as it stands now would serve what the running server refuses: how to bring it into force; null: nothing says so.</summary>
    public static Finding? NotReloaded(Observations seen) => Differ(seen).FirstOrDefault(finding => finding.Evidence.Any(evidence => evidence.Kind == EvidenceKind.Clock));

    /// <summary>The kernel tells its boot in whole seconds: a file written as the server was started is not younger than it.</summary>
    private static readonly TimeSpan Clocks = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<Rule> All { get; } = [new("evaluated and seen differ", Differ)];

    private static IEnumerable<Finding> Differ(Observations seen)
    {
        if (seen.First<Asked>() is { OtherClient: true } || seen.Baseline() is not { Answer: { } answer } exchange) yield break;
        foreach (var evaluated in seen.Of<Evaluated>())
        {
            if (evaluated.Status is not { } expected || evaluated.HandedOn || Alike(expected, answer.Status)) continue;
            var field = answer.Value("Server");
            var other = ServerNames.OfField(field);
            var running = seen.First<RunningServer>();
            var written = seen.Of<ConfigurationWritten>().Where(file => running is not null && file.At > running.NewestWorker + Clocks).MaxBy(file => file.At);
            var evidence = new List<Evidence>
            {
                new(EvidenceKind.Comparison, evaluated.File, $"evaluated for this request it answers {expected}; {exchange.Request.Url} answered {answer.Status}"),
            };
            evidence.AddRange(evaluated.Trace.TakeLast(3).Select(step => new Evidence(EvidenceKind.ConfigLine, $"{step.File}:{step.Line}", $"{step.Text} ({step.Says})")));
            var (confidence, why, remedy) = (0.0, "", "");
            if (other is not null && other != evaluated.Server)
            {
                evidence.Add(new(EvidenceKind.ResponseHeader, "Server", field!));
                (confidence, why, remedy) = (OtherServer, $"{other} answers there, and the configuration that was given is one of {evaluated.Server}", $"look which server listens on that address, and give its configuration: gatehouse why URL --server-config FILE");
            }
            else if (running is not null && !ServerNames.IsProgramOf(running.Program, evaluated.Server))
            {
                evidence.Add(new(EvidenceKind.Address, $"port {running.Port}", $"{running.Program} (process {running.Process}) listens there"));
                (confidence, why, remedy) = (OtherServer, $"{running.Program} listens there, and the configuration that was given is one of {evaluated.Server}", "give the configuration of the server that listens there");
            }
            else if (written is not null)
            {
                evidence.Add(new(EvidenceKind.Clock, written.File, $"written {written.At:u}; the youngest worker began {running!.NewestWorker:u}"));
                (confidence, why, remedy) = (seen.Of<Logs.LoggedRefusal>().Any(refusal => refusal.Link != Logs.LogLink.Earlier && refusal.Messages.Count > 0) ? YoungerAndLogged : Younger, $"{written.File} was changed after the server read it", $"reload the server, so that it reads {written.File} as it is now");
            }
            else
            {
                (confidence, why, remedy) = (Differs, "the server was not reloaded since, reads another file, or another server stands in front", "reload the server, and make sure that it reads this file");
            }

            yield return new Finding
            {
                Cause = Configuration.ConfigNotInForce,
                Confidence = confidence,
                Summary = $"{evaluated.File} would answer {expected}, and {answer.Status} came: {why}",
                Evidence = evidence,
                Remedies = [new Remedy { Id = "reload-server", Who = Audience.Owner, What = remedy }],
            };
        }
    }

    /// <summary>Whether one status can stand for the other: 200 stands for "served", which may also be a redirect, a 304 or a missing file.</summary>
    private static bool Alike(int expected, int came) => expected == came || (expected == 200 && came is (>= 200 and < 400) or 404 or 405 or 416) || (expected is >= 300 and < 400 && came is >= 300 and < 400);
}
