using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Syntax;

namespace Gatehouse.Tests.Apache.Configuration;

public class ConfigurationReaderTests
{
    [Theory]
    [InlineData("A b\r\n# note \\\r\nstill the note\r\n\r\n<Files x>\r\n\tRequire all denied\r\n</Files>")]
    [InlineData("\uFEFFA \\\n  b\\\n c\nD\n")]
    [InlineData("\\\n\\\n")]
    [InlineData("")]
    public void Statements_in_order_are_the_file(string text)
    {
        var read = ConfigText.Parse("x", text);
        Assert.Equal(text.TrimStart('\uFEFF'), string.Concat(read.Statements.Select(statement => text[statement.Start..statement.End])));
    }

    [Theory]
    [InlineData("a \"b c\" d", "a|b c|d")]
    [InlineData("'it\\'s' \"x\\\"y\" a\\\\b", "it's|x\"y|a\\b")]
    [InlineData("\"open", "open")]
    [InlineData("  ", "")]
    public void Words_are_cut_as_httpd_cuts_them(string text, string expected) => Assert.Equal(expected, string.Join('|', Words.Of(text)));

    [Fact]
    public void A_continued_line_has_the_place_of_its_first_line()
    {
        var server = Read(("/c/httpd.conf", "Define X 7\n\nListen \\\n  ${X}\n"));
        var listen = Assert.Single(server.Directives, directive => directive.Is("Listen"));
        Assert.Equal(("/c/httpd.conf:3", 4, "7"), (listen.At.ToString(), listen.LastLine, listen.Raw));
    }

    [Fact]
    public void Includes_take_patterns_in_order_and_end_in_a_loop()
    {
        var server = Read(("/c/httpd.conf", "Include conf.d/*.conf\n"), ("/c/conf.d/b.conf", "Listen 2\n"), ("/c/conf.d/a.conf", "Listen 1\nInclude /c/httpd.conf\n"));
        Assert.Equal("1", server.Directives[0].Raw);
        Assert.Contains(server.Faults, fault => fault.Message.Contains("loop", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_outside_of_the_roots_is_named_and_not_read()
    {
        var server = Read(("/c/httpd.conf", "Include /etc/shadow\n"), ("/etc/shadow", "root:$6$secret\n"));
        Assert.Empty(server.Directives);
        var fault = Assert.Single(server.Faults);
        Assert.Equal(ConfigFaultKind.NotRead, fault.Kind);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conditions_of_reading_see_what_stands_before_them()
    {
        var server = Read(("/c/httpd.conf", "<IfModule mod_rewrite.c>\nListen 1\n</IfModule>\nLoadModule rewrite_module x\n<IfModule rewrite_module>\nListen 2\n</IfModule>\n<IfModule !mod_rewrite.c>\nListen 3\n</IfModule>\nDefine Y\n<IfDefine Y>\nListen 4\n</IfDefine>\n<IfVersion >= 2.4>\nListen 5\n</IfVersion>\n"));
        Assert.Equal("2 4 5", string.Join(' ', server.Directives.Where(directive => directive.Is("Listen")).Select(directive => directive.Raw)));
    }

    [Fact]
    public void Macros_are_written_out_with_the_places_of_their_lines()
    {
        var server = Read(("/c/httpd.conf", "<Macro Site $name $n>\n<VirtualHost *:$n>\nServerName $name\n</VirtualHost>\n</Macro>\nUse Site a.test 80\nUse Site b.test 81\n"));
        Assert.Equal(["*:80", "*:81"], server.Directives.Where(directive => directive.Is("VirtualHost")).Select(directive => directive.Raw));
        Assert.Equal("b.test", server.Directives[^1].Inside![0].Raw);
        Assert.Equal(3, server.Directives[^1].Inside![0].At.Line);
    }

    [Theory]
    [InlineData("<Files x>\n", "not closed")]
    [InlineData("</Files>\n", "without matching")]
    [InlineData("<Files x>\n</Directory>\n", "expected")]
    public void Sections_that_do_not_match_are_faults_with_a_place(string text, string says) =>
        Assert.Contains(Read(("/c/httpd.conf", text)).Faults, fault => fault.Message.Contains(says, StringComparison.Ordinal) && fault.At.Line > 0);

    [Fact]
    public void A_binary_file_is_not_read() => Assert.Contains(Read(("/c/httpd.conf", "\u007fELF\0\0")).Faults, fault => fault.Kind == ConfigFaultKind.NotRead);

    private static ServerConfiguration Read(params (string Path, string Text)[] files) => ConfigurationReader.Read("/c/httpd.conf", new Table(files.ToDictionary(file => file.Path, file => file.Text, StringComparer.Ordinal)), new ReadingLimits { Roots = ["/c"] });

    private sealed class Table(Dictionary<string, string> files) : IFileView
    {
        public FileFacts? Stat(string path) => files.TryGetValue(path, out var text) ? new(EntryKind.File, text.Length, 0, true, false) : files.Keys.Any(key => key.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal)) ? new(EntryKind.Directory, 0, 0, true, true) : null;

        public FileFacts? LinkStat(string path) => Stat(path);

        public string? Read(string path) => files.GetValueOrDefault(path);

        public IReadOnlyList<string>? Names(string directory) => [.. files.Keys.Where(key => key.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal)).Select(key => key[(directory.TrimEnd('/').Length + 1)..].Split('/')[0]).Distinct(StringComparer.Ordinal)];
    }
}
