using System.IO.Compression;
using System.Text;
using Gatehouse.Doctor.Logs;

namespace Gatehouse.Doctor.Tests.Logs;

public sealed class LogFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-logs-").FullName;

    private const string Denied = "2026/11/24 14:30:40 [error] 12#12: *3 access forbidden by rule, client: 127.0.0.1, server: a, request: \"GET /wiki/a.html HTTP/1.1\"";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, byte[] octets)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, octets);
        return path;
    }

    private static List<LogRecord> Read(string path)
    {
        var records = LogFile.NewestFirst(path, out var fault).Select(entry => entry.Read()).ToList();
        Assert.Null(fault);
        return records;
    }

    [Fact]
    public void Lines_come_back_from_the_end_with_their_offsets_and_numbers()
    {
        var text = new StringBuilder();
        for (var i = 1; i <= 5000; i++) text.Append("127.0.0.1 - - [24/Nov/2026:14:30:40 +0000] \"GET /").Append(i).Append(" HTTP/1.1\" 200 1\n");
        var path = Write("access.log", Encoding.UTF8.GetBytes(text.ToString()));
        var records = Read(path);
        Assert.Equal(5000, records.Count);
        Assert.Equal("/5000", records[0].Target);
        Assert.Equal("/1", records[^1].Target);
        Assert.Equal(4321, LogFile.LineNumber(path, records[5000 - 4321].Offset));
    }

    [Theory]
    [InlineData("a\nb\nc\n", new[] { "c", "b", "a" })]
    [InlineData("a\nb\nc", new[] { "c", "b", "a" })]
    [InlineData("\n\na", new[] { "a", "", "" })]
    [InlineData("a\r\nb\r\n", new[] { "b", "a" })]
    [InlineData("", new string[0])]
    public void Ends_of_lines_are_taken_as_they_come(string text, string[] lines) =>
        Assert.Equal(lines, BackwardLines.Of(new MemoryStream(Encoding.UTF8.GetBytes(text))).Select(line => line.Text));

    [Fact]
    public void A_line_of_megabytes_is_read_over_in_bounded_memory()
    {
        var path = Write("error.log", [.. Encoding.UTF8.GetBytes(Denied + "\n"), .. Encoding.UTF8.GetBytes(new string('x', 5 << 20) + "\n"), .. Encoding.UTF8.GetBytes("last\n")]);
        var records = Read(path);
        Assert.Equal(3, records.Count);
        Assert.Equal("last", records[0].Message);
        Assert.Equal(BackwardLines.MaxLineBytes, records[1].Text.Length);
        Assert.Equal("/wiki/a.html", records[2].Target);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(200_000)]
    public void The_front_of_a_long_line_is_what_is_kept(int length)
    {
        var line = "front" + new string('y', length);
        var lines = BackwardLines.Of(new MemoryStream(Encoding.UTF8.GetBytes("one\n" + line + "\ntwo\n"))).ToList();
        Assert.Equal(["two", line[..Math.Min(line.Length, BackwardLines.MaxLineBytes)], "one"], lines.Select(each => each.Text));
        Assert.Equal(4, lines[1].Offset);
    }

    [Fact]
    public void Packed_logs_are_unpacked()
    {
        using var gzip = new MemoryStream();
        using (var packer = new GZipStream(gzip, CompressionMode.Compress)) packer.Write(Encoding.UTF8.GetBytes("first\n" + Denied + "\n"));
        using var zstd = new MemoryStream();
        using (var packer = new ZstdSharp.CompressionStream(zstd)) packer.Write(Encoding.UTF8.GetBytes("first\n" + Denied + "\n"));
        foreach (var path in new[] { Write("error.log.2.gz", gzip.ToArray()), Write("error.log.3.zst", zstd.ToArray()), Write("error.log.4.bz2", Convert.FromBase64String(Bzip2)) })
        {
            var records = Read(path);
            Assert.Equal(2, records.Count);
            Assert.Equal("/wiki/a.html", records[0].Target);
            Assert.Equal(2, records[0].Line);
        }
    }

    [Fact]
    public void Of_a_packed_log_of_endless_short_lines_no_more_is_kept_than_of_long_ones()
    {
        using var gzip = new MemoryStream();
        using (var packer = new GZipStream(gzip, CompressionLevel.Fastest, leaveOpen: true))
        {
            var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("x\n\n\n\n", 250_000)));
            for (var round = 0; round < 8; round++) packer.Write(block);
        }

        var path = Write("bomb.gz", gzip.ToArray());
        var entries = LogFile.NewestFirst(path, out _).ToList();
        Assert.InRange(entries.Count, 500_000, 1_100_000);
        Assert.Equal(7_999_997, entries[0].Line);
    }

    [Fact]
    public void A_damaged_archive_gives_what_came_before_the_damage()
    {
        using var gzip = new MemoryStream();
        using (var packer = new GZipStream(gzip, CompressionMode.Compress)) packer.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Denied + "\n", 1000))));
        Read(Write("cut.gz", gzip.ToArray()[..40]));
        Read(Write("cut.bz2", Convert.FromBase64String(Bzip2)[..60]));
    }

    [Fact]
    public void What_is_no_log_is_said_in_one_sentence()
    {
        LogFile.NewestFirst(folder, out var directory);
        Assert.Contains("is a directory", directory, StringComparison.Ordinal);
        LogFile.NewestFirst(Path.Combine(folder, "absent"), out var absent);
        Assert.Contains("there is no log", absent, StringComparison.Ordinal);
        LogFile.NewestFirst("/dev/zero", out var device);
        Assert.Contains("no regular file", device, StringComparison.Ordinal);
    }

    [Fact]
    public void Indented_lines_belong_to_the_line_above()
    {
        var record = Assert.Single(Read(Write("app.log", "info: Microsoft.AspNetCore.Authorization.DefaultAuthorizationService[2]\n      Authorization failed. These requirements were not met:\n      ClaimsAuthorizationRequirement:Claim.Type=department\n"u8.ToArray())));
        Assert.Contains("Claim.Type=department", record.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void W3C_fields_are_taken_from_the_heading()
    {
        var records = Read(Write("u_ex.log", "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status sc-substatus sc-win32-status\n2026-11-24 14:30:40 192.0.2.1 GET /secure/ - 403 6 5\n#Fields: date time cs-method cs-uri-stem sc-status\n2026-11-24 14:31:40 GET /b 200\n"u8.ToArray()));
        Assert.Equal(["/b", "/secure/"], records.Select(record => record.Target));
        Assert.Equal("403.6", records[1].Flags);
        Assert.Equal(3, records[1].Line);
    }

    [Fact]
    public void Journald_export_is_read_entry_by_entry()
    {
        var records = Read(Write("journal.export", Encoding.UTF8.GetBytes("__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795530640123456\n_HOSTNAME=web\nSYSLOG_IDENTIFIER=nginx\nMESSAGE=" + Denied + "\n\n__CURSOR=s=2\n__REALTIME_TIMESTAMP=1795530641123456\nSYSLOG_IDENTIFIER=nginx\nMESSAGE=next\n\n")));
        Assert.Equal(2, records.Count);
        Assert.Equal("/wiki/a.html", records[1].Target);
    }

    private const string Bzip2 = "QlpoOTFBWSZTWZZfyaYAADBfgAAQWBX9kALARAo/b7+gIABkRU/0SmammanpM1GynlGEbUZBqjyQA0aAAAAyTRpO7m3JiW6MmNxd0vGMlYVmEi9Wi7XlzaZQpFBPCPVYhQdUEMoAfbKZRrjIeUWGAx2yN2foHRtnivbCqE+pGeJ+hiv5CniCwlBwGUxEhsx6tjgtV+LuSKcKEhLL+TTA";
}
