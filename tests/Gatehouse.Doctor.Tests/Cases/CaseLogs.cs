using Gatehouse.Doctor.Logs;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>The blocks <c>=== log FILE</c>: read from real files by the product's own reader, so that what a case shows is what a log would.</summary>
internal static class CaseLogs
{
    public static IReadOnlyList<Observation> Read(IReadOnlyList<(string Name, string Text)> logs, Question question, Observations seen, DateTimeOffset now)
    {
        if (logs.Count == 0) return [];
        var folder = Directory.CreateTempSubdirectory("gatehouse-case-");
        try
        {
            var paths = new List<string>();
            foreach (var (name, text) in logs)
            {
                var path = Path.Combine(folder.FullName, Path.GetFileName(name));
                File.WriteAllText(path, text + "\n");
                paths.Add(path);
            }

            return LogProbe.Look(question with { Logs = paths }, seen, new(new FakeTimeProvider(now), new Progress<string>(), 0), CancellationToken.None);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
