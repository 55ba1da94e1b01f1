using System.Text.Json;
using Gatehouse.Findings;

namespace Gatehouse.Guard.Refusals;

/// <summary>Writes a decision as one line of JSON. Everything but ASCII is escaped: no terminal and no log reader can be steered by what a request says.</summary>
internal static class DecisionJson
{
    /// <summary>The schema of a record in the incident store.</summary>
    public const string Schema = "gatehouse.incident/1";

    /// <summary>Who, what, when, where and why.</summary>
    public static void WriteLine(Utf8JsonWriter json, DecisionEvent decision)
    {
        json.WriteStartObject();
        Head(json, decision);
        json.WriteEndObject();
    }

    /// <summary>The same with the whole trace.</summary>
    public static void WriteWhole(Utf8JsonWriter json, DecisionEvent decision)
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        Head(json, decision);
        if (decision.Finding is { } finding)
        {
            json.WriteStartArray("evidence");
            foreach (var evidence in finding.Evidence)
            {
                json.WriteStartObject();
                json.WriteString("kind", JsonNamingPolicy.KebabCaseLower.ConvertName(evidence.Kind.ToString()));
                json.WriteString("where", evidence.Where);
                json.WriteString("what", evidence.What);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (finding.Remedies.Count > 0) Remedies(json, finding);
        }

        if (decision.Decision is { } said)
        {
            json.WriteStartArray("beaten");
            foreach (var rule in said.Beaten) json.WriteStringValue($"{rule.File}:{rule.Line}: {rule.Text}");
            json.WriteEndArray();
            json.WriteStartArray("trace");
            foreach (var step in said.Trace)
            {
                json.WriteStartObject();
                json.WriteString("condition", step.Condition);
                json.WriteString("value", RefusalWriter.Shown(step.Value));
                json.WriteString("why", step.Why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (said.NearestChange is { } change) json.WriteString("nearest-change", change);
        }

        json.WriteEndObject();
    }

    private static void Head(Utf8JsonWriter json, DecisionEvent decision)
    {
        json.WriteString("time", decision.Time);
        json.WriteString("decision", decision.Kind switch
        {
            DecisionKind.Refused => "refused",
            DecisionKind.WouldRefuse => "would-refuse",
            DecisionKind.CredentialsIgnored => "credentials-ignored",
        });
        json.WriteString("incident", decision.Incident);
        json.WriteNumber("status", decision.Status);
        if (decision.ShownStatus != decision.Status) json.WriteNumber("shown", decision.ShownStatus);
        if (decision.Finding is { } finding) json.WriteString("cause", finding.Cause.Id);
        if (decision.Site is not null) json.WriteString("site", decision.Site);
        if (decision.Address is not null) json.WriteString("address", decision.Address);
        if (decision.Country is not null) json.WriteString("country", decision.Country);
        if (decision.Who is { } who)
        {
            json.WriteString("who", who.Name);
            json.WriteString("scheme", who.Scheme.ToString());
        }

        json.WriteString("method", decision.Method);
        if (decision.Host is not null) json.WriteString("host", decision.Host);
        json.WriteString("path", decision.Path);
        if (decision.Decision?.Rule is { } rule)
        {
            json.WriteStartObject("rule");
            json.WriteString("file", rule.File);
            json.WriteNumber("line", rule.Line);
            json.WriteString("text", rule.Text);
            json.WriteEndObject();
        }

        if (decision.Finding?.Summary is { Length: > 0 } summary) json.WriteString("summary", summary);
        if (decision.Detail is not null) json.WriteString("detail", decision.Detail);
    }

    private static void Remedies(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartArray("remedies");
        foreach (var remedy in finding.Remedies)
        {
            json.WriteStartObject();
            json.WriteString("id", remedy.Id);
            json.WriteString("what", remedy.What);
            if (remedy.Command is not null) json.WriteString("command", remedy.Command);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
