using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Tests.Nginx;

public class ConfReaderTests
{
    private static ConfFile Read(string text) => ConfReader.Read("/etc/nginx/nginx.conf", text);

    [Theory]
    [InlineData("user www-data;\n# a comment\r\nhttp {\r\n\tserver { listen 80; } # end\n}\n")]
    [InlineData("a \"b c\" 'd' e\\ f ${g}h;")]
    [InlineData("")]
    [InlineData("server { location ~ \"^/x{2}$\" { return 200 \"}\"; } }")]
    [InlineData("\xEF\xBB\xBFuser x; \xFF\xFE")]
    public void Every_byte_comes_back(string text) => Assert.Equal(text, System.Text.Encoding.Latin1.GetString(Read(text).Bytes));

    [Fact]
    public void Words_quotes_and_backslashes_are_read_as_nginx_reads_them()
    {
        var words = Read("x 'a b' \"c\\\"d\" e\\ f g\\.h ${i}j \"\" k\\\\l \"\\t\";").Nodes[0].Words.Select(word => word.Text);
        Assert.Equal(["x", "a b", "c\"d", "e\\ f", "g\\.h", "${i}j", "", "k\\l", "\t"], words);
    }

    [Theory]
    [InlineData("server {", 1, 9, "unexpected end of file, expecting \"}\"")]
    [InlineData("server {\n  root /x\n}\n", 3, 1, "unexpected \"}\"")]
    [InlineData("a;\n}", 2, 1, "unexpected \"}\"")]
    [InlineData("a;\n;", 2, 1, "unexpected \";\"")]
    [InlineData("a \"b\"c;", 1, 6, "unexpected \"c\"")]
    [InlineData("a b", 1, 4, "unexpected end of file, expecting \";\" or \"}\"")]
    [InlineData("a 'b;\n", 2, 1, "unexpected end of file, expecting \";\" or \"}\"")]
    public void A_fault_has_its_place(string text, int line, int column, string what)
    {
        var fault = Read(text).Fault;
        Assert.NotNull(fault);
        Assert.Equal((line, column, what), (fault.At.Line, fault.At.Column, fault.What));
    }

    [Fact]
    public void What_stands_before_a_fault_is_kept() => Assert.Equal("location", Read("server { location / { deny all; } broken").Nodes[0].Block![0].Name);

    [Theory]
    [InlineData("location / { root /x\n index y; }", "invalid number of arguments in \"root\" directive (a semicolon is probably missing at the end of that line)")]
    [InlineData("location / ;", "directive \"location\" has no opening \"{\"")]
    [InlineData("deny all { }", "directive \"deny\" is not terminated by \";\"")]
    [InlineData("auth_basci x;", "unknown directive \"auth_basci\" (\"auth_basic\" is probably meant)")]
    [InlineData("auth_basic;", "invalid number of arguments in \"auth_basic\" directive")]
    public void Directives_of_a_wrong_form_are_faults(string text, string what) => Assert.Equal(what, DirectiveShapes.FirstFault(Read(text).Nodes)?.What);

    [Theory]
    [InlineData("brotli on; auth_jwt x; more_set_headers 'a: b'; vhost_traffic_status on;")]
    [InlineData("map $a $b { rott x; default y; } upstream z { server 1.2.3.4; }")]
    public void Directives_that_are_not_known_are_no_faults(string text) => Assert.Null(DirectiveShapes.FirstFault(Read(text).Nodes));

    [Fact]
    public void Braces_in_Lua_do_not_count()
    {
        var file = Read("location / { access_by_lua_block { local t = { '}', [[}]], \"}\" } -- }\n --[==[ } ]==]\n if t then return end } deny all; }");
        Assert.Null(file.Fault);
        Assert.Equal(["access_by_lua_block", "deny"], file.Nodes[0].Block!.Select(node => node.Name));
    }

