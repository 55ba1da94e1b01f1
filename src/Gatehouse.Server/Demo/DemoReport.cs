using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Server.Commands;
using Spectre.Console;

namespace Gatehouse.Server.Demo;

/// <summary>The table of what was asked and answered, for people and for programs.</summary>
internal static class DemoReport
{
    /// <summary>Where no terminal says how wide it is.</summary>
    private const int Width = 160;

    /// <summary>Writes the table.</summary>
    public static void Print(IReadOnlyList<Asked> answers)
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected) console.Profile.Width = Width;
        var table = new Table().Border(TableBorder.Simple).AddColumns("request", "who", "status", "cause", "what to do");
        foreach (var answer in answers)
        {
            var colour = answer.Status switch { 200 => "green", 401 => "yellow", 403 => "red", _ => "blue" };
            table.AddRow(
                new Text($"{answer.Situation.Method} {answer.Situation.Path}"),
                new Text(answer.Situation.Who),
                new Markup($"[{colour}]{answer.Status}[/]"),
                new Text(answer.IsRight ? answer.Cause ?? "-" : $"{answer.Cause ?? "-"} (expected {answer.Situation.Status} {answer.Situation.Cause})"),
                new Text(WhatToDo(answer) ?? "-"));
        }

        console.Write(table);
    }

    /// <summary>Writes the same as JSON.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Asked> answers)
    {
        json.WriteStartArray("rows");
        foreach (var answer in answers)
        {
            json.WriteStartObject();
            json.WriteString("method", answer.Situation.Method);
            json.WriteString("path", answer.Situation.Path);
            json.WriteString("who", answer.Situation.Who);
            json.WriteNumber("status", answer.Status);
            json.WriteString("cause", answer.Cause);
            json.WriteStartArray("challenges");
            foreach (var challenge in answer.Challenges) json.WriteStringValue(challenge);
            json.WriteEndArray();
            json.WriteString("incident", answer.Incident);
            json.WriteString("remedy", WhatToDo(answer));
            json.WriteString("nearestChange", answer.Change);
            json.WriteBoolean("asExpected", answer.IsRight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Whoever may change the site is told what to change there; whoever has to sign in, what the answer itself says.
    private static string? WhatToDo(Asked answer) => answer switch
    {
        { Cause: null } => null,
        { Status: 401 } => answer.Told ?? "Fill in the form that comes with the answer.",
        { Change: { } change } => change,
        { Remedy: { } remedy } => remedy,
        _ => Catalogue.Find(answer.Cause)?.Owner is { Length: > 0 } owner ? owner : answer.Told,
    };
}
