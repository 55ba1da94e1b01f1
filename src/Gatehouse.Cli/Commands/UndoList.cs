using System.Text;
using System.Text.Json;
using Gatehouse.Cli.Targets;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Cli.Commands;

/// <summary>`gatehouse fix --list`: the journal, newest first.</summary>
internal static class UndoList
{
    /// <summary>Prints it.</summary>
    public static int Print(bool json)
    {
        using var journal = Journal.Open(Journal.DefaultFolder(), out var problem, Journal.Patience) ?? throw new UsageFault(problem!, 4);
        var entries = journal.Ids().Select(id => (Id: id, Entry: journal.Read(id, out var fault), Fault: fault)).ToList();
        if (json) Console.Out.Write(Json(entries));
        else if (entries.Count == 0) Console.Out.WriteLine("nothing was changed yet");
        else foreach (var (id, entry, fault) in entries) Console.Out.WriteLine(entry is null ? $"{id}  {SafeText.Of(fault ?? "")}" : Line(entry));
        return 0;
    }

    private static string Line(JournalEntry entry) =>
        $"{entry.Id}  {entry.Time:u}  {(entry.Edits.All(edit => edit.State == EditState.Undone) ? "taken back" : "in force")}  {string.Join(", ", entry.Edits.Select(edit => $"{edit.Kind} {SafeText.Of(edit.File)}{(edit.Kind == "content" ? "" : $" {SafeText.Of(edit.Before)} -> {SafeText.Of(edit.After)}".Replace('\n', ' '))}"))}";

    private static string Json(IEnumerable<(string Id, JournalEntry? Entry, string? Fault)> entries)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("schema", "gatehouse.journal-list/1");
            json.WriteStartArray("entries");
            foreach (var (id, entry, fault) in entries)
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                if (entry is null) json.WriteString("problem", fault);
                else
                {
                    json.WriteString("time", entry.Time);
                    json.WriteStartArray("edits");
                    foreach (var edit in entry.Edits)
                    {
                        json.WriteStartObject();
                        json.WriteString("file", edit.File);
                        json.WriteString("kind", edit.Kind);
                        json.WriteString("state", edit.State switch { EditState.Planned => "planned", EditState.Done => "done", EditState.Undone => "undone" });
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
