using System.Diagnostics;
using System.Text;
using Gatehouse.Doctor.Tests.Http;

namespace Gatehouse.Doctor.Tests.Commands;

/// <summary>R21: a secret goes in by every form of input, the server quotes it in every part of its answer, and it comes out in no form of the report.</summary>
public sealed class SecretsTests : IDisposable
{
    // The first four characters may be shown, so that people recognise their own.
    private const string Secret = "zq7Kp2Vx9LmN4tRwB8", Hidden = "p2Vx9LmN";

    private static readonly string Basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("bob:" + Secret));

    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-secrets").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Quoting(string status) => RawServer.Answer(
        status,
        $"WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The token {Secret} is expired\"\r\nX-Error-Reason: bad {Secret}\r\nSet-Cookie: sid={Secret}; Path=/; SameSite=None\r\nLocation: /login?next=%2F&token={Secret}\r\nContent-Type: application/json\r\n",
        $"{{\"error\":\"invalid_token\",\"message\":\"the token {Secret} has expired\",\"basic\":\"{Basic}\",\"path\":\"/a?access_token={Secret}\"}}");

    public static TheoryData<string, string[]> Forms() => new()
    {
        { "bearer", ["why", "URL", "--bearer", Secret] },
        { "header", ["why", "URL", "-H", "Authorization: Bearer " + Secret] },
        { "key", ["why", "URL", "-H", "X-Api-Key: " + Secret] },
        { "user", ["why", "URL", "-u", "bob:" + Secret] },
        { "cookie", ["why", "URL", "-b", "sid=" + Secret] },
        { "query", ["why", "URL?x=1&access_token=" + Secret + "&y=2"] },
        { "key in the query", ["why", "URL?api_key=" + Secret] },
        { "user in the URL", ["why", "USER_URL"] },
        { "form", ["why", "URL", "-d", "user=bob&password=" + Secret] },
        { "json", ["why", "URL", "-H", "Content-Type: application/json", "-d", "{\"password\":\"" + Secret + "\"}"] },
        { "curl", ["why", "OPTIONS", "--", "curl", "URL", "-u", "bob:" + Secret, "-b", "sid=" + Secret, "-H", "X-Auth-Token: " + Secret] },
        { "proxy", ["why", "http://nothing.invalid/", "-x", "PROXY"] },
        { "har", ["why", "HAR"] },
        { "jar", ["why", "URL", "-c", "JAR"] },
        { "log", ["why", "--log", "LOG"] },
        { "pasted", ["why", "-"] },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task R21_a_secret_of_the_input_is_in_no_output(string form, string[] words)
    {
        await using var server = new RawServer(Quoting(form == "cookie" ? "403 Forbidden" : "401 Unauthorized"));
        var address = $"127.0.0.1:{server.Port}";
        var page = Path.Combine(folder, "page.html");
        await Task.WhenAll(OneAsync(["--json", "--html", page]), OneAsync([]), OneAsync(["--json", "--share"]));
        Check("page", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));

        async Task OneAsync(string[] options)
        {
            var all = new List<string>();
            foreach (var word in words)
            {
                if (word == "OPTIONS") all.AddRange(options);
                else all.Add(word.Replace("USER_URL", $"http://bob:{Secret}@{address}/a", StringComparison.Ordinal).Replace("URL", $"http://{address}/a", StringComparison.Ordinal).Replace("PROXY", $"http://bob:{Secret}@127.0.0.1:1", StringComparison.Ordinal)
                    .Replace("HAR", FileOf("x.har", Har), StringComparison.Ordinal).Replace("JAR", FileOf("jar", $"127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\t{Secret}\n"), StringComparison.Ordinal).Replace("LOG", FileOf("access.log", $"127.0.0.1 - - [24/Nov/2026:14:30:40 +0000] \"GET /a?access_token={Secret} HTTP/1.1\" 403 12 \"-\" \"curl/8\"\n"), StringComparison.Ordinal));
            }

            if (!words.Contains("OPTIONS")) all.AddRange(options);
            var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gatehouse-doctor.dll"));
            foreach (var word in all) start.ArgumentList.Add(word);
            using var process = Process.Start(start)!;
            if (form == "pasted") await process.StandardInput.WriteAsync($"GET /a?access_token={Secret} HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer {Secret}\r\n\r\n" + Quoting("401 Unauthorized"));
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Check("output " + string.Join(' ', options), await output);
            Check("error " + string.Join(' ', options), await error);
            Assert.NotEqual(2, process.ExitCode);
        }
    }

    private static string Har => """
        {"log":{"version":"1.2","entries":[{"startedDateTime":"2026-11-23T10:00:00.000Z","time":1,"request":{"method":"GET","url":"https://a.test/a?access_token=SECRET","httpVersion":"HTTP/1.1","headers":[{"name":"Authorization","value":"Bearer SECRET"},{"name":"Cookie","value":"sid=SECRET"}],"cookies":[{"name":"sid","value":"SECRET"}]},
        "response":{"status":401,"statusText":"no","httpVersion":"h2","headers":[{"name":"WWW-Authenticate","value":"Bearer error=\"invalid_token\", error_description=\"SECRET is expired\""},{"name":"Set-Cookie","value":"sid=SECRET"}],"content":{"mimeType":"text/plain","text":"token SECRET has expired"},"redirectURL":""}}]}}
        """.Replace("SECRET", Secret, StringComparison.Ordinal);

    private string FileOf(string name, string text)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) File.WriteAllText(path, text);
        return path;
    }

    private static void Check(string where, string text)
    {
        var at = text.IndexOf(Hidden, StringComparison.Ordinal);
        if (at < 0) at = text.IndexOf(Basic[8..24], StringComparison.Ordinal);
        Assert.True(at < 0, at < 0 ? "" : $"{where}: {text[Math.Max(0, at - 120)..Math.Min(text.Length, at + 30)]}");
    }
}
