using System.Text;
using System.Text.Json;
using Gatehouse.Doctor;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Inputs.Answers;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Corpus.Tests;

/// <summary>Answers that others recorded are judged without an error, and what they plainly say is found.</summary>
public class RecordedAnswersTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Recorded_refusals_of_an_API_are_judged_by_what_they_say()
    {
        var wrong = new List<string>();
        var judged = 0;
        foreach (var file in Corpus.Files("error-bodies", "pygithub__*.txt"))
        {
            foreach (var exchange in Exchanges(File.ReadAllLines(file)))
            {
                var report = Judge(exchange);
                if (exchange.Status is not (401 or 403)) continue;
                judged++;
                var text = exchange.Answer!.Text;
                // What was sent was replaced by words before it was published (`jwt_removed`), which is malformed indeed.
                string[] expected = text.Contains("rate limit", StringComparison.OrdinalIgnoreCase) ? ["rate.exceeded"]
                    : text.Contains("User Agent", StringComparison.Ordinal) ? ["user-agent.blocked", "header.required"]
                    : text.Contains("Expiration time", StringComparison.Ordinal) ? ["token.expired"]
                    : text.Contains("Bad credentials", StringComparison.Ordinal) ? ["credentials.malformed", "token.rejected", "password.rejected", "credentials.wrong-scheme", "token.malformed"]
                    : text.Contains("must have admin rights", StringComparison.OrdinalIgnoreCase) ? ["permission.denied", "role.missing"] : [];
                if (!report.Refused || (expected.Length > 0 && !expected.Contains(report.Cause))) wrong.Add($"{Path.GetFileName(file)}: {exchange.Status} {text}\n  found {report.Cause}");
            }
        }

        Assert.True(judged >= 4, $"{judged} refusals were judged");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_recorded_challenge_is_judged_without_an_error()
    {
        var values = new List<string>();
        using var cases = JsonDocument.Parse(Corpus.Text("www-authenticate/reschke-cases.odd.json"));
        values.AddRange(cases.RootElement.EnumerateArray().Select(one => one.GetProperty("header").GetString()!));
        using var conversations = JsonDocument.Parse(Corpus.Text("www-authenticate/curl-auth-conversations.json"));
        foreach (var conversation in conversations.RootElement.EnumerateArray())
            values.AddRange(conversation.GetProperty("challenges").EnumerateArray().Select(line => CurlTemplate.Field(conversation, line.GetString()!).Item2));
        foreach (var value in values)
        {
            var reading = AnswerText.Read($"GET /a HTTP/1.1\nHost: a.test\n\nHTTP/1.1 401 Unauthorized\nWWW-Authenticate: {value.ReplaceLineEndings(" ")}\n\n", null, Now);
            var report = Judge(Assert.Single(reading.Exchanges));
            Assert.True(report.Refused, value);
            Assert.All(report.Findings, finding => Assert.InRange(finding.Confidence, 0, 1));
        }
    }

    private static Report Judge(Exchange exchange)
    {
        var question = new Question { Url = exchange.Request.Url, Method = exchange.Request.Method, Recorded = [exchange] };
        var seen = new Observations();
        seen.Add(new Asked(question));
        seen.Add(exchange);
        return Diagnosis.Judge(question, seen);
    }

    /// <summary>Nine lines an exchange: scheme, method, host, port, path, fields, body, status, fields, body; an empty line between them.</summary>
    private static IEnumerable<Exchange> Exchanges(string[] lines)
    {
        for (var i = 0; i + 9 < lines.Length; i++)
        {
            if (lines[i] is not ("http" or "https") || !int.TryParse(lines[i + 7], out var status)) continue;
            yield return new Exchange
            {
                Purpose = "recorded",
                Variation = Variation.Recorded,
                Request = new() { Method = lines[i + 1], Url = new Uri($"{lines[i]}://{lines[i + 2]}{lines[i + 4]}"), Fields = Pairs(lines[i + 5]) },
                Answer = new() { Status = status, Fields = Pairs(lines[i + 8]), Body = Encoding.UTF8.GetBytes(lines[i + 9]), At = Now },
            };
            i += 9;
        }
    }

    /// <summary>Python's way of writing them: <c>{'Name': 'value'}</c> and <c>[('name', 'value')]</c>.</summary>
    private static List<Field> Pairs(string text)
    {
        var words = new List<string>();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is not ('\'' or '"')) continue;
            var quote = text[at];
            var end = text.IndexOf(quote, at + 1);
            if (end < 0) break;
            words.Add(text[(at + 1)..end]);
            at = end;
        }

        return [.. words.Chunk(2).Where(pair => pair.Length == 2).Select(pair => new Field(pair[0], pair[1]))];
    }
}
