using System.Globalization;
using System.Text;
using Gatehouse.Doctor.Logs;

namespace Gatehouse.Doctor.Tests.Logs;

/// <summary>Logs in which a refusal lies far back, behind many others.</summary>
public sealed class LongLogTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 10, 0, 0, 0, TimeSpan.Zero);

    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-long-logs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private LoggedRefusal? Find(string text, string url, DateTimeOffset now)
    {
        var path = Path.Combine(folder, "access.log");
        File.WriteAllText(path, text);
        var clock = new Fixed(now);
        return LogProbe.Look(new Question { Url = new Uri(url), Logs = [path] }, new Observations(), new Surroundings(clock, new Progress<string>(), 0), TestContext.Current.CancellationToken).OfType<LoggedRefusal>().FirstOrDefault();
    }

    private sealed class Fixed(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }

    private static void Access(StringBuilder text, int second, string target, int status) =>
        text.Append(CultureInfo.InvariantCulture, $"192.0.2.7 - - [{Start.AddSeconds(second).ToString("dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture)} +0000] \"GET {target} HTTP/1.1\" {status} 12 \"-\" \"Mozilla/5.0 AppleWebKit/537.36\"\n");

    [Theory]
    [InlineData("/club/plan.html", "/club/plan.html")]
    [InlineData("/club/pl%61n.html", "/club/plan.html")]
    [InlineData("/club/", "/club/")]
    [InlineData("/", "/")]
    public void A_refusal_far_behind_refusals_of_others_is_found(string logged, string asked)
    {
        var text = new StringBuilder();
        Access(text, 0, logged, 403);
        for (var i = 1; i < 30_000; i++) Access(text, i, "/other/" + i, i % 3 == 0 ? 200 : 404);
        var found = Find(text.ToString(), "http://192.0.2.1" + asked, Start.AddDays(14));
        Assert.NotNull(found?.Access);
        Assert.Equal((403, 1L), (found.Access.Status, found.Access.Line));
    }

    [Fact]
    public void A_message_far_behind_others_is_found_with_its_cause()
    {
        var text = new StringBuilder("2026/11/10 00:00:00 [error] 12#12: *3 access forbidden by rule, client: 192.0.2.7, server: a, request: \"GET /club/plan.html HTTP/1.1\", host: \"a\"\n");
        for (var i = 1; i < 12_000; i++) text.Append(CultureInfo.InvariantCulture, $"2026/11/10 {i / 3600:00}:{i / 60 % 60:00}:{i % 60:00} [error] 12#12: *{i} access forbidden by rule, client: 192.0.2.7, server: a, request: \"GET /other/{i} HTTP/1.1\", host: \"a\"\n");
        var found = Find(text.ToString(), "http://192.0.2.1/club/plan.html", Start.AddDays(14));
        Assert.Equal("access forbidden by rule", found?.Messages.FirstOrDefault()?.Match?.Row.Pattern);
        Assert.Equal(1, found!.Messages[0].Record.Line);
    }
}
