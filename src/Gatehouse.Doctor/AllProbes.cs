using Gatehouse.Doctor.Apache;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Http.Experiments;
using Gatehouse.Doctor.Logs;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor;

/// <summary>Every probe, in the order in which they look: later ones use what earlier ones saw. A new one is one file and one line here.</summary>
public static class AllProbes
{
    /// <summary>The wire first (what is really answered), then the configuration (what should be), then the logs (which may name the file), then the files.</summary>
    public static IReadOnlyList<Probe> InOrder { get; } =
    [
        new("the wire", WireProbe.LookAsync),
        new("the server on this machine", (question, seen, _, _) => ValueTask.FromResult(RunningServerProbe.Look(question, seen))),
        new("Apache httpd", (question, seen, around, _) => ValueTask.FromResult(ApacheProbe.Look(question, seen, around.Clock))),
        new("nginx", (question, seen, around, _) => ValueTask.FromResult(NginxProbe.Look(question, seen, around.Clock))),
        new("configurations of other servers", (question, seen, around, cancel) => ValueTask.FromResult(ConfigurationProbe.Look(question, seen, around, cancel))),
        new("logs", (question, seen, around, cancel) => ValueTask.FromResult(LogProbe.Look(question, seen, around, cancel))),
        new("files on the path", (question, seen, around, cancel) => ValueTask.FromResult(FileProbe.Look(question, seen, around.Progress, cancel))),
    ];
}
