using System.Text.Json;
using CsCheck;
using Gatehouse.Guard.Settings;
using Gatehouse.Guard.Refusals;

namespace Gatehouse.Guard.Tests.Settings;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-configuration-").FullName;

    public ConfigurationReaderTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "public"));
        foreach (var name in new[] { "country.mmdb", "jwks.json", "users.htpasswd", "groups", "cert.pem", "key.pem" }) File.WriteAllText(Path.Combine(folder, name), "");
    }

    public void Dispose() => Directory.Delete(folder, true);

    private GuardConfiguration? Read(string text, out IReadOnlyList<ConfigurationFault> faults) =>
        ConfigurationReader.Read(text, Path.Combine(folder, "gatehouse.yaml"), out faults);

    [Fact]
    public void The_whole_file_of_the_design_is_read()
    {
        var read = Read(
            """
            listen: http://localhost:8080
            site: ./public
            geo: country.mmdb
            explain: minimal
            trusted-proxies: [10.0.0.0/8, "2001:db8::/32"]
            sign-in:
              users: gatehouse.db
              sessions: { idle: 20m, absolute: 8h, store: embedded }
              tokens: { issuer: https://login.example.com, audience: orders, claims: { roles: realm_access.roles } }
            refuse:
              - network 203.0.113.0/24
              - list blocklist.txt
            rules:
              /:             anyone
              POST /api/**:  scope orders.write
              /admin/**:     { allow: role admin and network 10.0.0.0/8, say: Editors only, contact: desk@example.com, hide: true }
              "/**/*.key":   nobody
            """,
            out var faults);
        Assert.Empty(faults);
        Assert.NotNull(read);
        var site = Assert.Single(read.Sites);
        Assert.Equal(Path.Combine(folder, "public"), site.Root);
        Assert.Equal(ExplainLevel.Minimal, read.Explain);
        Assert.Equal(["10.0.0.0/8", "2001:db8::/32"], read.TrustedProxies.Select(network => network.ToString()));
        Assert.Equal(TimeSpan.FromMinutes(20), read.SignIn!.Sessions!.Idle);
        Assert.True(read.SignIn.Users!.IsDatabase);
        Assert.NotNull(read.SignIn.Keys);
        Assert.False(read.SignIn.Basic);
        Assert.Equal("realm_access.roles", Assert.Single(read.SignIn.Tokens).Claims["roles"]);
        Assert.Equal(["network 203.0.113.0/24", "list " + Path.Combine(folder, "blocklist.txt")], site.Refuse.Select(rule => rule.Words));
        Assert.Equal(["/", "POST /api/**", "/admin/**", "/**/*.key"], site.Rules.Select(rule => rule.Pattern));
        var admin = site.Rules[2];
        Assert.Equal(("role admin and network 10.0.0.0/8", "Editors only", "desk@example.com", true, 16), (admin.Words, admin.Say, admin.Contact, admin.Hide, admin.Line));
    }

    [Fact]
    public void Several_sites_are_chosen_by_host_and_https_takes_a_certificate()
    {
        var read = Read(
            """
            listen:
              - http://127.0.0.1:80
              - { url: "https://*:443", certificate: cert.pem, key: key.pem }
            sign-in: { users: users.htpasswd, groups: groups }
            sites:
              - { hosts: [Example.com, "*.example.com"], site: public, rules: { "/**": anyone }, htaccess: ignore }
              - { upstream: "http://localhost:3000", rules: { "/**": signed-in } }
            """,
            out var faults);
        Assert.Empty(faults);
        Assert.Equal(["http://127.0.0.1:80", "https://*:443"], read!.Listen.Select(address => address.ToString()));
        Assert.Equal(["example.com", "*.example.com"], read.Sites[0].Hosts);
        Assert.Equal(HtaccessMode.Ignore, read.Sites[0].Htaccess);
        Assert.Equal(new Uri("http://localhost:3000"), read.Sites[1].Upstream);
        Assert.True(read.SignIn!.Basic);
        Assert.Null(read.SignIn.Sessions);
    }

    /// <summary>Text, and what stands at which line and column.</summary>
    [Theory]
    [InlineData("lisen: http://localhost:1\nsite: public\nrules: { /: anyone }", 1, 1, "unknown key `lisen` in the configuration", "did you mean `listen`?")]
    [InlineData("site: public\nsite: public\nrules: { /: anyone }", 2, 1, "`site` stands here a second time", null)]
    [InlineData("site: public\nrules:\n  /a: anyone\n  /a: nobody", 4, 3, "the rule `/a` stands already in line 3", null)]
    [InlineData("site: nowhere\nrules: { /: anyone }", 1, 7, "there is no folder `nowhere` below", null)]
    [InlineData("site: public\nrules: { /: anyone }\nmetrics: { url: http://localhost:9100 }", 3, 10, "`metrics` is a block", "write `metrics: VALUE`, or remove the key")]
    [InlineData("site: public", 1, 1, "there are no rules, so everything would be refused", null)]
    [InlineData("rules: { /: anyone }", 1, 1, "nothing is said of what is served", null)]
    [InlineData("site: public\nupstream: http://localhost:1\nrules: { /: anyone }", 2, 11, "`site` and `upstream` exclude each other", null)]
    [InlineData("site: public\nrules: [anyone]", 2, 8, "`rules` is a list", null)]
    [InlineData("site: public\nrules:\n  /a:\n    - anyone", 4, 5, "the rule `/a` is a list", null)]
    [InlineData("site: public\nrules:\n  /a: { say: hello }", 3, 7, "the rule `/a` says nobody who may pass", null)]
    [InlineData("site: public\nrules: { /: anyone }\nlisten: ftp://localhost:21", 3, 9, "`ftp://localhost:21` is no address to listen at", null)]
    [InlineData("site: public\nrules: { /: anyone }\nlisten: https://localhost:8443", 3, 9, "https needs a certificate", null)]
    [InlineData("site: public\nrules: { /: anyone }\nlisten: http://example.com:80", 3, 9, "`http://example.com:80` is no address to listen at", null)]
    [InlineData("site: public\nrules: { /: anyone }\nexplain: loud", 3, 10, "`loud` is nothing that `explain` knows", "use `minimal` or `helpful` or `full`")]
    [InlineData("site: public\nrules: { /: anyone }\nexplain: full\nlisten: http://0.0.0.0:80", 3, 10, "`explain: full` tells callers everything", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { users: none.htpasswd }", 3, 19, "there is no password file `none.htpasswd`", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { users: gatehouse.db, sessions: { idle: 2 weeks } }", 3, 51, "`2 weeks` is no duration", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { users: gatehouse.db, sessions: { idle: 9h, absolute: 8h } }", 3, 43, "a session would rest longer than it lasts", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { tokens: { issuer: https://a, audience: b, algorithms: none } }", 3, 66, "`none` lets everybody write tokens", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { tokens: { issuer: http://a, audience: b } }", 3, 30, "keys can be discovered from an https address alone", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { tokens: { issuer: https://a, audience: b, algorithms: [EdDSA] } }", 3, 67, "`EdDSA` is no algorithm that is verified here", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { tokens: { issuer: https://a, audience: b, algorithms: [RS256, HS256] } }", 3, 74, "`HS256` stands beside algorithms with public keys", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { tokens: { issuer: https://a, audience: b, algorithms: HS256 } }", 3, 66, "`HS256` needs a shared secret", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { tokens: { issuer: https://a } }", 3, 20, "`tokens` names no audience", null)]
    [InlineData("site: public\nrules: { /: anyone }\nsign-in: { users: gatehouse.db, keys: { header: Cookie } }", 3, 49, "`Cookie` can't carry API keys", null)]
    [InlineData("site: public\nrules: { /: anyone }\ntrusted-proxies: 10.0.0.0/33", 3, 18, "`10.0.0.0/33` is no network", null)]
    [InlineData("site: public\nrules: { /: anyone }\nmax-body: lots", 3, 11, "this is no size", null)]
    [InlineData("sites:\n  - { hosts: a.example, site: public, rules: { /: anyone } }\n  - { hosts: a.example, site: public, rules: { /: anyone } }", 3, 1, "`a.example` is claimed by two sites", null)]
    [InlineData("site: &a public\nrules: { /: *a }", 1, 7, "YAML anchors and aliases are not understood here", null)]
    [InlineData("site: !!str public\nrules: { /: anyone }", 1, 7, "YAML tags such as", null)]
    [InlineData("site: public\n---\nsite: public", 2, 1, "a second YAML document begins here", null)]
    [InlineData("site: [public\nrules: x", 2, 6, "not valid YAML", null)]
    [InlineData("", 1, 1, "the configuration is empty", null)]
    public void A_fault_is_told_with_its_line_and_column(string text, int line, int column, string message, string? advice)
    {
        Assert.Null(Read(text, out var faults));
        var fault = faults.FirstOrDefault(fault => fault.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.True(fault is not null, string.Join('\n', faults));
        Assert.Equal((line, column), (fault.Line, fault.Column));
        if (advice is not null) Assert.Equal(advice, fault.Advice);
        Assert.True(fault.IsError);
    }

    [Fact]
    public void All_faults_are_told_at_once_in_the_order_of_the_file()
    {
        Read("lisen: x\nsite: nowhere\nexplain: loud\nrules:\n  /a: anyone\n  /a: nobody", out var faults);
        Assert.Equal([1, 2, 3, 6], faults.Select(fault => fault.Line));
    }

    [Fact]
    public void Deep_and_endless_YAML_ends_in_a_fault()
    {
        Assert.Null(Read("site: " + new string('[', 10_000), out var faults));
        Assert.Single(faults);
        Assert.Null(Read(string.Concat(Enumerable.Range(0, 40).Select(i => new string(' ', i) + "a:\n")), out faults));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void Any_text_is_read_without_an_exception_and_positions_lie_inside_it()
    {
        var words = Gen.OneOf(new[] { "site: public\n", "rules:\n", "  /a: anyone\n", "- ", "[", "{", "}", ": ", "&a ", "*a", "\"", "'", "|\n", "\t", "listen", "\u0000", "\ud800", "\n", " ", "#", "---\n", "sign-in: { users: gatehouse.db }\n", "? ", "!!x ", "%YAML 1.2\n" }.Select(Gen.Const).ToArray());
        words.Array[0, 25].Select(string.Concat).Sample(
            text =>
            {
                var read = Read(text, out var faults);
                var lines = text.Split('\n').Length;
                return (read is not null) != faults.Any(fault => fault.IsError) && faults.All(fault => fault.Line >= 0 && fault.Line <= lines + 1);
            },
            iter: 3000);
    }

    [Fact]
    public void The_schema_knows_every_key_and_is_valid_JSON()
    {
        using var schema = JsonDocument.Parse(ConfigurationSchema.Write());
        var properties = schema.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name);
        Assert.Equal(ConfigurationKeys.Top.Select(key => key.Name), properties);
        Assert.Equal("object", schema.RootElement.GetProperty("properties").GetProperty("sign-in").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("12h", 43200)]
    [InlineData("90d", 7776000)]
    [InlineData("30", null)]
    [InlineData("-1m", null)]
    [InlineData("1.5h", null)]
    [InlineData("9999999d", null)]
    public void Durations_have_one_form(string text, int? seconds)
    {
        Assert.Equal(seconds is not null, Durations.TryParse(text, out var duration));
        if (seconds is not null) Assert.Equal(TimeSpan.FromSeconds(seconds.Value), duration);
    }
}
