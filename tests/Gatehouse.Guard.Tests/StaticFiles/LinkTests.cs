using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.StaticFiles;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Tests.StaticFiles;

/// <summary>Links within a site: the rules of the path that they lead to hold as well (docs/decisions/links.md).</summary>
public sealed class LinkTests : IAsyncLifetime
{
    private readonly Folder _folder = new();
    private readonly Lab _lab = new();
    private RunningGuard? _guard;

    public async ValueTask InitializeAsync()
    {
        await _lab.AddAsync("alice", "admin");
        await _lab.AddAsync("bob");
        foreach (var (name, text) in new[] { ("public/here.txt", "here"), ("admin/secret.html", "secret"), ("admin/x/y.html", "secret"), ("admin/z.html.gz", "secret"), ("admin/z.html", "secret"), ("none/a.txt", "secret"), ("public/page.html", "page") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
            await File.WriteAllTextAsync(At(name), text);
        }

        // Forms that are older than their file are not looked at.
        File.SetLastWriteTimeUtc(At("public/page.html"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.CreateSymbolicLink(At("public/own.txt"), "here.txt");
        File.CreateSymbolicLink(At("public/link.html"), "../admin/secret.html");
        File.CreateSymbolicLink(At("public/twice.html"), "link.html");
        File.CreateSymbolicLink(At("public/packed"), "../admin/z.html.gz");
        File.CreateSymbolicLink(At("public/unnamed.txt"), "../none/a.txt");
        Directory.CreateSymbolicLink(At("public/folder"), "../admin");
        Directory.CreateSymbolicLink(At("x"), "admin/x");
        Directory.CreateDirectory(At("public/start"));
        File.CreateSymbolicLink(At("public/start/index.html"), "../../admin/secret.html");
        File.CreateSymbolicLink(At("public/page.html.gz"), "../admin/secret.html");
        Directory.CreateDirectory(At("kept/below"));
        await File.WriteAllTextAsync(At("kept/.htaccess"), "Require all denied");
        await File.WriteAllTextAsync(At("kept/below/a.txt"), "secret");
        File.CreateSymbolicLink(At("public/kept.txt"), "../kept/below/a.txt");
        Directory.CreateSymbolicLink(At("public/below"), "../kept/below");

        IReadOnlyList<IAuthenticator> authenticators = [_lab.Basic];
        var policy = AccessPolicy.Load([], [Rule("/public/**", "anyone", 1), Rule("/x/**", "anyone", 2), Rule("/kept/**", "anyone", 3), Rule("/admin/**", "role admin", 4)],
            new PolicySurroundings { OpenList = _ => (null, "none"), CountriesKnown = false, Schemes = authenticators.ToDictionary(one => one.Scheme, one => one.Abilities) }, out var faults);
        Assert.True(policy is not null, string.Join("; ", faults));
        var site = new StaticSite(new() { Root = _folder.File("site"), Policy = policy });
        _guard = await RunningGuard.StartAsync(_ => new() { Name = "t", Policy = policy, Authenticators = authenticators, Content = site.ServeAsync });
    }

    public async ValueTask DisposeAsync()
    {
        if (_guard is not null) await _guard.DisposeAsync();
        _lab.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/public/link.html")]
    [InlineData("/public/twice.html")]
    [InlineData("/public/folder/secret.html")]
    [InlineData("/public/start/")]
    [InlineData("/x/y.html")]
    public async Task L01_a_link_is_as_closed_as_what_it_leads_to(string path)
    {
        // Twice: the second time the file may come from memory.
        foreach (var user in new[] { "alice", "bob", null, "alice", "bob", null })
        {
            var answer = await _guard!.AskAsync(path, "GET", user is null ? [] : ["Authorization: " + Lab.Basic64(user, Lab.Password)]);
            Assert.Equal((user, user switch { null => 401, "bob" => 403, _ => 200 }), (user, answer.Status));
            Assert.Equal(user == "alice", answer.Body == "secret");
        }
    }

    [Fact]
    public async Task L01_a_link_to_what_the_same_caller_may_have_is_followed() => Assert.Equal("here", (await _guard!.AskAsync("/public/own.txt")).Body);

    [Theory]
    [InlineData("/public/unnamed.txt")]
    [InlineData("/public/packed")]
    [InlineData("/public/kept.txt")]
    [InlineData("/public/below/a.txt")]
    public async Task L01_a_link_opens_nothing_that_no_rule_names_or_that_is_not_served_by_its_own_name(string path) =>
        Assert.Equal(403, (await _guard!.AskAsync(path, "GET", "Authorization: " + Lab.Basic64("alice", Lab.Password))).Status);

    [Fact]
    public async Task L01_a_compressed_form_that_is_a_link_to_another_file_is_not_sent() =>
        Assert.Equal("page", (await _guard!.AskAsync("/public/page.html", "GET", "Accept-Encoding: gzip")).Body);

    private string At(string name) => Path.Combine(_folder.File("site"), name);

    private static RuleText Rule(string pattern, string words, int line) => new() { Pattern = pattern, Words = words, File = "t.yaml", Line = line };
}
