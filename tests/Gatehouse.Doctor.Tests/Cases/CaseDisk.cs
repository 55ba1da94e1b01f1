namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>
/// The blocks <c>=== config FILE</c>, <c>=== file FILE</c> and <c>=== log FILE</c>: written to a folder (<c>{dir}</c> in the texts) and read by the product's own
/// probes, so that what a case shows is what such files would.
/// </summary>
internal static class CaseDisk
{
    /// <summary>Probes that look at the network or at this machine rather than at the files of the case.</summary>
    private static readonly string[] LeftAside = ["the wire", "the server on this machine", "files on the path"];

    /// <summary>Adds what the probes see.</summary>
    public static async Task AddAsync(IReadOnlyList<(string Kind, string Name, string Text)> blocks, Question question, Observations seen, DateTimeOffset now)
    {
        if (blocks.Count == 0) return;
        var folder = Directory.CreateTempSubdirectory("gatehouse-case-");
        try
        {
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0x1ED);
            var written = new List<(string Kind, string Path)>();
            foreach (var (kind, name, text) in blocks)
            {
                var path = Path.Combine(folder.FullName, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path, text.Replace("{dir}", folder.FullName, StringComparison.Ordinal) + "\n");
                written.Add((kind, path));
            }

            question = question with
            {
                Logs = [.. written.Where(file => file.Kind == "log").Select(file => file.Path)],
                ServerConfigurations = [.. written.Where(file => file.Kind == "config").Select(file => file.Path)],
                Site = question.Site?.Replace("{dir}", folder.FullName, StringComparison.Ordinal),
            };
            var around = new Surroundings(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(now), new Progress<string>(), 0);
            foreach (var probe in AllProbes.InOrder)
                if (!LeftAside.Contains(probe.Name)) seen.AddRange(await probe.Collect(question, seen, around, CancellationToken.None));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
