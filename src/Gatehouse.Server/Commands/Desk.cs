using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Settings;
using Gatehouse.Guard.SignIn;

namespace Gatehouse.Server.Commands;

/// <summary>Where an administrator's command works: the state that a configuration names, open beside the running Guard, and one way to tell people and programs what became of it.</summary>
internal sealed class Desk : IDisposable
{
    /// <summary>What was named does not exist, or stands against the change.</summary>
    public const int Refused = 1;

    private Desk(GuardConfiguration configuration, SignInStores stores, bool json) => (Configuration, Stores, Json) = (configuration, stores, json);

    /// <summary>What the file says.</summary>
    public GuardConfiguration Configuration { get; }

    /// <summary>The state.</summary>
    public SignInStores Stores { get; }

    /// <summary>Whether programs read the answer.</summary>
    public bool Json { get; }

    /// <summary>The clock.</summary>
    public static TimeProvider Time => TimeProvider.System;

    /// <summary>The options that every one of these commands has.</summary>
    public static (Option<string> Config, Option<bool> Json) Options()
    {
        var config = ConfigurationOption.Create();
        config.Recursive = true;
        return (config, new Option<bool>("--json") { Description = "For programs", Recursive = true });
    }

    /// <summary>Opens the state, works, and returns when a running Guard has taken the change up.</summary>
    /// <param name="config">The configuration's path.</param>
    /// <param name="json">Whether programs read the answer.</param>
    /// <param name="changes">Whether the work changes anything.</param>
    /// <param name="work">Returns the exit status.</param>
    public static async Task<int> WorkAsync(string config, bool json, bool changes, Func<Desk, Task<int>> work)
    {
        if (ConfigurationOption.Read(config) is not { } configuration) return ServerCommands.Usage;
        try
        {
            using var desk = new Desk(configuration, SignInStores.Open(configuration, Time), json);
            if (configuration.SignIn?.Sessions is { } sessions) desk.Stores.Sessions.Settings = new() { Idle = sessions.Idle, Absolute = sessions.Absolute };
            var status = await work(desk);
            // A Guard that runs looks at the file this often: who reads "done" may rely on it.
            if (changes && status == 0) await Task.Delay(Revisions.Lag, Time);
            return status;
        }
        catch (StateUnavailableException broken)
        {
            await Console.Error.WriteLineAsync("gatehouse: " + broken.Message);
            return ServerCommands.Usage;
        }
    }

    /// <summary>The accounts as something that can be changed; null after it was told why they can't be.</summary>
    public AccountDatabase? Accounts()
    {
        if (Stores.Accounts is AccountDatabase accounts) return accounts;
        Console.Error.WriteLine(Configuration.SignIn?.Users is { } file
            ? $"gatehouse: the accounts of {Configuration.File} lie in the password file {file.Path}: change them with `htpasswd`; the Guard takes it up at the next request"
            : $"gatehouse: {Configuration.File} names no accounts: add `sign-in: {{ users: gatehouse.db }}`");
        return null;
    }

    /// <summary>Says what was done or found.</summary>
    /// <returns>0.</returns>
    public int Tell(string text, string schema, Action<Utf8JsonWriter> json)
    {
        if (!Json)
        {
            Console.Out.WriteLine(text);
            return 0;
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", schema);
            json(writer);
            writer.WriteEndObject();
        }

        Console.Out.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
        return 0;
    }

    /// <summary>Says in one sentence why nothing was done.</summary>
    /// <returns><see cref="Refused"/>.</returns>
    public static int Refuse(string problem)
    {
        Console.Error.WriteLine("gatehouse: " + Plain(problem));
        return Refused;
    }

    /// <summary>Says in one sentence what is wrong with the command line.</summary>
    /// <returns><see cref="ServerCommands.Usage"/>.</returns>
    public static int Misuse(string problem)
    {
        Console.Error.WriteLine("gatehouse: " + Plain(problem));
        return ServerCommands.Usage;
    }

    /// <summary>Text from elsewhere on a terminal: what would steer it is shown, not obeyed.</summary>
    public static string Plain(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate) shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else shown.Append(rune);
        }

        return shown.ToString();
    }

    /// <summary>Rows under a headline, each column as wide as it must be.</summary>
    public static string Table(string[] head, IEnumerable<string[]> rows)
    {
        var all = rows.Select(row => row.Select(Plain).ToArray()).Prepend(head).ToList();
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', all.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    /// <summary>A moment in UTC, to the second; a dash where there is none.</summary>
    public static string Text(DateTimeOffset? moment) => moment is { } known ? known.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-";

    /// <inheritdoc/>
    public void Dispose() => Stores.Dispose();
}
