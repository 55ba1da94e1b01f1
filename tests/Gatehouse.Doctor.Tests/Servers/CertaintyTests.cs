using System.Diagnostics;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>Where something was not read, or can't be told from here, neither a status nor a rule is certain; and no configuration brings the reading down.</summary>
public sealed class CertaintyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-certainty-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.Replace("@/", folder + "/", StringComparison.Ordinal));
        return path;
    }

    private (Evaluated Evaluated, DecidingRule? Rule) Look(string name, string text, string target, params string[] headers)
    {
        var (seen, _) = Evaluating.Of(Write(name, text), Evaluating.Request("GET", target, 8080, headers));
        return (Assert.Single(seen.OfType<Evaluated>()), seen.OfType<DecidingRule>().SingleOrDefault());
    }

    private const string Frontend = "frontend f\n mode http\n bind :8080\n";

    [Theory]
    [InlineData(" http-request deny if { path -f @/empty.lst }\n default_backend b\n")]
    [InlineData(" http-request deny if { path -f @/missing.lst }\n default_backend b\n")]
    [InlineData(" http-request del-header X-Mark if { rand(2) 1 }\n http-request deny if { req.hdr(x-mark) -m found }\n default_backend b\n")]
    [InlineData(" http-request set-header X-From %ci\n http-request deny unless { req.hdr(x-from) 127.0.0.1 }\n default_backend b\n")]
    [InlineData(" http-request deny if { req.hdr(x-time),ltime(%H) -m str 03 }\n default_backend b\n")]
    [InlineData(" use_backend locked if { rand(2) 1 }\n default_backend b\nbackend locked\n http-request deny\n")]
    public void HAProxy_is_sure_of_nothing_that_hangs_on_what_is_not_known(string rules)
    {
        Write("empty.lst", "# none\n");
        var (evaluated, rule) = Look("haproxy.cfg", Frontend + rules + "backend b\n server s 127.0.0.1:9\n", "/x", "X-Mark: 1", "X-Time: 99999999999999999");
        Assert.NotEqual(403, evaluated.Status);
        Assert.False(rule?.Certain ?? false);
    }

    [Fact]
    public void HAProxy_lets_through_what_stands_in_no_list()
    {
        Write("empty.lst", "# none\n");
        var (evaluated, rule) = Look("haproxy.cfg", Frontend + " http-request deny if { path -f @/empty.lst }\n default_backend b\nbackend b\n server s 127.0.0.1:9\n", "/x");
        Assert.Equal(200, evaluated.Status);
        Assert.Null(rule);
    }

    [Theory]
    [InlineData("\thandle @some {\n\t\treverse_proxy 127.0.0.1:9\n\t}\n\thandle {\n\t\trespond 403\n\t}\n")]
    [InlineData("\thandle @some {\n\t\thandle /x {\n\t\t\treverse_proxy 127.0.0.1:9\n\t\t}\n\t}\n\thandle {\n\t\trespond 403\n\t}\n")]
    [InlineData("\troute {\n\t\treverse_proxy @some 127.0.0.1:9\n\t\trespond 403\n\t}\n")]
    public void Caddy_is_not_sure_of_what_comes_behind_a_block_that_may_be_taken(string directives)
    {
        var (evaluated, rule) = Look("Caddyfile", "http://127.0.0.1:8080 {\n\t@some vars {http.request.uuid} a\n" + directives + "}\n", "/x");
        Assert.Null(evaluated.Status);
        Assert.False(rule?.Certain ?? false);
    }

    private static string Json(string routes) => "{\"apps\":{\"http\":{\"servers\":{\"s\":{\"listen\":[\":8080\"],\"routes\":[" + routes + "]}}}}}";

    private const string Refusing = "\"handle\":[{\"handler\":\"static_response\",\"status_code\":403}]";

    [Theory]
    [InlineData("{\"match\":[{\"vars\":{\"{http.request.uuid}\":[\"a\"]}}],\"handle\":[{\"handler\":\"reverse_proxy\"}],\"terminal\":true},{" + Refusing + "}", null)]
    [InlineData("{\"match\":[{\"not\":[{\"path\":[\"/a\"],\"method\":[\"PUT\"]}]}]," + Refusing + "}", 403)]
    [InlineData("{\"match\":[{\"not\":[{\"path\":[\"/x\"],\"method\":[\"PUT\"]}]}]," + Refusing + "}", 403)]
    [InlineData("{\"match\":[{\"not\":[{\"path\":[\"/x\"],\"method\":[\"GET\"]}]}]," + Refusing + "}", 200)]
    [InlineData("{\"match\":[{\"not\":[{\"path\":[\"/a\"]},{\"method\":[\"GET\"]}]}]," + Refusing + "}", 200)]
    [InlineData("{\"match\":[{\"header\":{\"X-One\":[\"1\"],\"X-Two\":[\"2\"]}}]," + Refusing + "}", 200)]
    [InlineData("{\"handle\":[{\"handler\":\"rewrite\",\"uri_substring\":[{\"find\":\"x\",\"replace\":\"y\"}]},{\"handler\":\"file_server\",\"root\":\"/nowhere\\u0000\"}]}", null)]
    public void Caddys_own_JSON(string routes, int? status)
    {
        var (evaluated, rule) = Look("caddy.json", Json(routes), "/x", "X-One: 1");
        Assert.Equal(status, evaluated.Status);
        Assert.Equal(status == 403, rule?.Certain ?? false);
    }

    [Theory]
    [InlineData("Query(`a`, `b`) && Path(`/x`)", "office", null)]
    [InlineData("Path(`/y`)", "elsewhere@file,office", null)]
    [InlineData("Path(`/y`)", "office", 403)]
    public void Traefik_is_not_sure_behind_a_router_that_may_hold_or_a_middleware_that_stands_elsewhere(string rule, string middlewares, int? status)
    {
        var (evaluated, decided) = Look("dynamic.yml", $"http:\n  routers:\n    one:\n      rule: \"{rule}\"\n      service: s\n    two:\n      rule: \"Path(`/x`)\"\n      middlewares: [{middlewares}]\n      service: s\n  middlewares:\n    office:\n      ipAllowList:\n        sourceRange: [10.0.0.0/8]\n", "/x");
        Assert.Equal(status, evaluated.Status);
        Assert.Equal(status is not null, decided!.Certain);
    }

    [Fact]
    public void Squid_is_not_sure_of_a_list_within_a_list_that_was_not_read()
    {
        var (evaluated, rule) = Look("squid.conf", "http_port 8080\nacl some src \"@/missing.lst\"\nacl group any-of some\nhttp_access allow group\nhttp_access deny all\n", "/");
        Assert.Null(evaluated.Status);
        Assert.False(rule!.Certain);
    }

    [Theory]
    [InlineData("", "try_files {path} /y\n\tfile_server")]
    [InlineData("\0", "respond 403")]
    public void A_NUL_in_a_path_is_no_exception(string mark, string directive) =>
        Evaluating.Of(Write("Caddyfile", "http://127.0.0.1:8080 {\n\troot * @/\n\t" + directive + "\n" + new string('#', 5000) + "\n\timport a" + mark + "b\n}\n"), Evaluating.Request("GET", "/a%00b", 8080));

    [Theory]
    [InlineData("use-ipv6.pl 8080", false)]
    [InlineData("use-ipv6.pl; touch @/mark", true)]
    [InlineData("create-mime.conf.pl $(touch @/mark)", true)]
    [InlineData("include-conf-enabled.pl | sh", true)]
    public void A_script_with_more_behind_it_is_not_taken_for_one_that_is_known(string command, bool mayHoldRules)
    {
        var main = Write("lighttpd.conf", $"server.document-root = \"/srv\"\nserver.port = 8080\nurl.access-deny = ( \"~\" )\ninclude_shell \"/usr/share/lighttpd/{command}\"\n");
        var (seen, _) = Evaluating.Of(main, Evaluating.Request("GET", "/a~", 8080));
        Assert.Equal(!mayHoldRules, Assert.Single(seen.OfType<DecidingRule>()).Certain);
        if (mayHoldRules) Assert.Null(Gatehouse.Doctor.Fixes.SyntaxTest.For("lighttpd", main, out var _));
        Assert.False(File.Exists(Path.Combine(folder, "mark")));
    }

    [Theory]
    [InlineData("Caddyfile", "http://127.0.0.1:8080 {\n@\n}\n", "import one.conf\n")]
    [InlineData("lighttpd.conf", "server.document-root = \"/srv\"\nserver.port = 8080\n@\n", "include \"one.conf\"\n")]
    [InlineData("squid.conf", "http_port 8080\n@\nhttp_access allow all\n", "include one.conf\n")]
    public void A_file_that_includes_itself_a_thousand_times_ends(string name, string text, string include)
    {
        Write("one.conf", string.Concat(Enumerable.Repeat(include, 1000)));
        Ends(Write(name, text.Replace("@", include, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("(a0) {\n\trespond 403\n}\n", "(a{0}) {\n\thandle {\n\t\timport a{1}\n\t\timport a{1}\n\t}\n}\n", "http://127.0.0.1:8080 {\n\timport a40\n}\n", "Caddyfile")]
    [InlineData("http_port 8080\nacl a0 time 00:00-24:00\n", "acl a{0} any-of a{1} a{1} a{1} a{1}\n", "http_access deny a14\nhttp_access allow all\n", "squid.conf")]
    public void What_names_itself_often_at_each_of_many_levels_ends(string first, string level, string last, string name) =>
        Ends(Write(name, first + string.Concat(Enumerable.Range(1, name == "squid.conf" ? 14 : 40).Select(i => level.Replace("{0}", $"{i}", StringComparison.Ordinal).Replace("{1}", $"{i - 1}", StringComparison.Ordinal))) + last));

    private static void Ends(string path)
    {
        var work = Task.Run(() => Evaluating.Of(path, Evaluating.Request("GET", "/x", 8080)), TestContext.Current.CancellationToken);
        Assert.True(work.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), path);
    }
}
