namespace Gatehouse.Server.Tests.Hosting;

/// <summary>What is served is what was decided on, also where a folder or a rewriting leads to another file; and who asks is whom the proxy names.</summary>
public sealed class ServedElsewhereTests
{
    [Fact]
    public async Task Rewriting_does_not_lead_past_the_rules_for_the_file_it_leads_to()
    {
        using var site = new SiteFolder("listen: http://127.0.0.1:0\nsite: ./public\nhtaccess: honour\nrules:\n  /**: anyone\n  /closed/**: nobody\n");
        site.Write("public/open/.htaccess", "RewriteEngine On\nRewriteRule ^(.*)$ /$1 [L]\n");
        await using var server = await RunningServer.StartAsync(site);
        foreach (var (path, status) in new[] { ("/closed/index.html", 403), ("/open/closed/index.html", 403), ("/open/index.html", 200), ("/", 200) })
        {
            using var answer = await server.AskAsync(path);
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
        }
    }

    [Theory]
    [InlineData("refuse")]
    [InlineData("honour")]
    public async Task A_rule_for_the_index_file_holds_for_its_folder_and_one_for_all_below_does_not(string htaccess)
    {
        using var site = new SiteFolder($"listen: http://127.0.0.1:0\nsite: ./public\nhtaccess: {htaccess}\nrules:\n  /: anyone\n  /**: network 192.0.2.0/24\n  /admin/: anyone\n  /admin/index.html: nobody\n");
        await using var server = await RunningServer.StartAsync(site);
        foreach (var (path, status) in new[] { ("/", 200), ("/index.html", 403), ("/admin/", 403), ("/admin/index.html", 403) })
        {
            using var answer = await server.AskAsync(path);
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
        }
    }

    [Fact]
    public async Task The_field_Forwarded_names_the_client_in_its_own_grammar()
    {
        using var site = new SiteFolder("listen: http://127.0.0.1:0\nsite: ./public\ntrusted-proxies: [ 127.0.0.1 ]\nforwarding-field: Forwarded\nrefuse:\n  - network 203.0.113.0/24\n  - network 2001:db8::/32\nrules:\n  /**: anyone\n");
        await using var server = await RunningServer.StartAsync(site);
        foreach (var (field, status) in new[] { ("for=203.0.113.9;proto=http", 403), ("for=203.0.113.9, for=192.0.2.1", 200), ("For=\"[2001:db8::7]:4711\"", 403), ("for=192.0.2.1, for=203.0.113.9", 403) })
        {
            using var answer = await server.AskAsync("/", null, 1, "GET", ("Forwarded", field));
            Assert.Equal((field, status), (field, (int)answer.StatusCode));
        }
    }
}
