using System.Text;
using CsCheck;
using Gatehouse.Doctor.Inputs;

namespace Gatehouse.Doctor.Tests.Inputs;

public class WindowsCommandTests
{
    private static readonly InputSources Sources = InputSources.None(new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    private static string Shown(Transfer transfer)
    {
        var request = transfer.Request;
        var own = request.Fields.Where(field => field is not { Name: "User-Agent" } and not { Name: "Accept", Value: "*/*" });
        return $"{request.Method} {request.Url.OriginalString}{string.Concat(own.Select(field => $" | {field.Name}: {field.Value}"))}{(request.Body.IsEmpty ? "" : $" || {Encoding.UTF8.GetString(request.Body.Span)}")}";
    }

    // Chrome's form: every quote and sign under a caret.
    private const string Chrome = "curl ^\"http://h/a?b=1^&c=%^20d^\" ^\r\n  -H ^\"accept: */*^\" ^\r\n  -H ^\"sec-ch-ua: ^\\^\"Chromium^\\^\";v=^\\^\"140^\\^\"^\" ^\r\n  --data-raw ^\"^{^\\^\"t^\\^\":^\\^\"a^\n\nb \\\\ c^\\^\"^}^\"";

    // Firefox's: doubled quotes, no carets but at line ends.
    private const string Firefox = "curl \"http://h/a?b=1&c=%20d\" --compressed -X POST -H \"X: \"\"q\"\"\" --data-raw \"{\"\"a\"\":1}\"";

    [Fact]
    public void Chromes_copy_for_cmd_is_read()
    {
        var reading = CopiedCommand.Read(Chrome, Sources);
        Assert.Empty(reading.LeftOut);
        Assert.Equal("POST http://h/a?b=1&c=%20d | sec-ch-ua: \"Chromium\";v=\"140\" | Content-Type: application/x-www-form-urlencoded || {\"t\":\"a\nb \\\\ c\"}", Shown(Assert.Single(reading.Transfers)).Replace(" | accept: */*", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Firefoxs_copy_for_cmd_is_read()
    {
        var reading = CopiedCommand.Read(Firefox, Sources);
        Assert.Empty(reading.LeftOut);
        Assert.Equal("POST http://h/a?b=1&c=%20d | Accept-Encoding: deflate, gzip, br, zstd | X: \"q\" | Content-Type: application/x-www-form-urlencoded || {\"a\":1}", Shown(Assert.Single(reading.Transfers)));
    }

    [Fact]
    public void What_only_cmd_knows_is_said()
    {
        var reading = CopiedCommand.Read("curl http://h/ ^\n -H \"Authorization: Bearer %TOKEN%\" -H \"A: %7Bx%7D\" > out.txt | find \"x\"", Sources);
        Assert.Equal("GET http://h/ | A: %7Bx%7D", Shown(Assert.Single(reading.Transfers)));
        Assert.Contains(reading.LeftOut, left => left.What.Contains("TOKEN", StringComparison.Ordinal));
        Assert.Contains(reading.LeftOut, left => left.What.Contains("pipe", StringComparison.Ordinal));
    }

    private const string PowerShell = """
        $session = New-Object Microsoft.PowerShell.Commands.WebRequestSession
        $session.UserAgent = "Mozilla/5.0 (X11) Chrome/140"
        $session.Cookies.Add((New-Object System.Net.Cookie("sid", "8q`"2w", "/", "h")))
        $session.Cookies.Add((New-Object System.Net.Cookie("b", "2", "/", "h")))
        Invoke-WebRequest -UseBasicParsing -Uri "http://h/api?x=1&y=`$2" `
        -Method "POST" `
        -WebSession $session `
        -Headers @{
        "accept"="application/json"
          "x-name"="J$([char]246)rg"
          "authorization"="Bearer abc"
        } `
        -ContentType "application/json" `
        -Body ([System.Text.Encoding]::UTF8.GetBytes("{`"a`":`"$([char]0xfc)`"}"))
        """;

    [Fact]
    public void A_browsers_copy_for_PowerShell_is_read_with_session_cookies_and_fields()
    {
        var reading = CopiedCommand.Read(PowerShell, Sources);
        Assert.Empty(reading.LeftOut);
        var transfer = Assert.Single(reading.Transfers);
        Assert.Equal("POST http://h/api?x=1&y=$2 | accept: application/json | x-name: J\u00c3\u00b6rg | authorization: Bearer abc | Cookie: sid=8q\"2w; b=2 | Content-Type: application/json || {\"a\":\"\u00fc\"}", Shown(transfer));
        Assert.Equal("Mozilla/5.0 (X11) Chrome/140", transfer.Request.Value("User-Agent"));
        Assert.True(transfer.Options.FollowRedirects);
    }

    [Theory]
    [InlineData("$headers = New-Object \"System.Collections.Generic.Dictionary[[String],[String]]\"\n$headers.Add(\"X-Key\", \"k1\")\n$body = '{\"a\":1}'\n$response = Invoke-RestMethod 'http://h/a' -Method 'PUT' -Headers $headers -Body $body\n$response | ConvertTo-Json", "PUT http://h/a | X-Key: k1 || {\"a\":1}")]
    [InlineData("iwr http://h/a -MaximumRedirection 0 -SkipCertificateCheck", "GET http://h/a")]
    [InlineData("$p = @{ Uri = 'http://h/a'; Headers = @{ 'A'='1' } }\nInvoke-RestMethod @p", "GET http://h/a | A: 1")]
    [InlineData("Invoke-RestMethod http://h/a -Body @{ q = 'x y'; n = 2 }", "GET http://h/a?q=x%20y&n=2")]
    [InlineData("curl.exe 'http://h/a' `\n -H 'A: 1' `\n --data-raw '{\\\"a\\\":1}'", "POST http://h/a | A: 1 | Content-Type: application/x-www-form-urlencoded || {\"a\":1}")]
    [InlineData("PS> curl.exe -sSk \"http://h/a\" -HX:1 `\n", "GET http://h/a | X: 1")]
    public void Other_PowerShell_is_read(string text, string expected)
    {
        Assert.Equal(expected, Shown(Assert.Single(CopiedCommand.Read(text, Sources).Transfers)));
    }

    [Fact]
    public void What_a_script_would_have_to_run_for_is_said_and_left_out()
    {
        var reading = CopiedCommand.Read("Invoke-WebRequest -Uri 'http://h/' -Headers @{ 'A'=\"$env:TOKEN\"; 'B'=\"$(Get-Token)\"; 'C'='1' } -Credential $c", Sources);
        Assert.Equal("GET http://h/ | C: 1", Shown(Assert.Single(reading.Transfers)));
        Assert.True(reading.LeftOut.Count >= 3, string.Join('\n', reading.LeftOut));
    }

    [Theory]
    [InlineData(Chrome)]
    [InlineData(Firefox)]
    [InlineData(PowerShell)]
    [InlineData("curl 'http://h/' \\\n -H $'a: \\u00e4' -d @- <<'E' | jq > x\n{}\nE\n")]
    public void Any_text_is_read_without_an_exception(string valid)
    {
        Gen.Select(Gen.Int[0, valid.Length], Gen.Int[0, 30], Gen.OneOf(Gen.String, Gen.String[Gen.Char["'\"`$^\\(){}@[]<>|&;%\n -=:,u"], 0, 6])).Array[1, 5].Sample(edits =>
        {
            var text = valid;
            foreach (var (at, cut, put) in edits)
            {
                var place = Math.Min(at, text.Length);
                text = text[..place] + put + text[Math.Min(text.Length, place + cut)..];
            }

            var reading = CopiedCommand.Read(text, Sources);
            return reading.LeftOut.All(left => left.Position >= 0 && left.Position <= text.Length && left.What.Length > 0) && reading.Transfers.All(transfer => transfer.Request.Fields.All(field => field.Value.AsSpan().IndexOfAny('\r', '\n') < 0));
        }, iter: 2000);
    }
}
