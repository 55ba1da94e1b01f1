using System.Text;
using System.Text.Json;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Cli.Output;

/// <summary>What `fix --json` prints (contract.md, "fix").</summary>
internal static class FixJson
{
    /// <summary>The outcome, and where it was asked again afterwards what came.</summary>
    public static string Of(FixOutcome outcome, Report? after)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("schema", "gatehouse.fix/1");
            json.WriteString("undo", outcome.Undo);
            if (outcome.Problem is not null) json.WriteString("problem", outcome.Problem);
            json.WriteStartArray("edits");
            foreach (var edit in outcome.Edits) EditJson.Write(json, edit.Edit, edit.Applied, edit.Problem);
            json.WriteEndArray();
            if (after is not null)
            {
                json.WriteStartObject("after");
                json.WriteBoolean("refused", after.Refused);
                if (after.Status is { } status) json.WriteNumber("status", status);
                else json.WriteNull("status");
                json.WriteString("cause", after.Cause);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
