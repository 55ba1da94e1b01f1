using System.Text;
using System.Text.Json;
using Gatehouse.Doctor;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Corpus.Tests;

/// <summary>Recorded refusals of others are judged without an error, and never with a vendor or cause that they do not show.</summary>
public class RecordedAnswerTests
{
    [Fact]
    public void Recorded_bodies_are_judged_whatever_their_status()
    {
        foreach (var file in Corpus.Files("error-bodies", "*.*").Where(file => !file.EndsWith("SOURCES.md", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(file);
            foreach (var status in (int[])[200, 400, 401, 403, 404, 429, 500])
            {
                var report = Judge(status, [new("Content-Type", "application/json")], text);
                Assert.All(report.Findings, finding => Assert.InRange(finding.Confidence, 0, 1));
            }
        }
    }

    [Fact]
    public void Recorded_challenges_are_judged_valid_or_not()
    {
        using var cases = JsonDocument.Parse(Corpus.Text("www-authenticate/reschke-cases.odd.json"));
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            var report = Judge(401, [new("WWW-Authenticate", one.GetProperty("header").GetString()!)], "");
            Assert.True(report.Refused);
            Assert.DoesNotContain(report.Findings, finding => finding.Cause.Id == "status.401-without-challenge" && one.GetProperty("valid").GetBoolean());
        }
    }

    private static Doctor.Reports.Report Judge(int status, Field[] fields, string body)
    {
        var seen = new Observations();
        seen.Add(new Exchange
        {
            Purpose = "as given",
            Variation = Variation.AsGiven,
            Request = new SentRequest { Method = "GET", Url = new Uri("https://api.example.test/users/a") },
            Answer = new ReceivedAnswer { Status = status, Fields = fields, Body = Encoding.UTF8.GetBytes(body), At = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero) },
        });
        return Diagnosis.Judge(new Question { Url = new Uri("https://api.example.test/users/a") }, seen);
    }
}
