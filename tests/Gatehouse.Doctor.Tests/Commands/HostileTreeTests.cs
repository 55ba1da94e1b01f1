using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Logs;
using Gatehouse.Doctor.Logs.Formats;
using Gatehouse.Doctor.Logs.Signatures;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Tests.Commands;

/// <summary>Trees, configurations and logs of strangers: nothing of them is run, nothing foreign is printed, nothing takes long.</summary>
public sealed class HostileTreeTests : IDisposable
{
    private const string Foreign = "Qw9zLk31ForeignSecret";

    private readonly string root = Directory.CreateTempSubdirectory("gatehouse-hostile").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string Put(string name, string text)
    {
        var path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<(int Status, string Text)> RunAsync(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in words) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "gatehouse-doctor.dll");

    /// <summary>A site and two servers' configurations that would run things, and lead to a foreign file.</summary>
    private (string Site, string Nginx, string Apache) Site()
    {
        var secret = Put("foreign/shadow", $"root:$6${Foreign}:19000:0:99999:7:::\n");
        var site = Path.Combine(root, "site");
        Put("site/index.html", "hi");
        File.CreateSymbolicLink(Path.Combine(site, ".htaccess"), secret);
        File.CreateSymbolicLink(Path.Combine(site, "page.html"), secret);
        var nginx = Put("nginx.conf", $"events {{}}\nerror_log syslog:server=/bin/sh;\nhttp {{ include {secret}; include /dev/zero; perl_set $x 'sub {{ system(\"id\") }}'; server {{ listen 80; root {site}; location / {{ access_by_lua_block {{ os.execute(\"id\") }} deny all; }} }} }}\n");
        var apache = Put("httpd.conf", $"Listen 80\nDocumentRoot {site}\nInclude {secret}\nIncludeOptional /dev/zero\nErrorLog \"|/bin/sh -c id\"\nCustomLog \"|$/bin/sh -c id\" common\nRewriteMap m prg:/bin/sh\n<Directory {site}>\nAllowOverride All\nRequire expr \"%{{osenv:PATH}} -strmatch '*'\"\n</Directory>\n");
        return (site, nginx, apache);
    }

    [Fact]
    public async Task R18_R20_a_link_or_an_include_does_not_make_the_report_print_a_foreign_file()
    {
        var (site, nginx, apache) = Site();
        foreach (var configuration in (string[])[nginx, apache])
        {
            foreach (var page in (string[])["page.html", ".htaccess", "index.html"])
            {
                var (_, text) = await RunAsync("dotnet", Program, "why", "http://localhost/" + page, "--max-requests", "1", "--timeout", "1", "--site", site, "--server-config", configuration, "--json");
                Assert.DoesNotContain("ForeignSecret", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task R19_looking_at_a_tree_runs_nothing_of_it()
    {
        if (!File.Exists("/usr/bin/strace"))
        {
            if (Environment.GetEnvironmentVariable("GATEHOUSE_REQUIRE_SERVERS") == "1") Assert.Fail("strace is not installed");
            Assert.Skip("strace is not installed");
        }

        var (site, nginx, apache) = Site();
        var trace = Path.Combine(root, "trace");
        var (status, text) = await RunAsync("/usr/bin/strace", "-f", "-qq", "-e", "trace=execve,execveat", "-o", trace, "dotnet", Program, "why", "http://localhost/page.html", "--max-requests", "1", "--timeout", "1", "--site", site, "--server-config", nginx, "--server-config", apache, "--json");
        if (text.Contains("ptrace", StringComparison.OrdinalIgnoreCase)) Assert.Skip("this machine does not allow ptrace");
        Assert.True(status is 0 or 1 or 3 or 4, text);
        var runs = File.ReadLines(trace).Where(line => line.Contains("exec", StringComparison.Ordinal) && line.Contains("= 0", StringComparison.Ordinal)).ToArray();
        Assert.True(runs.Length == 1, string.Join('\n', runs));
    }

    [Fact]
    public async Task R14_a_forged_line_is_shown_as_it_stands_and_in_no_place_of_ours()
    {
        var log = Put("access.log", "127.0.0.1 - - [24/Nov/2026:14:30:40 +0000] \"GET /a HTTP/1.1\" 403 12 \"-\" \"\u001b[2Jgatehouse: nothing is refused\u202e\"\n");
        var (_, text) = await RunAsync("dotnet", Program, "why", "--log", log);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u202e', text);
        Assert.DoesNotContain(text.Split('\n'), line => line.StartsWith("gatehouse: nothing", StringComparison.Ordinal));
        var (_, json) = await RunAsync("dotnet", Program, "why", "--log", log, "--json");
        using var report = JsonDocument.Parse(json);
        foreach (var evidence in report.RootElement.GetProperty("findings").EnumerateArray().SelectMany(finding => finding.GetProperty("evidence").EnumerateArray()).Where(evidence => evidence.GetProperty("kind").GetString() == "log-line"))
            Assert.Contains("access.log:1", evidence.GetProperty("where").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R17_an_archive_that_swells_or_lies_is_given_up_with_a_word()
    {
        var path = Path.Combine(root, "bomb.log.gz");
        await using (var file = File.Create(path))
        await using (var zip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.SmallestSize))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 64; i++) await zip.WriteAsync(zeros, TestContext.Current.CancellationToken);
        }

        var lying = Put("lying.log.gz", "this is no archive");
        foreach (var log in (string[])[path, lying])
        {
            var (status, text) = await RunAsync("dotnet", Program, "why", "--log", log, "--json");
            Assert.True(status is 0 or 3 or 4, text);
            Assert.DoesNotContain("Unhandled", text, StringComparison.Ordinal);
        }

        Assert.Equal(["bomb.log.gz", "lying.log.gz"], Directory.EnumerateFileSystemEntries(root).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal));
    }

    /// <summary>The work is what is allocated: it grows with the line and not faster; a pattern that tries again from each character would grow with its square.</summary>
    [Theory]
    [InlineData("Bearer ")]
    [InlineData("a=b ")]
    [InlineData("\\\"")]
    [InlineData("[client ")]
    [InlineData("token=")]
    [InlineData("eyJ.")]
    [InlineData("?a=b&")]
    public void R15_a_line_of_a_megabyte_is_read_in_work_that_grows_as_it_does(string piece)
    {
        static long Work(string line)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var record = LineFormats.Read(line);
            SignatureTable.Match(record);
            LogSecrets.Mask(line);
            foreach (var sentence in Wording.Of(line)) _ = sentence.Words.Count;
            _ = Challenges.TryParse(line, out _, out _);
            _ = Authorization.TryParse(line, out _, out _);
            Doctor.Reports.MaskedUrl.InText(line);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        string Of(int length) => new StringBuilder().Insert(0, piece, length / piece.Length).ToString();
        Work(Of(1 << 10));
        var small = Work(Of(1 << 18));
        var watch = Stopwatch.StartNew();
        var large = Work(Of(1 << 20));
        Assert.True(large <= (small * 6) + (1 << 20), $"{small} for 256 kB, {large} for 1 MB");
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), watch.Elapsed.ToString());
    }
}
