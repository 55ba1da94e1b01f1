using System.Globalization;
using System.Text.Json;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Reports;
using Gatehouse.Findings;

namespace Gatehouse.Cli.Tests.Commands;

/// <summary>
/// `fix` is killed, or told that the disk is full, at each of its calls that change something (strace injects it): every file is
/// exactly the old one or exactly the new one, the journal can be read, and undo leads back.
/// </summary>
public sealed class KilledFixTests : IDisposable
{
    private const string Strace = "/usr/bin/strace";

    private const string Changing = "rename,renameat,renameat2,unlink,unlinkat,chmod,fchmod,fchmodat,chown,lchown,fchownat,setxattr,removexattr,utimensat,fsync,fdatasync,fallocate,pwrite64,ftruncate,mkdir";

    private readonly string work = Directory.CreateTempSubdirectory("gatehouse-killed-").FullName;

    /// <summary>Every so many calls one is hit; the nightly form hits each.</summary>
    private static int Stride => Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1" ? 1 : 7;

    private string State => Path.Combine(work, "state");

    private string Page => Path.Combine(work, "site", "page.html");

    private string Rules => Path.Combine(work, "site", ".htaccess");

    public void Dispose() => Directory.Delete(work, true);

    private string Prepare()
    {
        if (Directory.Exists(State)) Directory.Delete(State, true);
        Directory.CreateDirectory(Path.Combine(work, "site"));
        File.WriteAllText(Page, "page");
        File.SetUnixFileMode(Page, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Rules, "Require all denied\n");
        foreach (var file in new[] { Page, Rules }) File.SetLastWriteTimeUtc(file, new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        var report = Path.Combine(work, "report.json");
        using var stream = File.Create(report);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("schema", JsonReport.Schema);
        json.WriteStartArray("findings");
        json.WriteStartObject();
        json.WriteStartArray("remedies");
        json.WriteStartObject();
        json.WriteStartArray("edits");
        EditJson.Write(json, new Edit(EditKind.Mode, Page, "0600", "0604", EditSafety.Safe));
        EditJson.Write(json, new Edit(EditKind.Content, Rules, "Require all denied\n", "Require all granted\n", EditSafety.Ask));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        return report;
    }

    private string Photograph() => string.Join('\n', Directory.EnumerateFileSystemEntries(Path.Combine(work, "site")).Order(StringComparer.Ordinal).Select(file =>
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)} {File.GetUnixFileMode(file)} {File.ReadAllText(file)} {File.GetLastWriteTimeUtc(file):O}")));

    private static void RequireStrace()
    {
        var works = File.Exists(Strace) && DoctorProgram.RunProgram(Strace, Path.GetTempPath(), "-f", "-qq", "-o", "/dev/null", "/bin/true").Status == 0;
        if (!works && Environment.GetEnvironmentVariable("GATEHOUSE_REQUIRE_SERVERS") == "1") Assert.Fail("strace is not installed, or may not trace here");
        Assert.SkipUnless(works, "strace is not installed, or may not trace here: apt-get install strace");
    }

    private Ended Injected(string what, int call, params string[] arguments) => DoctorProgram.RunProgram(
        Strace, State, ["-f", "-qq", "-o", "/dev/null", "-e", $"trace={Changing}", "-e", string.Create(CultureInfo.InvariantCulture, $"inject={Changing}:{what}:when={call}"), DoctorProgram.File, .. arguments]);

    private void IsWhole(string old, string where)
    {
        Assert.True(File.ReadAllText(Rules) is "Require all denied\n" or "Require all granted\n", $"{where}: .htaccess is neither old nor new");
        Assert.Equal("page", File.ReadAllText(Page));
        var list = DoctorProgram.Run(State, "fix", "--list", "--json").With(0);
        using var journal = JsonDocument.Parse(list.Out);
        foreach (var entry in journal.RootElement.GetProperty("entries").EnumerateArray())
        {
            Assert.False(entry.TryGetProperty("problem", out var problem), $"{where}: {problem}");
            DoctorProgram.Run(State, "fix", "--undo", entry.GetProperty("id").GetString()!).With(0);
        }

        Assert.True(old == Photograph(), $"{where}: not as before\n{old}\n--- now\n{Photograph()}");
    }

    [Fact]
    public void R36_killed_at_any_step_leaves_every_file_whole_and_undo_leads_back()
    {
        RequireStrace();
        for (var call = 1; ; call += Stride)
        {
            var report = Prepare();
            var old = Photograph();
            var ended = Injected("signal=KILL", call, "fix", report, "--apply", "--yes", "--json");
            IsWhole(old, $"killed at call {call}");
            if (ended.Status == 0) break; // it has fewer calls than that
            Assert.InRange(call, 1, 400);
        }
    }

    [Fact]
    public void R36_undo_killed_at_any_step_is_finished_by_the_next()
    {
        RequireStrace();
        for (var call = 1; ; call += Stride)
        {
            var report = Prepare();
            var old = Photograph();
            DoctorProgram.Run(State, "fix", report, "--apply", "--yes", "--json").With(0);
            Assert.NotEqual(old, Photograph());
            var ended = Injected("signal=KILL", call, "fix", "--undo", "--json");
            IsWhole(old, $"undo killed at call {call}");
            if (ended.Status == 0) break;
            Assert.InRange(call, 1, 400);
        }
    }

    [Theory]
    [InlineData("ENOSPC")]
    [InlineData("EIO")]
    [InlineData("EROFS")]
    public void R37_a_fault_of_the_disk_at_any_step_is_said_and_undo_leads_back(string fault)
    {
        RequireStrace();
        for (var call = 1; call < 400; call += Stride)
        {
            var report = Prepare();
            var old = Photograph();
            var ended = Injected("error=" + fault, call, "fix", report, "--apply", "--yes", "--json");
            Assert.True(ended.Status is 0 or 1 or 2 or 4, $"call {call}: it ended with {ended.Status}\n{ended.Error}");
            Assert.DoesNotContain("Unhandled exception", ended.Error, StringComparison.Ordinal);
            IsWhole(old, $"{fault} at call {call}");
            if (ended.Status == 0 && !ended.Out.Contains("problem", StringComparison.Ordinal) && call > 60) break;
        }
    }
}
