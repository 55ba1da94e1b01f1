using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Rules;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor.Tests;

public class RankingTests
{
    private static Finding Found(Cause cause, double confidence, EvidenceKind kind = EvidenceKind.ConfigLine, string where = "a:1") =>
        new() { Cause = cause, Confidence = confidence, Summary = cause.Id, Evidence = [new(kind, where, "x")] };

    private static Observations Answered(int? status, string? server = null)
    {
        var seen = new Observations();
        if (status is { } came)
        {
            seen.Add(new Exchange
            {
                Purpose = "as given",
                Variation = Variation.AsGiven,
                Request = new SentRequest { Method = "GET", Url = new Uri("http://127.0.0.1:1/a") },
                Answer = new ReceivedAnswer { Status = came, Fields = server is null ? [] : [new Field("Server", server)] },
            });
        }

        return seen;
    }

    private static string[] Order(int? status, params Finding[] findings) => [.. Ranking.Order(findings, Answered(status)).Select(finding => finding.Cause.Id)];

    [Fact]
    public void An_exact_cause_takes_the_evidence_of_the_general_one()
    {
        var ranked = Ranking.Order([Found(FileCauses.ResourceDenied, 1.0, EvidenceKind.LogLine, "error.log:3"), Found(Network.IpBlocked, 0.9)], Answered(403));
        var only = Assert.Single(ranked);
        Assert.Same(Network.IpBlocked, only.Cause);
        Assert.Equal(1.0, only.Confidence);
        Assert.Equal(["a:1", "error.log:3"], only.Evidence.Select(evidence => evidence.Where));
    }

    [Fact]
    public void What_refuses_earlier_stands_before_what_would_refuse_later() =>
        Assert.Equal(["ip.blocked", "token.expired"], Order(401, Found(Tokens.Expired, 1.0), Found(Network.IpBlocked, 0.95)));

    [Fact]
    public void A_wrong_status_is_told_after_the_reason_of_equal_certainty() =>
        Assert.Equal(["credentials.missing", "status.401-without-challenge"], Order(401, Found(Status.UnauthorizedWithoutChallenge, 1.0), Found(Credentials.Missing, 0.9)));

    [Fact]
    public void A_guess_is_not_told_beside_a_proved_reason()
    {
        Assert.Equal(["directory.not-searchable"], Order(403, Found(FileCauses.DirectoryNotSearchable, 0.95, EvidenceKind.FileMode), Found(Network.IpNotAllowed, 0.4)));
        Assert.Equal(["directory.not-searchable", "ip.not-allowed"], Order(403, Found(FileCauses.DirectoryNotSearchable, 0.75, EvidenceKind.FileMode), Found(Network.IpNotAllowed, 0.4)));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(403, 0.95)]
    [InlineData(401, 0.55)]
    [InlineData(null, 0.95)]
    public void A_file_that_cannot_be_read_counts_as_far_as_the_answer_allows_it(int? status, double? confidence)
    {
        var ranked = Ranking.Order([Found(FileCauses.FileNotReadable, 0.95, EvidenceKind.FileMode)], Answered(status));
        Assert.Equal(confidence, ranked.SingleOrDefault()?.Confidence);
    }

    [Fact]
    public void The_servers_own_log_outweighs_that_the_file_was_served_now() =>
        Assert.Single(Ranking.Order([new Finding { Cause = FileCauses.FileNotReadable, Confidence = 1, Summary = "", Evidence = [new(EvidenceKind.LogLine, "error.log:1", ""), new(EvidenceKind.FileMode, "/a", "")] }], Answered(200)));

    private static IReadOnlyList<Finding> InForce(int expected, int came, string? field, params Observation[] more)
    {
        var seen = Answered(came, field);
        seen.Add(new Evaluated { Server = "nginx", File = "/etc/nginx/nginx.conf", Status = expected });
        seen.AddRange(more);
        return [.. InForceRules.All.SelectMany(rule => rule.Judge(seen))];
    }

    [Theory]
    [InlineData(200, 404)]
    [InlineData(200, 304)]
    [InlineData(403, 403)]
    public void Statuses_that_can_stand_for_each_other_are_no_difference(int expected, int came) => Assert.Empty(InForce(expected, came, "nginx"));

    [Fact]
    public void Another_server_in_the_Server_field_is_named() =>
        Assert.Contains("Apache httpd answers there", Assert.Single(InForce(200, 403, "Apache/2.4.62 (Debian)")).Summary, StringComparison.Ordinal);

    [Fact]
    public void A_file_younger_than_every_worker_was_not_read_by_any()
    {
        var began = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var running = new RunningServer(1, "nginx", 7, new Doctor.Files.ServerAccount("www-data", 33, 33, new HashSet<uint> { 33 }), began);
        var found = Assert.Single(InForce(200, 403, "nginx", running, new ConfigurationWritten("/etc/nginx/nginx.conf", began.AddMinutes(1))));
        Assert.Equal(0.9, found.Confidence);
        Assert.Contains("was changed after the server read it", found.Summary, StringComparison.Ordinal);
        Assert.Equal(0.6, Assert.Single(InForce(200, 403, "nginx", running, new ConfigurationWritten("/etc/nginx/nginx.conf", began.AddMinutes(-1)))).Confidence);
    }
}
