using System.Net;
using System.Text.Json;
using Gatehouse.Doctor.Logs;
using Gatehouse.Doctor.Logs.Formats;
using Gatehouse.Doctor.Logs.Signatures;

namespace Gatehouse.Corpus.Tests;

/// <summary>Log lines of others, each with what fail2ban is to take from it, and logs of many servers: every line is read, refusals are understood.</summary>
public class LogCorpusTests
{
    // What the rest of a file holds is no refusal: TLS records that don't parse, requests that are delayed, a method that Squid does not know.
    /// <summary>Files whose failures are refusals of web servers; the others are of programs that are not told apart.</summary>
    [Theory]
    [InlineData("fail2ban__apache-auth.log", 0.95)]
    [InlineData("fail2ban__nginx-http-auth.log", 0.58)]
    [InlineData("fail2ban__nginx-limit-req.log", 0.77)]
    [InlineData("fail2ban__traefik-auth.log", 1.0)]
    [InlineData("fail2ban__squid.log", 0.75)]
    public void Failures_are_understood_and_their_client_is_read(string file, double share)
    {
        int failures = 0, understood = 0;
        var missed = new List<string>();
        bool? expected = null;
        string? host = null;
        foreach (var line in Corpus.Text("logs/" + file).Split('\n'))
        {
            if (line.StartsWith("# failJSON:", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(line[11..]);
                expected = !json.RootElement.TryGetProperty("match", out var match) || match.GetBoolean();
                host = json.RootElement.TryGetProperty("host", out var value) ? value.GetString() : null;
                continue;
            }

            if (expected is null || line.StartsWith('#') || line.Trim().Length == 0) continue;
            var record = LineFormats.Read(line);
            var fits = SignatureTable.Match(record) is { Row.Answers: not 200 } || (record.IsAccess && record.Status is 401 or 403 or 407);
            if (expected == true)
            {
                failures++;
                var client = host is not null && Gatehouse.Grammar.Address.TryParse(host, out var address, out _) ? address : null;
                if (fits && (client is null || record.Client is null || client.Equals(record.Client))) understood++;
                else missed.Add(line);
            }

            expected = null;
        }

        Assert.True(understood >= share * failures, $"{understood} of {failures}:\n" + string.Join('\n', missed.Take(20)));
    }

    [Fact]
    public void Every_log_is_read_without_a_fault_and_most_lines_in_a_format()
    {
        var folder = Path.GetDirectoryName(Corpus.Files("logs", "*.log")[0])!;
        var poor = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".assert", StringComparison.Ordinal) && !file.EndsWith(".md", StringComparison.Ordinal) && !file.EndsWith(".ini", StringComparison.Ordinal)))
        {
            var records = LogFile.NewestFirst(file, out var fault).Select(entry => entry.Read()).ToList();
            Assert.Null(fault);
            Assert.All(records, record => Assert.NotNull(record.Format));
            var lines = records.Where(record => !record.Text.StartsWith('#')).ToList();
            var bare = lines.Count(record => record.Format.EndsWith("text", StringComparison.Ordinal));
            foreach (var record in records) SignatureTable.Match(record);
            if (lines.Count > 3 && bare > lines.Count / 4) poor.Add($"{Path.GetFileName(file)}: {bare} of {lines.Count}, for instance {lines.First(record => record.Format.EndsWith("text", StringComparison.Ordinal)).Text[..Math.Min(120, lines.First(record => record.Format.EndsWith("text", StringComparison.Ordinal)).Text.Length)]}");
        }

        Assert.True(poor.Count <= MaxPoor, string.Join('\n', poor));
    }

    /// <summary>Logs of programs with a format of their own, of which every line comes back as plain text.</summary>
    private const int MaxPoor = 12;
}
