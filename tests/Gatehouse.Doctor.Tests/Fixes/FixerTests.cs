using System.Globalization;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Tests.Files;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tests.Fixes;

public sealed class FixerTests : IDisposable
{
    private readonly string work = Directory.CreateTempSubdirectory("gatehouse-fix-").FullName;

    private string State => Path.Combine(work, "state");

    public void Dispose() => Directory.Delete(work, true);

    private Journal Open()
    {
        var journal = Journal.Open(State, out var problem);
        Assert.True(journal is not null, problem);
        return journal;
    }

    private string NewFile(string name, string text, int mode)
    {
        var path = Path.Combine(work, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1234567));
        return path;
    }

    private static string Photograph(string path) =>
        PermissionTests.Run("sh", ["-c", $"stat -c '%n %a %u %g %s %y' '{path}'; cat '{path}' 2>/dev/null | sha256sum; getfacl --omit-header --absolute-names '{path}' 2>/dev/null; getfattr -d -m - '{path}' 2>/dev/null; true"]);

    private static Edit Mode(string path, string before, string after) => FixPlan.Judged(new Edit(EditKind.Mode, path, before, after, EditSafety.Safe));

    private FixOutcome Apply(params Edit[] edits)
    {
        using var journal = Open();
        return Fixer.Apply(new FixPlan(edits), _ => true, journal, TimeProvider.System);
    }

    private FixOutcome Undo(string id, bool force = false)
    {
        using var journal = Open();
        return Fixer.Undo(journal, id, force);
    }

    [Fact]
    public void A_mode_is_changed_by_its_one_bit_and_comes_back_exactly()
    {
        var path = NewFile("page.html", "x", 0x180);
        var before = Photograph(path);
        var done = Apply(Mode(path, "0600", "0604"));
        Assert.Null(done.Problem);
        Assert.Equal((UnixFileMode)0x184, File.GetUnixFileMode(path));
        Assert.Null(Undo(done.Undo!).Problem);
        Assert.Equal(before, Photograph(path));
    }

    [Fact]
    public void R30_content_comes_back_with_owner_mode_ACL_attributes_and_times()
    {
        PermissionTests.RequireRoot();
        var path = NewFile(".htaccess", "Deny from all\r\n# caf\u00e9\r\n", 0x1A0);
        PermissionTests.Run("sh", ["-ec", $"chown 1234:1235 {path}; setfacl -m u:7:r {path}; setfattr -n user.note -v kept {path} || true; touch -d '2021-03-04 05:06:07.123456789' {path}"]);
        var before = Photograph(path);
        var done = Apply(new Edit(EditKind.Content, path, "Deny from all\r\n# caf\u00e9\r\n", "Require all granted\r\n# caf\u00e9\r\n", EditSafety.Ask));
        Assert.Null(done.Problem);
        Assert.All(done.Edits, edit => Assert.Null(edit.Problem));
        Assert.Equal("Require all granted\r\n# caf\u00e9\r\n", File.ReadAllText(path));
        var changed = Photograph(path);
        Assert.Contains(" 1234 1235 ", changed, StringComparison.Ordinal);
        Assert.Contains("user:7:r--", PermissionTests.Run("getfacl", ["--omit-header", "--numeric", "--absolute-names", path]), StringComparison.Ordinal);
        Assert.Null(Undo(done.Undo!).Problem);
        Assert.Equal(before, Photograph(path));
        Assert.Equal([".htaccess", "state"], Directory.EnumerateFileSystemEntries(work).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void R30_an_ACL_comes_back_to_none_or_to_what_it_was()
    {
        PermissionTests.RequireRoot();
        foreach (var with in new[] { false, true })
        {
            var path = NewFile($"acl{with}", "x", 0x1A0);
            if (with) PermissionTests.Run("setfacl", ["-m", "u:33:---,g:50:rw", path]);
            var before = Photograph(path);
            var was = PermissionTests.Run("getfacl", ["--omit-header", "--numeric", "--no-effective", "--absolute-names", path]).Trim();
            var will = with ? was.Replace("user:33:---", "user:33:r--", StringComparison.Ordinal) : "user::rw-\nuser:33:r--\ngroup::r--\nmask::r--\nother::---";
            var done = Apply(new Edit(EditKind.Acl, path, was, will, EditSafety.Safe));
            Assert.All(done.Edits, edit => Assert.Null(edit.Problem));
            Assert.Equal(will, PermissionTests.Run("getfacl", ["--omit-header", "--numeric", "--no-effective", "--absolute-names", path]).Trim());
            Assert.Null(Undo(done.Undo!).Problem);
            Assert.Equal(before, Photograph(path));
        }
    }

    [Fact]
    public void R26_a_component_that_became_a_link_is_not_followed()
    {
        var path = NewFile("victim", "x", 0x180);
        var folder = Directory.CreateDirectory(Path.Combine(work, "site")).FullName;
        var inside = Path.Combine(folder, "page");
        File.CreateSymbolicLink(inside, path);
        Assert.Contains("neither", Apply(Mode(inside, "0777", "0777")).Edits[0].Problem, StringComparison.Ordinal);
        File.CreateSymbolicLink(Path.Combine(work, "alias"), work);
        Assert.False(Apply(Mode(Path.Combine(work, "alias", "victim"), "0600", "0604")).Edits[0].Applied);
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(path));
    }

    [Fact]
    public void R26_a_racer_that_swaps_the_file_for_a_link_never_reaches_what_it_points_to()
    {
        var outside = NewFile("outside", "secret", 0x180);
        var inside = NewFile("inside", "x", 0x180);
        var stop = false;
        var racer = new Thread(() =>
        {
            var spare = inside + ".spare";
            while (!Volatile.Read(ref stop))
            {
                try
                {
                    File.Move(inside, spare);
                    File.CreateSymbolicLink(inside, outside);
                    File.Delete(inside);
                    File.Move(spare, inside);
                }
                catch (IOException)
                {
                    // the other side was in between
                }
            }
        });
        racer.Start();
        var runs = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1" ? 100_000 : 1_000;
        using (var journal = Open())
        {
            for (var i = 0; i < runs; i++) Fixer.Apply(new FixPlan([Mode(inside, "0600", "0604")]), _ => true, journal, TimeProvider.System);
        }

        Volatile.Write(ref stop, true);
        racer.Join();
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(outside));
        Assert.Equal("secret", File.ReadAllText(outside));
    }

    [Fact]
    public void R27_a_second_name_or_a_set_id_bit_needs_agreement()
    {
        var path = NewFile("tool", "x", 0x180);
        PermissionTests.Run("ln", [path, path + ".second"]);
        using var journal = Open();
        var outcome = Fixer.Apply(new FixPlan([Mode(path, "0600", "0604")]), _ => false, journal, TimeProvider.System);
        Assert.Equal("was not agreed to", outcome.Edits[0].Problem);
        Assert.Null(outcome.Undo);
    }

    [Theory]
    [InlineData("0644", "0666")]
    [InlineData("0755", "4755")]
    [InlineData("0600", "0777")]
    public void R28_what_opens_more_than_reading_is_never_made_by_machine(string before, string after) =>
        Assert.Equal(EditSafety.Show, Mode("/srv/x", before, after).Safety);

    [Theory]
    [InlineData("0600", "0604", EditSafety.Safe)]
    [InlineData("0700", "0711", EditSafety.Ask)]
    [InlineData("0744", "0700", EditSafety.Ask)]
    public void R28_one_bit_is_safe_and_more_are_asked_about(string before, string after, EditSafety safety) =>
        Assert.Equal(safety, Mode("/srv/x", before, after).Safety);

    [Fact]
    public void R29_an_edit_that_the_server_refuses_is_taken_back_at_once()
    {
        var path = NewFile("site.conf", "good\n", 0x1A4);
        var before = Photograph(path);
        using var journal = Open();
        var outcome = Fixer.Apply(new FixPlan([new Edit(EditKind.Content, path, "good\n", "bad\n", EditSafety.Ask)]), _ => true, journal, TimeProvider.System, edit => File.ReadAllText(edit.File).StartsWith("bad", StringComparison.Ordinal) ? "line 1: bad" : null);
        Assert.Null(outcome.Undo);
        Assert.Contains("line 1: bad", outcome.Problem, StringComparison.Ordinal);
        Assert.Equal(before, Photograph(path));
    }

    [Fact]
    public void R31_a_file_that_changed_since_it_was_looked_at_is_left_alone()
    {
        var path = NewFile("a.conf", "one\n", 0x1A4);
        Assert.False(Apply(new Edit(EditKind.Content, path, "zero\n", "two\n", EditSafety.Ask)).Edits[0].Applied);
        Assert.False(Apply(Mode(path, "0600", "0604")).Edits[0].Applied);
        Assert.Equal("one\n", File.ReadAllText(path));
    }

    [Fact]
    public void R31_two_fixes_at_once_do_not_run()
    {
        using var first = Open();
        Assert.Null(Journal.Open(State, out var problem));
        Assert.Contains("another `gatehouse fix`", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void R38_undo_of_a_file_that_changed_since_is_refused_unless_forced()
    {
        var path = NewFile("b.conf", "one\n", 0x1A4);
        var done = Apply(new Edit(EditKind.Content, path, "one\n", "two\n", EditSafety.Ask));
        File.WriteAllText(path, "three\n");
        Assert.NotNull(Undo(done.Undo!).Problem);
        Assert.Equal("three\n", File.ReadAllText(path));
        Assert.Null(Undo(done.Undo!, force: true).Problem);
        Assert.Equal("one\n", File.ReadAllText(path));
    }

    [Fact]
    public void R39_a_journal_that_was_touched_is_never_used()
    {
        var path = NewFile("c", "x", 0x180);
        var id = Apply(Mode(path, "0600", "0604")).Undo!;
        var file = Path.Combine(State, id + ".json");
        var whole = File.ReadAllBytes(file);
        using (var journal = Open())
        {
            for (var length = 0; length < whole.Length; length += 7)
            {
                File.WriteAllBytes(file, whole[..length]);
                Assert.Null(journal.Read(id, out _));
            }

            for (var at = 0; at < whole.Length; at++)
            {
                var flipped = whole.ToArray();
                flipped[at] ^= 4;
                File.WriteAllBytes(file, flipped);
                // White space between the members is no part of what it says.
                if (!char.IsWhiteSpace((char)whole[at])) Assert.Null(journal.Read(id, out _));
            }

            File.WriteAllBytes(file, whole);
            File.SetUnixFileMode(file, (UnixFileMode)0x1B6);
            Assert.Null(journal.Read(id, out var open));
            Assert.Contains("mode", open, StringComparison.Ordinal);
            File.SetUnixFileMode(file, (UnixFileMode)0x180);
            Assert.Null(journal.Read("../" + id, out _));
            Assert.NotNull(journal.Read(id, out _));
        }

        File.SetUnixFileMode(State, (UnixFileMode)0x1FF);
        Assert.Null(Journal.Open(State, out var problem));
        Assert.Contains("chmod 700", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void R40_a_chain_of_fifty_fixes_comes_back_in_order_and_a_second_undo_changes_nothing()
    {
        var path = NewFile("chain.conf", "line 0\n", 0x180);
        var before = Photograph(path);
        var ids = new List<string>();
        var text = "line 0\n";
        for (var i = 1; i <= 50; i++)
        {
            var next = $"{text}line {i.ToString(CultureInfo.InvariantCulture)}\n";
            var done = i % 10 == 0
                ? Apply(i % 20 == 0 ? Mode(path, "0604", "0600") with { Safety = EditSafety.Ask } : Mode(path, "0600", "0604"))
                : Apply(new Edit(EditKind.Content, path, text, next, EditSafety.Ask));
            Assert.All(done.Edits, edit => Assert.Null(edit.Problem));
            if (i % 10 != 0) text = next;
            ids.Add(done.Undo!);
        }

        Assert.NotNull(Undo(ids[20]).Problem); // out of order: later fixes stand on it
        for (var i = 49; i >= 0; i--) Assert.Null(Undo(ids[i]).Problem);
        Assert.Equal(before, Photograph(path));
        Assert.Null(Undo(ids[0]).Problem);
        Assert.Equal(before, Photograph(path));
    }

    [Fact]
    public void A_diff_shows_what_changes_and_nothing_else()
    {
        var before = string.Concat(Enumerable.Range(1, 20).Select(i => $"line {i}\n"));
        var after = before.Replace("line 10\n", "line ten\n", StringComparison.Ordinal);
        Assert.Equal("--- a\n+++ b\n@@ -7,7 +7,7 @@\n line 7\n line 8\n line 9\n-line 10\n+line ten\n line 11\n line 12\n line 13\n", UnifiedDiff.Of(before, after, "a", "b"));
        Assert.Equal("", UnifiedDiff.Of(before, before, "a", "b"));
    }

    [Fact]
    public void Texts_that_are_not_UTF8_keep_every_byte()
    {
        byte[] bytes = [0x61, 0xE9, 0x0D, 0x0A, 0xFF, 0x00];
        var text = TextBytes.Read(bytes, out var encoding);
        Assert.Equal(bytes, TextBytes.Write(text, encoding));
        byte[] marked = [0xEF, 0xBB, 0xBF, 0x61];
        Assert.Equal(marked, TextBytes.Write(TextBytes.Read(marked, out encoding), encoding));
    }
}
