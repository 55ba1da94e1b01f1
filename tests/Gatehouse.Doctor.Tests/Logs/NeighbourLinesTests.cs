using System.Net;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Logs;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Doctor.Tests.Logs;

/// <summary>Requests that follow each other within milliseconds: each has its own line.</summary>
public sealed class NeighbourLinesTests : IDisposable
{
    private static readonly DateTimeOffset Answered = new(2026, 1, 2, 3, 4, 5, 700, TimeSpan.Zero);

    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-lines-").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    [Theory]
    [InlineData("/closed/a.html", "directory.not-searchable")]
    [InlineData("/secret.html", "file.not-readable")]
    public void A_line_that_names_the_request_is_taken_before_a_neighbours(string target, string cause)
    {
        var log = Path.Combine(folder, "error.log");
        File.WriteAllText(log, """
            [Fri Jan 02 03:04:05.660000 2026] [core:error] [pid 9:tid 1] (13)Permission denied: [client 127.0.0.1:50001] AH00132: file permissions deny server access: /srv/site/secret.html
            [Fri Jan 02 03:04:05.698000 2026] [core:error] [pid 9:tid 2] (13)Permission denied: [client 127.0.0.1:50002] AH00035: access to /closed/a.html denied (filesystem path '/srv/site/closed/a.html') because search permissions are missing on a component of the path

            """);
        Assert.Equal(cause, Cause(target, [log]));
    }

    [Fact]
    public void A_message_that_names_the_request_is_taken_where_its_clock_is_some_milliseconds_behind()
    {
        var (error, access) = (Path.Combine(folder, "error.log"), Path.Combine(folder, "access.log"));
        File.WriteAllText(error, "[Fri Jan 02 03:04:05.665000 2026] [core:error] [pid 9:tid 2] (13)Permission denied: [client 127.0.0.1:50002] AH00035: access to /closed/a.html denied (filesystem path '/srv/site/closed/a.html') because search permissions are missing on a component of the path\n");
        File.WriteAllText(access, "127.0.0.1 - - [02/Jan/2026:03:04:05 +0000] \"GET /closed/a.html HTTP/1.1\" 403 199 \"-\" \"curl/8\"\n");
        Assert.Equal("directory.not-searchable", Cause("/closed/a.html", [error, access]));
    }

    private static string? Cause(string target, string[] logs)
    {
        var url = new Uri("http://127.0.0.1:8080" + target);
        var seen = new Observations();
        seen.Add(new Exchange
        {
            Purpose = "as given",
            Variation = Variation.AsGiven,
            Request = new SentRequest { Method = "GET", Url = url },
            Answer = new ReceivedAnswer { Status = 403, At = Answered },
            Elapsed = TimeSpan.FromMilliseconds(5),
            From = IPAddress.Loopback,
            To = IPAddress.Loopback,
        });
        var clock = new FakeTimeProvider(Answered.AddSeconds(1));
        clock.SetLocalTimeZone(TimeZoneInfo.Utc);
        seen.AddRange(LogProbe.Look(new Question { Url = url, Logs = logs }, seen, new Surroundings(clock, new Progress<string>(), 0), TestContext.Current.CancellationToken));
        return Gatehouse.Doctor.Rules.LogRules.All.SelectMany(rule => rule.Judge(seen)).MaxBy(finding => finding.Confidence)?.Cause.Id;
    }
}
