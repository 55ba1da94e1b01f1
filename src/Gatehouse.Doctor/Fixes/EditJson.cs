using System.Text.Json;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Fixes;

/// <summary>
/// Edits in JSON: the member <c>edits</c> of a remedy in a report, and of what <c>fix --json</c> prints. A report that this user made
/// on this machine carries a seal; edits of any other one are never made without somebody's consent.
/// </summary>
public static class EditJson
{
    /// <summary>A report above this is not read: it holds at most some edits of <see cref="FixPlan.MaxContent"/>.</summary>
    public const int MaxReport = 64 << 20;

    /// <summary>One edit as an object.</summary>
    public static void Write(Utf8JsonWriter json, Edit edit, bool? applied = null, string? problem = null)
    {
        json.WriteStartObject();
        json.WriteString("file", edit.File);
        json.WriteString("kind", FixPlan.KindName(edit.Kind));
        json.WriteString("before", edit.Before);
        json.WriteString("after", edit.After);
        json.WriteString("safety", FixPlan.SafetyName(edit.Safety));
        if (applied is { } done) json.WriteBoolean("applied", done);
        if (problem is not null) json.WriteString("problem", problem);
        json.WriteEndObject();
    }

    /// <summary>The plan of a report: the edits of its first finding that has any. Null and one sentence where it is no report, or has none.</summary>
    /// <param name="report">The report's octets.</param>
    /// <param name="sealedByUs">Whether the seal is right; otherwise nothing counts as safe.</param>
    /// <param name="problem">What is wrong, and what to do instead.</param>
    public static FixPlan? Read(ReadOnlyMemory<byte> report, Func<IReadOnlyList<Edit>, string?, bool> sealedByUs, out string? problem)
    {
        problem = null;
        try
        {
            using var document = JsonDocument.Parse(report, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "schema") != "gatehouse.report/1")
            {
                problem = "is no report of `gatehouse why --json` (schema gatehouse.report/1)";
                return null;
            }

            var all = new List<Edit>();
            List<Edit>? first = null;
            foreach (var finding in Members(root, "findings"))
            {
                foreach (var remedy in Members(finding, "remedies"))
                {
                    List<Edit?> edits = [.. Members(remedy, "edits").Select(Edit)];
                    if (edits.Contains(null))
                    {
                        problem = "has an edit without file, kind, before or after: make it anew with `gatehouse why --json`";
                        return null;
                    }

                    all.AddRange(edits.OfType<Edit>());
                    if (first is null && edits.Any(edit => edit!.Safety != EditSafety.Show)) first = [.. edits.OfType<Edit>()];
                }
            }

            if (first is null) return new FixPlan([]);
            var ours = sealedByUs(all, Text(root, "seal"));
            return new FixPlan([.. first.Select(edit => FixPlan.Judged(ours || edit.Safety != EditSafety.Safe ? edit : edit with { Safety = EditSafety.Ask }))]);
        }
        catch (JsonException error)
        {
            problem = $"is no JSON document (line {error.LineNumber + 1})";
            return null;
        }
    }

    private static IEnumerable<JsonElement> Members(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static Edit? Edit(JsonElement edit)
    {
        if (edit.ValueKind != JsonValueKind.Object || FixPlan.Kind(Text(edit, "kind")) is not { } kind) return null;
        return Text(edit, "file") is { } file && Text(edit, "before") is { } before && Text(edit, "after") is { } after
            ? new Edit(kind, file, before, after, FixPlan.Safety(Text(edit, "safety")))
            : null;
    }
}
