using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Experiments;
using Gatehouse.Doctor.Reports;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tests.Reports;

/// <summary>The report for people, programs and printers.</summary>
public class ReportTests
{
    private static readonly TextStyle Plain = new(80, false, false);

    private static Exchange Sent(Variation variation, string purpose, int status, params Field[] fields) => new()
    {
        Purpose = purpose,
        Variation = variation,
        Request = new SentRequest { Method = "GET", Url = FieldLines.Raw("https://shop.acme.test/api/orders?access_token=abcdefghijklmnop"), Fields = [new("Host", "shop.acme.test"), .. fields] },
        Answer = new ReceivedAnswer { Status = status, Reason = "Forbidden" },
        Elapsed = TimeSpan.FromMilliseconds(12),
    };

    private static Report Proved => new()
    {
        Target = "https://shop.acme.test/api/orders",
        Refused = true,
        Status = 403,
        Reason = "Forbidden",
        Asker = Audience.Developer,
        Findings =
        [
            new Finding
            {
                Cause = Permissions.ScopeMissing,
                Confidence = 1,
                Summary = "the token of alice lacks the scope `orders.read`",
                Evidence = [new(EvidenceKind.ResponseHeader, "WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"orders.read\""), new(EvidenceKind.Address, "10.1.2.3", "the address that asked"), new(EvidenceKind.FileMode, "/home/deploy/site", "drwx------ deploy www-data")],
                Remedies = [new Remedy { Id = "ask-scope", Who = Audience.Developer, What = "ask the issuer for a token with the scope `orders.read`" }, new Remedy { Id = "grant", Who = Audience.Owner, What = "grant the scope to this client", Command = "grant --scope orders.read" }],
            },
        ],
        Exchanges = [Sent(Variation.AsGiven, "as given", 403, new Field("Authorization", "Bearer abcdefghijklmnopqrstuvwxyz")), Sent(Variation.WithoutCredentials, "without credentials", 401)],
        NotLookedAt = ["no error log was given: --log FILE would tell the file"],
    };

    private static Report Several => Proved with
    {
        Findings =
        [
            new Finding { Cause = Network.IpBlocked, Confidence = 0.45, Summary = "the address 10.1.2.3 may be on a deny list" },
            new Finding { Cause = Network.CountryBlocked, Confidence = 0.4, Summary = "the country of the address may be refused" },
        ],
    };

    [Fact]
    public void The_answer_stands_in_the_first_two_lines()
    {
        var lines = TextReport.Of(Proved, Plain).Split('\n');
        Assert.Equal("403 Forbidden: The token of alice lacks the scope `orders.read`.", lines[0]);
        Assert.Equal("Do this: Ask the issuer for a token with the scope `orders.read`.", lines[1]);
    }

    [Fact]
    public void Text_is_as_approved() => Approval.Verify("proved.txt", TextReport.Of(Proved, Plain));

    [Fact]
    public void Several_causes_that_fit_are_listed_with_the_step_that_separates_them() => Approval.Verify("several.txt", TextReport.Of(Several, Plain));

    [Fact]
    public void Json_is_as_approved() => Approval.Verify("proved.json", JsonReport.Of(Proved));

    [Fact]
    public void Page_is_as_approved() => Approval.Verify("proved.html", HtmlReport.Of(Proved, DateTimeOffset.UnixEpoch));

    [Fact]
    public void What_is_shared_names_nobody_and_no_place() => Approval.Verify("shared.txt", TextReport.Of(Sharing.Of(Proved with { Asked = new Question { UserAndPassword = "alice:pw" } }), Plain));

    [Fact]
    public void A_guess_is_worded_as_one()
    {
        var text = TextReport.Of(Several, Plain);
        Assert.Contains("A guess:", text.Split('\n')[0], StringComparison.Ordinal);
        Assert.Equal("unknown", Several.Cause);
        Assert.Equal(3, Several.ExitStatus);
    }

    [Fact]
    public void Colour_adds_nothing_but_colour()
    {
        var coloured = TextReport.Of(Proved, new TextStyle(80, true, false));
        Assert.Contains("\u001b[1;31m", coloured, StringComparison.Ordinal);
        var bare = System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9;]*m", "", System.Text.RegularExpressions.RegexOptions.NonBacktracking);
        Assert.Equal(TextReport.Of(Proved, Plain), bare);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(120)]
    public void Prose_wraps_to_the_width(int width)
    {
        var lines = TextReport.Of(Proved, new TextStyle(width, false, false)).Split('\n').Where(line => !line.Contains("curl ", StringComparison.Ordinal) && line.TrimStart().Contains(' ', StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= width || line.Trim().Split(' ').Max(word => word.Length) > width - 16, line));
    }

    [Fact]
    public void R10_R13_hostile_text_of_a_server_is_harmless_everywhere()
    {
        const string evil = "\u001b]0;x\u0007<script>alert(1)</script>\u202e";
        var report = Proved with { Reason = evil, Target = evil, Findings = [Proved.Findings[0] with { Summary = evil, Evidence = [new(EvidenceKind.ResponseBody, evil, evil)] }], NotLookedAt = [evil], Unreachable = [evil] };
        foreach (var text in new[] { TextReport.Of(report, Plain), JsonReport.Of(report), HtmlReport.Of(report, DateTimeOffset.UnixEpoch) })
        {
            Assert.DoesNotContain('\u001b', text);
            Assert.DoesNotContain('\u0007', text);
            Assert.DoesNotContain('\u202e', text);
        }

        Assert.DoesNotContain("<script", HtmlReport.Of(report, DateTimeOffset.UnixEpoch), StringComparison.OrdinalIgnoreCase);
        using var parsed = JsonDocument.Parse(JsonReport.Of(report));
        Assert.Equal(evil, parsed.RootElement.GetProperty("findings")[0].GetProperty("summary").GetString());
    }

    [Fact]
    public void R21_no_secret_is_in_any_report()
    {
        foreach (var text in new[] { TextReport.Of(Proved, Plain), JsonReport.Of(Proved), HtmlReport.Of(Proved, DateTimeOffset.UnixEpoch) })
        {
            Assert.DoesNotContain("abcdefghijklmnop", text, StringComparison.Ordinal);
            Assert.DoesNotContain("qrstuvwxyz", text, StringComparison.Ordinal);
        }
    }
}