    [Fact]
    public void A_dump_is_taken_apart_and_its_lines_counted_in_their_own_files()
    {
        var dump = ConfDump.Of("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n# configuration file /etc/nginx/nginx.conf:\nhttp {\n  include conf.d/*.conf;\n}\n\n# configuration file /etc/nginx/conf.d/a.conf:\nserver {\n  deny all;\n}\n");
        Assert.NotNull(dump);
        var tree = ConfTree.Load(dump.Main, dump);
        var deny = ConfTree.Flat(ConfTree.Flat(tree.Nodes).Single().Block!).Single().Block![0];
        Assert.Equal("/etc/nginx/conf.d/a.conf:2", deny.At.ToString());
        Assert.Empty(tree.NotRead);
    }

    [Fact]
    public void Includes_in_a_circle_end()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-nginx-").FullName;
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), "include nginx.conf;\nhttp { include *.conf; }");
        var tree = ConfTree.Load(Path.Combine(folder, "nginx.conf"), new DiskConf(new ReadableFolders([folder])));
        Assert.NotEmpty(tree.NotRead);
        Directory.Delete(folder, true);
    }

    [Fact]
    public void Nothing_outside_the_roots_is_read()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-nginx-").FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "link.conf"), "/etc/passwd");
        File.WriteAllText(Path.Combine(folder, "nginx.conf"), "include /etc/shadow; include /etc/pass*; include link.conf; include /dev/zero;");
        var tree = ConfTree.Load(Path.Combine(folder, "nginx.conf"), new DiskConf(new ReadableFolders([folder])));
        Assert.Single(tree.Files);
        Assert.Equal(3, tree.NotRead.Count);
        Directory.Delete(folder, true);
    }

    [Theory]
    [InlineData("/a/*.conf", "/a/b.conf", true)]
    [InlineData("/a/*.conf", "/a/.b.conf", false)]
    [InlineData("/a/*.conf", "/a/c/b.conf", false)]
    [InlineData("/a/[bc]?.x", "/a/bz.x", true)]
    [InlineData("/a/[!bc].x", "/a/b.x", false)]
    [InlineData("/*/b", "/a/b", true)]
    public void Patterns_of_includes(string pattern, string path, bool matches) => Assert.Equal(matches, ConfGlob.Matches(pattern, path));

    [Theory]
    [InlineData("server { listen 80; location / { deny all; } }", true)]
    [InlineData("http { server { listen 80", true)]
    [InlineData("example.com {\n  respond /private 403\n}\n", false)]
    [InlineData("<VirtualHost *:80>\nDocumentRoot /x\n</VirtualHost>\n", false)]
    [InlineData("frontend web\n  bind :80\n  http-request deny\n", false)]
    [InlineData("server.document-root = \"/x\"\n$HTTP[\"url\"] =~ \"x\" { url.access-deny = (\"\") }\n", false)]
    [InlineData("zone \"x\" { type master; };", false)]
    public void Nginx_is_known_by_its_content(string text, bool isNginx) => Assert.Equal(isNginx, NginxConfiguration.IsNginx(text));

    [Fact]
    public void Ten_thousand_lines_are_read_without_delay()
    {
        var text = string.Concat(Enumerable.Range(0, 2500).Select(i => $"location /p{i}/ {{\n  # comment\n  allow 10.0.0.0/8; deny all;\n}}\n"));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var file = Read($"http {{ server {{ {text} }} }}");
        Assert.Null(file.Fault);
        Assert.Equal(2500, file.Nodes[0].Block![0].Block!.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), watch.Elapsed.ToString());
    }

    [Fact]
    public void Includes_from_another_folder_are_read_where_it_is_named()
    {
        var main = Directory.CreateTempSubdirectory("gatehouse-main-").FullName;
        var beside = Directory.CreateTempSubdirectory("gatehouse-beside-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(beside, "site.conf"), "server { listen 80; }\n");
            var conf = Path.Combine(main, "nginx.conf");
            File.WriteAllText(conf, $"events {{}}\nhttp {{ include {beside}/site.conf; }}\n");
            Assert.Contains("--include-root", NginxConfiguration.Read([conf], [])!.Trees[0].NotRead[0].What, StringComparison.Ordinal);
            Assert.Empty(NginxConfiguration.Read([conf], [beside])!.Trees[0].NotRead);
        }
        finally
        {
            Directory.Delete(main, recursive: true);
            Directory.Delete(beside, recursive: true);
        }
    }
}
