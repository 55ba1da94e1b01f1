using System.CommandLine;
using System.Text;
using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Targets;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Cli.Commands;

/// <summary>`gatehouse causes [ID]`: the catalogue on the terminal.</summary>
internal static class CausesCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("id") { HelpName = "ID", Description = "a cause, as reports name it; without one, the list", Arity = ArgumentArity.ZeroOrOne };
        id.CompletionSources.Add(_ => Catalogue.All.Select(cause => new System.CommandLine.Completions.CompletionItem(cause.Id)));
        var json = new Option<bool>("--json") { Description = "for programs" };
        var command = new Command("causes", "the catalogue of causes, or one of them") { id, json };
        command.SetAction(parsed => Run(parsed.GetValue(id), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string? id, bool json)
    {
        var shown = id is null ? Catalogue.All : [.. Catalogue.All.Where(cause => cause.Id.Equals(id, StringComparison.OrdinalIgnoreCase))];
        if (shown.Count == 0)
        {
            Console.Error.WriteLine($"gatehouse: there is no cause `{SafeText.Of(id!)}`{Suggestion.Clause(id!, Catalogue.All.Select(cause => cause.Id))}; `gatehouse causes` lists them");
            return CommandList.Usage;
        }

        Console.Out.Write(json ? Json(shown) : id is null ? List(shown) : One(shown[0]));
        return 0;
    }

    private static string List(IReadOnlyList<Cause> causes)
    {
        var text = new StringBuilder();
        var widest = causes.Max(cause => cause.Id.Length);
        foreach (var cause in causes) text.Append(cause.Id.PadRight(widest)).Append("  ").Append(cause.Status is { } status ? $"{status}" : "any").Append("  ").Append(cause.Title).Append('\n');
        return text.ToString();
    }

    private static string One(Cause cause)
    {
        var text = new StringBuilder($"{cause.Id}: {cause.Title} ({(cause.Status is { } status ? $"a correct server answers {status}" : "about another fault than the status")})\n");
        Add("", cause.Meaning);
        Add("To confirm it", cause.Confirm);
        Add("What a visitor does", cause.Visitor);
        Add("What a developer does", cause.Developer);
        Add("What an owner does", cause.Owner);
        Add("It rests on", cause.Specification);
        return text.ToString();

        void Add(string heading, string what)
        {
            text.Append('\n');
            if (heading.Length > 0) text.Append(heading).Append('\n');
            text.Append(Paragraph.Of(what, Terminal.Width)).Append('\n');
        }
    }

    private static string Json(IReadOnlyList<Cause> causes)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var cause in causes)
            {
                json.WriteStartObject();
                json.WriteString("cause", cause.Id);
                if (cause.Status is { } status) json.WriteNumber("status", status);
                else json.WriteNull("status");
                json.WriteString("title", cause.Title);
                json.WriteString("meaning", cause.Meaning);
                json.WriteString("confirm", cause.Confirm);
                json.WriteString("visitor", cause.Visitor);
                json.WriteString("developer", cause.Developer);
                json.WriteString("owner", cause.Owner);
                json.WriteString("specification", cause.Specification);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
