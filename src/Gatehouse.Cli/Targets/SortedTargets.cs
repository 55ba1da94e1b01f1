using System.Text;
using Gatehouse.Doctor.Inputs;
using Gatehouse.Doctor.Inputs.Answers;
using Gatehouse.Doctor.Inputs.Har;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Cli.Targets;

/// <summary>Targets told apart: addresses, command lines, recordings, folders, configurations, logs.</summary>
internal sealed class SortedTargets(InputSources sources)
{
    /// <summary>The address; null: none.</summary>
    public UrlText? Url { get; private set; }

    /// <summary>The request of a copied command; null: none.</summary>
    public Transfer? Transfer { get; private set; }

    /// <summary>Each kind of refusal of a recording.</summary>
    public List<RecordedRefusal> Refusals { get; } = [];

    /// <summary>The recording; null: none.</summary>
    public string? Recording { get; private set; }

    /// <summary>The folder; null: none.</summary>
    public string? Site { get; private set; }

    /// <summary>Configurations in order.</summary>
    public List<string> ServerConfigurations { get; } = [];

    /// <summary>Logs in order.</summary>
    public List<string> Logs { get; } = [];

    /// <summary>An answer that was pasted, with what came before it; empty: none.</summary>
    public IReadOnlyList<Doctor.Http.Exchange> Pasted { get; private set; } = [];

    /// <summary>What else it showed.</summary>
    public IReadOnlyList<Doctor.Observation> Beside { get; private set; } = [];

    /// <summary>Lines that were piped in.</summary>
    public List<string> LogLines { get; } = [];

    /// <summary>What was not understood.</summary>
    public List<string> LeftOut { get; } = [];

    /// <summary>Sorts one in; throws <see cref="UsageFault"/>.</summary>
    public void Add(string target)
    {
        if (target == "-")
        {
            AddText("standard input", sources.File("-"));
        }
        else if (!target.Contains("://", StringComparison.Ordinal) && (File.Exists(target) || Directory.Exists(target)))
        {
            AddFile(target);
        }
        else
        {
            AddUrl(target);
        }
    }

    /// <summary>What stands behind <c>--</c>.</summary>
    public void AddCommand(IReadOnlyList<string> words)
    {
        if (words.Count == 0) throw new UsageFault("nothing stands behind `--`: write `-- curl ...`");
        Take(CopiedCommand.Read(words, sources));
    }

    private void AddUrl(string target)
    {
        if (!UrlText.TryParse(target, out var url, out var error))
        {
            var shown = SafeText.Of(target.Length > 100 ? target[..100] + "…" : target);
            throw new UsageFault($"`{shown}` is neither an address nor something on this disk: {error}");
        }

        if (!target.Contains("://", StringComparison.Ordinal) && url.Url.Host.IndexOfAny(['.', ':']) < 0 && url.Url.IsDefaultPort && url.Url.Host != "localhost" && (target.Contains('/') || target.Contains('.')) && !target.StartsWith(url.Url.Host, StringComparison.OrdinalIgnoreCase))
            throw new UsageFault($"`{SafeText.Of(target)}` does not exist, and is no address either", 4);
        if (Url is null) Url = url;
        else LeftOut.Add($"only one address is looked at: `{MaskedUrl.Of(url.Url)}` is left out");
    }

    private void AddFile(string path)
    {
        TargetKind kind;
        try
        {
            kind = TargetKinds.Of(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageFault($"{SafeText.Of(path)} can't be read: {(unreadable is UnauthorizedAccessException ? "permission denied" : unreadable.Message.TrimEnd('.'))}", 4);
        }

        switch (kind)
        {
            case TargetKind.Site:
                if (Site is null) Site = path;
                else LeftOut.Add($"only one folder is looked at: `{path}` is left out");
                break;
            case TargetKind.ServerConfiguration:
                ServerConfigurations.Add(path);
                break;
            case TargetKind.Log:
                Logs.Add(path);
                break;
            case TargetKind.Har:
                AddHar(path);
                break;
            case TargetKind.Answer or TargetKind.Command:
                AddText(path, sources.File(path));
                break;
            case TargetKind.Resource:
                Site ??= path;
                break;
        }
    }

    private void AddHar(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        AddHar(path, stream);
    }

    private void AddHar(string name, Stream stream)
    {
        var reading = HarFile.Read(stream);
        if (reading.Fault is { } fault && reading.Entries == 0) throw new UsageFault($"{SafeText.Of(name)} can't be read as a recording: {fault}", 4);
        if (reading.Fault is { } broken) LeftOut.Add($"{name} was read up to entry {reading.Entries}: {broken}");
        LeftOut.AddRange(reading.LeftOut.Select(one => $"{name}: {one}"));
        if (reading.Refused == 0) LeftOut.Add($"{name}: nothing is refused in its {reading.Entries} entries");
        Recording ??= name;
        Refusals.AddRange(reading.Refusals);
    }

    private void AddText(string name, FileReading read)
    {
        if (read.Fault is { } fault) throw new UsageFault(fault, 4);
        var text = Encoding.UTF8.GetString(read.Content.Span);
        if (text.AsSpan().Trim().IsEmpty) throw new UsageFault($"{name} is empty", 4);
        if (TargetKinds.Of("", read.Content.Span) == TargetKind.Har)
        {
            using var stream = new MemoryStream(read.Content.ToArray(), writable: false);
            AddHar(name, stream);
            return;
        }

        if (text.TrimStart().StartsWith("curl", StringComparison.OrdinalIgnoreCase)) Take(CopiedCommand.Read(text.Trim(), sources));
        else AddAnswer(AnswerText.Read(text, Url?.Url, sources.Now));
    }

    private void AddAnswer(AnswerReading reading)
    {
        LeftOut.AddRange(reading.LeftOut.Select(one => $"of what was pasted, {one}"));
        LogLines.AddRange(reading.LogLines);
        if (reading.Exchanges.Count == 0) return;
        Pasted = reading.Exchanges;
        Beside = reading.Beside;
    }

    private void Take(Doctor.Inputs.Curl.CommandReading reading)
    {
        LeftOut.AddRange(reading.LeftOut.Select(one => $"of the command line, {one}"));
        if (reading.Transfers.Count == 0) throw new UsageFault(LeftOut.Count > 0 ? LeftOut[0] : "the command line has no address");
        if (reading.Transfers.Count > 1) LeftOut.Add($"the command line has {reading.Transfers.Count} requests: the first is looked at");
        Transfer ??= reading.Transfers[0];
    }
}
