using System.Text;
using System.Text.Json;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Reports;

/// <summary>The report for programs (contract.md, "Report"); everything beyond ASCII is escaped, so no reader's terminal obeys it.</summary>
public static class JsonReport
{
    /// <summary>Version of the form: fields are only ever added.</summary>
    public const string Schema = "gatehouse.report/1";

    /// <summary>The whole report, indented, with a line end.</summary>
    public static string Of(Report report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteString("target", report.Target);
            json.WriteBoolean("refused", report.Refused);
            Number(json, "status", report.Status);
            json.WriteString("cause", report.Cause);
            json.WriteStartArray("findings");
            foreach (var finding in report.Findings) Write(json, finding);
            json.WriteEndArray();
            json.WriteStartArray("exchanges");
            foreach (var exchange in report.Exchanges) Write(json, exchange);
            json.WriteEndArray();
            if (report.Evaluated.Count > 0)
            {
                json.WriteStartArray("evaluated");
                foreach (var evaluated in report.Evaluated) Write(json, evaluated);
                json.WriteEndArray();
            }

            json.WriteStartArray("notLookedAt");
            foreach (var not in report.NotLookedAt) json.WriteStringValue(not);
            json.WriteEndArray();
            json.WriteStartArray("unreachable");
            foreach (var not in report.Unreachable) json.WriteStringValue(not);
            json.WriteEndArray();
            if (Seal.Of(report.Findings.SelectMany(finding => finding.Remedies).SelectMany(remedy => remedy.Edits)) is { } seal) json.WriteString("seal", seal);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("cause", finding.Cause.Id);
        Number(json, "status", finding.Status);
        json.WriteNumber("confidence", Math.Round(finding.Confidence, 3));
        json.WriteString("summary", finding.Summary);
        json.WriteStartArray("evidence");
        foreach (var evidence in finding.Evidence)
        {
            json.WriteStartObject();
            json.WriteString("kind", Words.Kebab(evidence.Kind));
            json.WriteString("where", evidence.Where);
            json.WriteString("what", evidence.What);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("remedies");
        foreach (var remedy in finding.Remedies)
        {
            json.WriteStartObject();
            json.WriteString("id", remedy.Id);
            json.WriteString("who", Words.Of(remedy.Who));
            json.WriteString("what", remedy.What);
            json.WriteString("command", remedy.Command);
            json.WriteBoolean("automatic", remedy.Automatic);
            if (remedy.Edits.Count > 0)
            {
                json.WriteStartArray("edits");
                foreach (var edit in remedy.Edits) EditJson.Write(json, edit);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Exchange exchange)
    {
        json.WriteStartObject();
        json.WriteString("purpose", exchange.Purpose);
        json.WriteString("method", exchange.Request.Method);
        json.WriteString("url", MaskedUrl.Of(exchange.Request.Url));
        Number(json, "status", exchange.Status);
        json.WriteNumber("milliseconds", Math.Round(exchange.Elapsed.TotalMilliseconds, 1));
        if (exchange.Fault is not null) json.WriteString("fault", exchange.FaultText);
        if (exchange.NotCarried.Count > 0)
        {
            json.WriteStartArray("notCarried");
            foreach (var left in exchange.NotCarried) json.WriteStringValue($"{left.Name}: {left.Why}");
            json.WriteEndArray();
        }

        json.WriteString("curl", CurlText.Of(exchange.Request));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Servers.Evaluated evaluated)
    {
        json.WriteStartObject();
        json.WriteString("server", evaluated.Server);
        json.WriteString("file", evaluated.File);
        Number(json, "status", evaluated.Status);
        if (evaluated.UnknownBecause is not null) json.WriteString("unknownBecause", evaluated.UnknownBecause);
        json.WriteStartArray("trace");
        foreach (var step in evaluated.Trace) json.WriteStringValue($"{step.File}:{step.Line} {step.Text} -> {step.Says}");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
