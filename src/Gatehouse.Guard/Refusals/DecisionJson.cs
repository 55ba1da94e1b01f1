using System.Collections.Frozen;
using System.Text.Json;
using Gatehouse.Findings;

namespace Gatehouse.Guard.Refusals;

/// <summary>Writes a decision as one line of JSON. Everything but ASCII is escaped: no terminal and no log reader can be steered by what a request says.</summary>
internal static class DecisionJson
{
    /// <summary>The schema of a record in the incident store.</summary>
    public const string Schema = "gatehouse.incident/1";

    private static readonly FrozenDictionary<EvidenceKind, string> Kinds = Enum.GetValues<EvidenceKind>().ToFrozenDictionary(kind => kind, kind => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString()));

    /// <summary>
    /// Begins the object with who, what, when, where and why: the line of the log, but for its closing brace. It stays open, so
    /// that <see cref="WriteRest"/> can make the incident's record of the same bytes.
    /// </summary>
    public static void WriteHead(Utf8JsonWriter json, DecisionEvent decision)
    {
        json.WriteStartObject();
        Head(json, decision);
    }

    /// <summary>Ends the object that <see cref="WriteHead"/> began with what only the incident store keeps: evidence, remedies, the whole trace.</summary>
    public static void WriteRest(Utf8JsonWriter json, DecisionEvent decision)
    {
        json.WriteString("schema"u8, Schema);
        if (decision.Finding is { } finding)
        {
            json.WriteStartArray("evidence"u8);
            foreach (var evidence in finding.Evidence)
            {
                json.WriteStartObject();
                json.WriteString("kind"u8, Kinds[evidence.Kind]);
                json.WriteString("where"u8, evidence.Where);
                json.WriteString("what"u8, evidence.What);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (finding.Remedies.Count > 0) Remedies(json, finding);
        }

        if (decision.Decision is { } said)
        {
            json.WriteStartArray("beaten"u8);
            foreach (var rule in said.Beaten) json.WriteStringValue($"{rule.File}:{rule.Line}: {rule.Text}");
            json.WriteEndArray();
            json.WriteStartArray("trace"u8);
            foreach (var step in said.Trace)
            {
                json.WriteStartObject();
                json.WriteString("condition"u8, step.Condition);
                json.WriteString("value"u8, RefusalWriter.Shown(step.Value));
                json.WriteString("why"u8, step.Why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (said.NearestChange is { } change) json.WriteString("nearest-change"u8, change);
        }

        json.WriteEndObject();
    }

    private static void Head(Utf8JsonWriter json, DecisionEvent decision)
    {
        json.WriteString("time"u8, decision.Time);
        json.WriteString("decision"u8, decision.Kind switch
        {
            DecisionKind.Refused => "refused",
            DecisionKind.WouldRefuse => "would-refuse",
            DecisionKind.CredentialsIgnored => "credentials-ignored",
        });
        json.WriteString("incident"u8, decision.Incident);
        json.WriteNumber("status"u8, decision.Status);
        if (decision.ShownStatus != decision.Status) json.WriteNumber("shown"u8, decision.ShownStatus);
        if (decision.Finding is { } finding) json.WriteString("cause"u8, finding.Cause.Id);
        if (decision.Site is not null) json.WriteString("site"u8, decision.Site);
        if (decision.Address is not null) json.WriteString("address"u8, decision.Address);
        if (decision.Country is not null) json.WriteString("country"u8, decision.Country);
        if (decision.Who is { } who)
        {
            json.WriteString("who"u8, who.Name);
            json.WriteString("scheme"u8, who.Scheme.ToString());
        }

        json.WriteString("method"u8, decision.Method);
        if (decision.Host is not null) json.WriteString("host"u8, decision.Host);
        json.WriteString("path"u8, decision.Path);
        if (decision.Decision?.Rule is { } rule)
        {
            json.WriteStartObject("rule"u8);
            json.WriteString("file"u8, rule.File);
            json.WriteNumber("line"u8, rule.Line);
            json.WriteString("text"u8, rule.Text);
            json.WriteEndObject();
        }

        if (decision.Finding?.Summary is { Length: > 0 } summary) json.WriteString("summary"u8, summary);
        if (decision.Detail is not null) json.WriteString("detail"u8, decision.Detail);
    }

    private static void Remedies(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartArray("remedies"u8);
        foreach (var remedy in finding.Remedies)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, remedy.Id);
            json.WriteString("what"u8, remedy.What);
            if (remedy.Command is not null) json.WriteString("command"u8, remedy.Command);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
