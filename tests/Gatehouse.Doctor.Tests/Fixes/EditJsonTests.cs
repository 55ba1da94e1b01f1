using System.Text;
using System.Text.Json;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Reports;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tests.Fixes;

public sealed class EditJsonTests : IDisposable
{
    private readonly string state = Directory.CreateTempSubdirectory("gatehouse-seal-").FullName;

    public EditJsonTests() => File.SetUnixFileMode(state, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public void Dispose() => Directory.Delete(state, true);

    private static readonly Edit Chmod = new(EditKind.Mode, "/srv/site/a", "0600", "0604", EditSafety.Safe);

    private static byte[] Report(string seal, params Edit[] edits)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("schema", JsonReport.Schema);
            json.WriteStartArray("findings");
            json.WriteStartObject();
            json.WriteStartArray("remedies");
            json.WriteStartObject();
            json.WriteStartArray("edits");
            foreach (var edit in edits) EditJson.Write(json, edit);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("seal", seal);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private FixPlan? Read(byte[] report, out string? problem) => EditJson.Read(report, (edits, seal) => Seal.Holds(edits, seal, state), out problem);

    [Fact]
    public void A_report_with_our_seal_keeps_what_is_safe()
    {
        var plan = Read(Report(Seal.Of([Chmod], state)!, Chmod), out var problem);
        Assert.Null(problem);
        Assert.Equal(Chmod, Assert.Single(plan!.Edits));
    }

    [Fact]
    public void A_report_from_elsewhere_is_asked_about_whatever_it_calls_safe()
    {
        var forged = Chmod with { File = "/etc/shadow", Before = "0640", After = "0644" };
        foreach (var seal in new[] { "", Seal.Of([Chmod], state)!, new string('0', 64) })
            Assert.Equal(EditSafety.Ask, Assert.Single(Read(Report(seal, forged), out _)!.Edits).Safety);
    }

    [Fact]
    public void Another_order_or_another_file_breaks_the_seal()
    {
        var other = Chmod with { File = "/srv/site/b" };
        var seal = Seal.Of([Chmod, other], state);
        Assert.True(Seal.Holds([Chmod, other], seal, state));
        Assert.False(Seal.Holds([other, Chmod], seal, state));
        Assert.False(Seal.Holds([Chmod], seal, state));
        Assert.Null(Seal.Of([], state));
    }

    [Theory]
    [InlineData("user:33:r--", EditSafety.Safe)]
    [InlineData("user:33:r-x", EditSafety.Ask)]
    [InlineData("user:33:r--\nuser:34:r--", EditSafety.Ask)]
    [InlineData("user:33:rw-", EditSafety.Show)]
    public void R28_an_ACL_is_safe_only_where_one_entry_gains_one_bit(string added, EditSafety safety) =>
        Assert.Equal(safety, FixPlan.Judged(new Edit(EditKind.Acl, "/a", "user::rw-\ngroup::r--\nother::---", $"user::rw-\n{added}\ngroup::r--\nmask::rw-\nother::---", EditSafety.Safe)).Safety);

    [Theory]
    [InlineData("{", "no JSON document")]
    [InlineData("[]", "no report")]
    [InlineData("{\"schema\":\"gatehouse.report/2\"}", "no report")]
    [InlineData("{\"schema\":\"gatehouse.report/1\",\"findings\":[{\"remedies\":[{\"edits\":[{\"file\":\"/a\"}]}]}]}", "without file, kind")]
    public void What_is_no_report_is_said(string text, string expected)
    {
        Assert.Null(Read(Encoding.UTF8.GetBytes(text), out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"schema\":\"gatehouse.report/1\"}")]
    [InlineData("{\"schema\":\"gatehouse.report/1\",\"findings\":[1,null,{\"remedies\":7},{\"remedies\":[{\"edits\":{}}]}]}")]
    public void A_report_without_edits_is_an_empty_plan(string text) => Assert.Empty(Read(Encoding.UTF8.GetBytes(text), out _)!.Edits);
}
