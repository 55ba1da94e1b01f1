using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gatehouse.Guard.Refusals;
using Gatehouse.Server.Demo;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse demo`: the sample site behind a real Guard, every situation of 401 and 403 really asked, and then left to try.</summary>
internal static class DemoCommand
{
    private const int UsualPort = 8080;

    public static Command Create()
    {
        var folder = new Option<string?>("--folder") { Description = "Where the sample is put, and stays; a temporary folder by default", HelpName = "FOLDER" };
        var port = new Option<int?>("--port") { Description = $"Where it listens on loopback; {UsualPort}, or any that is free", HelpName = "PORT" };
        var once = new Option<bool>("--once") { Description = "Stop after the table" };
        var json = new Option<bool>("--json") { Description = "The table for programs" };
        var command = new Command("demo", "Try the Guard on a sample site") { folder, port, once, json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(folder), parsed.GetValue(port), parsed.GetValue(once), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string? where, int? port, bool once, bool json)
    {
        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            using var site = await DemoFolder.MakeAsync(where, port ?? (IsFree(UsualPort) ? UsualPort : 0));
            var complaints = new List<string>();
            await using var guard = await GuardProcess.StartAsync(site.Configuration, Path.Combine(site.Path, "decisions.log"), complaints);
            if (guard is null)
            {
                foreach (var line in complaints) await Console.Error.WriteLineAsync(line);
                return ServerCommands.Usage;
            }

            var answers = new List<Asked>();
            foreach (var situation in Situations.All(site.Credentials, site.Tokens)) answers.Add(await Asked.AskAsync(guard.Address, situation, stopping.Token));
            using (var incidents = new IncidentFiles(Path.Combine(site.Path, "gatehouse-state", "incidents")))
                for (var i = 0; i < answers.Count; i++) answers[i] = await answers[i].LookedUpAsync(incidents, TimeProvider.System, stopping.Token);

            if (json) WriteJson(guard.Address, site, answers);
            else DemoReport.Print(answers);
            var wrong = answers.Count(answer => !answer.IsRight);
            if (wrong > 0) await Console.Error.WriteLineAsync($"gatehouse: {wrong} of {answers.Count} answers are not what this sample is made to show");
            if (once) return wrong == 0 ? 0 : Desk.Refused;

            if (!json) Invite(guard.Address, site);
            await Task.WhenAny(guard.Ended, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token));
            return stopping.IsCancellationRequested ? 0 : Desk.Refused;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync("gatehouse: " + broken.Message);
            return ServerCommands.Usage;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void WriteJson(Uri address, DemoFolder site, IReadOnlyList<Asked> answers)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "gatehouse.demo/1");
            writer.WriteString("address", $"http://localhost:{address.Port}/");
            writer.WriteString("configuration", site.Configuration);
            DemoReport.Write(writer, answers);
            writer.WriteEndObject();
        }

        Console.Out.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void Invite(Uri address, DemoFolder site)
    {
        var home = $"http://localhost:{address.Port}";
        var text = new StringBuilder();
        text.Append("The site is at ").Append(home).Append("/ until Ctrl-C. Its folder is ").Append(site.Path).Append(".\n\nAccounts, all with the password ").Append(DemoFolder.Password).Append(":\n");
        foreach (var (name, _, _, what) in DemoFolder.Accounts) text.Append("  ").Append(name.PadRight(12)).Append(what).Append('\n');
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"""

            Try:
              curl -i {home}/admin/ -u reader:{DemoFolder.Password}
              curl -i --interface 127.0.0.66 {home}/
              curl -i {home}/api/orders.json -H 'X-API-Key: {site.Credentials.Key}'
              gatehouse why {home}/reports/2026.txt
              gatehouse why {home}/admin/ -u reader:{DemoFolder.Password}
              gatehouse incident ID --config {site.Configuration}
              gatehouse user grant reader --role admin --config {site.Configuration}
              gatehouse check --table --config {site.Configuration}
            """);
        Console.Out.WriteLine(text.ToString());
    }
}
