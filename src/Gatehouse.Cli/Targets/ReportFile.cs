using System.Text;
using System.Text.Json;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Cli.Targets;

/// <summary>A report that `why --json` wrote, read back for `fix`.</summary>
/// <param name="Octets">The whole file.</param>
/// <param name="Refused">Its verdict.</param>
/// <param name="Url">What was asked, to be asked again; null: no address.</param>
/// <param name="Server">The server whose configuration was evaluated; null: none was.</param>
/// <param name="Configuration">Its main file; null likewise.</param>
internal sealed record ReportFile(ReadOnlyMemory<byte> Octets, bool Refused, Uri? Url, string? Server, string? Configuration)
{
    /// <summary>The schema stands within so many octets: it is the first member.</summary>
    private const int Beginning = 256;

    /// <summary>Whether a target is such a file: by its beginning.</summary>
    public static bool IsReport(string path)
    {
        try
        {
            if (!File.Exists(path)) return false;
            Span<byte> start = stackalloc byte[Beginning];
            using var file = File.OpenRead(path);
            var text = Encoding.UTF8.GetString(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]).TrimStart();
            return text.StartsWith('{') && text.Contains("gatehouse.report/", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads it; throws <see cref="UsageFault"/>.</summary>
    public static ReportFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > EditJson.MaxReport) throw new UsageFault($"{SafeText.Of(path)} is larger than any report", 4);
            var octets = File.ReadAllBytes(path);
            using var document = JsonDocument.Parse(octets, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement;
            var evaluated = root.TryGetProperty("evaluated", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Object ? list[0] : default;
            return new ReportFile(
                octets,
                root.TryGetProperty("refused", out var refused) && refused.ValueKind == JsonValueKind.True,
                Text(root, "target") is { } target && Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null,
                Text(evaluated, "server"),
                Text(evaluated, "file"));
        }
        catch (JsonException error)
        {
            throw new UsageFault($"{SafeText.Of(path)} is no JSON document (line {error.LineNumber + 1})", 4);
        }
        catch (IOException error)
        {
            throw new UsageFault($"{SafeText.Of(path)} can't be read: {error.Message}", 4);
        }
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
