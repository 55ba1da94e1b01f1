using System.CommandLine;
using System.Text;
using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Guard.Refusals;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse incident ID`: the whole trace of a refusal, and the nearest change that would allow it.</summary>
internal static class IncidentCommand
{
    /// <summary>A decision reaches the disk some tenths of a second after its answer.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "From the page, the answer's Gatehouse-Incident field, or the log" };
        var config = ConfigurationOption.Create();
        var json = new Option<bool>("--json") { Description = "For programs" };
        var command = new Command("incident", "Look a refusal up: the whole trace, and the nearest change that would allow it") { id, config, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (ConfigurationOption.Read(parsed.GetValue(config)!) is not { } configuration) return ServerCommands.Usage;
            // The address that problem+json calls the instance is taken as well.
            var name = parsed.GetValue(id)!.Trim().TrimEnd('/');
            name = name[(name.LastIndexOf('/') + 1)..].ToLowerInvariant();
            if (!Incident.IsId(name)) return Desk.Misuse($"`{name}` is no incident id: those have 32 hexadecimal digits");
            using var files = new IncidentFiles(Path.Combine(configuration.State, "incidents"));
            try
            {
                var begun = Desk.Time.GetTimestamp();
                JsonDocument? found;
                while ((found = files.Find(name)) is null && Desk.Time.GetElapsedTime(begun) < Late) await Task.Delay(100, cancellation);
                if (found is null) return Desk.Refuse($"there is no incident {name} in {files.Folder}: it is older than what is kept, or belongs to another configuration");
                using (found) Console.Out.WriteLine(parsed.GetValue(json) ? Indented(found.RootElement) : Text(found.RootElement));
                return 0;
            }
            catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"gatehouse: the incidents in {files.Folder} can't be read: {broken.Message}");
                return ServerCommands.Usage;
            }
        });
        return command;
    }

    private static string Indented(JsonElement incident)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true })) incident.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Text(JsonElement incident)
    {
        var text = new StringBuilder();
        var cause = Of(incident, "cause") is { } id ? Catalogue.Find(id) : null;
        var (status, shown) = (Of(incident, "status"), Of(incident, "shown"));
        text.Append(Of(incident, "decision") switch
        {
            "would-refuse" => $"would have been refused with {status} (the rule is only on trial)",
            "credentials-ignored" => "served to anybody; the credentials that came along do not verify",
            _ => $"refused with {status}{(shown is null ? "" : $", shown as {shown}")}",
        });
        if (Of(incident, "cause") is { } name) text.Append(": ").Append(name).Append(cause is null ? "" : $" ({cause.Title})");
        text.Append('\n');
        Line("when", Of(incident, "time"));
        Line("request", $"{Of(incident, "method")} {Of(incident, "host")}{Of(incident, "path")}");
        Line("from", (Of(incident, "address") ?? "an address that a proxy hides") + (Of(incident, "country") is { } country ? $" ({country})" : ""));
        Line("who", Of(incident, "who") is { } who ? $"{who}, by {Of(incident, "scheme")}" : "nobody known");
        Line("site", Of(incident, "site"));
        Line("why", Of(incident, "summary"));
        Line("detail", Of(incident, "detail"));
        if (incident.TryGetProperty("rule", out var rule)) Line("rule", $"{Of(rule, "file")}:{Of(rule, "line")}  {Of(rule, "text")}");
        foreach (var beaten in Items(incident, "beaten")) Line("beaten", beaten.GetString());
        foreach (var evidence in Items(incident, "evidence")) Line("evidence", $"{Of(evidence, "where")}: {Of(evidence, "what")}");
        foreach (var step in Items(incident, "trace")) Line("trace", $"{Of(step, "value"),-8} {Of(step, "condition")}: {Of(step, "why")}");
        Line("would allow it", Of(incident, "nearest-change"));
        foreach (var remedy in Items(incident, "remedies")) Line("remedy", Of(remedy, "what") + (Of(remedy, "command") is { } command ? $":  {command}" : ""));
        if (cause is { Owner.Length: > 0 }) Line("owner", cause.Owner);
        return text.ToString().TrimEnd('\n');

        void Line(string label, string? value)
        {
            if (value is { Length: > 0 }) text.Append("  ").Append(label.PadRight(15)).Append(Desk.Plain(value)).Append('\n');
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) => of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static string? Of(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.ToString() : null;
}
