using Gatehouse.Policy;
using static Gatehouse.Tests.Policy.Given;

namespace Gatehouse.Tests.Policy;

public class PolicyReasoningTests
{
    private static string Told(string lines, PolicySurroundings? surroundings = null)
    {
        var policy = Load(lines, out var faults, surroundings);
        Assert.Equal(faults.Any(fault => fault.IsError), policy is null);
        return string.Join('\n', faults.Select(fault => $"{fault.Line}:{fault.Column} {(fault.IsError ? "error" : "warning")}: {fault.Message}{(fault.Advice is null ? "" : $" ({fault.Advice})")}"));
    }

    [Theory]
    // What can never hold.
    [InlineData("/x: country DE and country AT", "1:5 error: `country DE` and `country AT` never hold together: nobody can pass this way (write `country DE AT` if either is enough)")]
    [InlineData("/x: user alice and user bob", "1:5 error: `user alice` and `user bob` never hold together: nobody can pass this way (write `user alice bob` if either is enough)")]
    [InlineData("/x: network 10.0.0.0/8 and role admin and network 192.168.0.0/16", "1:5 error: `network 10.0.0.0/8` and `network 192.168.0.0/16` never hold together: nobody can pass this way (write `network 10.0.0.0/8 192.168.0.0/16` if either is enough)")]
    [InlineData("/x: network 10.1.0.0/16 and not network 10.0.0.0/8", "1:5 error: `network 10.1.0.0/16` and `not network 10.0.0.0/8` never hold together: nobody can pass this way (join them with `or` if either is enough)")]
    [InlineData("POST /x: method GET", "1:10 error: `method GET` can't hold: the rule is for POST (name the method in one place)")]
    [InlineData("/x: https and not https", "1:5 error: `https` and `not https` never hold together: nobody can pass this way (join them with `or` if either is enough)")]
    [InlineData("/x: hours 08:00-12:00 and hours 13:00-17:00", "1:5 error: `hours 08:00-12:00` and `hours 13:00-17:00` never hold together: nobody can pass this way (join them with `or` if either is enough)")]
    [InlineData("/x: nobody and role admin", "1:5 error: nobody can ever pass, which the words hide (write `nobody` alone)")]
    [InlineData("/x: role admin or country DE and country AT", "1:19 warning: `country DE` and `country AT` never hold together: nobody can pass this way (write `country DE AT` if either is enough)")]
    // What the refuse list leaves nobody for.
    [InlineData("refuse country KP\n/x: country KP", "2:5 error: nobody can pass: everybody whom this lets in is refused by `country KP` (line 1) in the refuse list (change one of the two, or write `nobody`)")]
    [InlineData("refuse network 203.0.113.0/24\n/x: role admin and network 203.0.113.64/26", "2:5 error: nobody can pass: everybody whom this lets in is refused by `network 203.0.113.0/24` (line 1) in the refuse list (change one of the two, or write `nobody`)")]
    [InlineData("refuse network 10.0.0.0/9\nrefuse network 10.128.0.0/9\n/x: network 10.0.0.0/8", "3:5 error: nobody can pass: everybody whom this lets in is refused by the refuse list (change one of the two, or write `nobody`)")]
    [InlineData("refuse country KP and method POST\nPOST /x: country KP", "2:10 error: nobody can pass: everybody whom this lets in is refused by `country KP and method POST` (line 1) in the refuse list (change one of the two, or write `nobody`)")]
    [InlineData("refuse network 10.0.0.0/8\n/x: network 10.0.0.0/8 or country DE", "2:5 warning: the way over `network 10.0.0.0/8` has no effect: it is refused by `network 10.0.0.0/8` (line 1) in the refuse list (remove it, or change the refuse list)")]
    [InlineData("refuse anyone\n/x: anyone", "1:1 error: `anyone` refuses everybody everywhere (take it out of the refuse list; what no rule names is refused anyway)")]
    [InlineData("refuse network 0.0.0.0/0 ::/0\n/x: anyone", "1:1 error: the refuse list refuses every request (remove the entry that is too wide)")]
    [InlineData("refuse https\nrefuse not https\n/x: anyone", "1:1 error: the refuse list refuses every request (remove the entry that is too wide)")]
    [InlineData("refuse nobody\n/x: anyone", "1:1 error: `nobody` refuses nothing (remove it)")]
    [InlineData("refuse role admin\n/x: anyone", "1:1 error: `role admin` in the refuse list, which is asked before anybody is known (write a rule that names those who may pass)")]
    // What has no effect.
    [InlineData("refuse network 10.0.0.0/8\nrefuse network 10.1.0.0/16\n/x: anyone", "2:1 warning: `network 10.1.0.0/16` has no effect: `network 10.0.0.0/8` (line 1) refuses it already (remove it)")]
    [InlineData("refuse country KP IR\nrefuse country KP\n/x: anyone", "2:1 warning: `country KP` has no effect: `country KP IR` (line 1) refuses it already (remove it)")]
    [InlineData("/x: anyone or role admin", "1:15 warning: `role admin` has no effect: `anyone` passes (remove it, or join it with `and`)")]
    [InlineData("/x: signed-in or role admin", "1:18 warning: `role admin` has no effect: whoever meets it passes, or fails, without it (remove it, or join it with `and`)")]
    [InlineData("/x: network 10.1.0.0/16 or network 10.0.0.0/8", "1:5 warning: `network 10.1.0.0/16` has no effect: whoever meets it passes, or fails, without it (remove it, or join it with `and`)")]
    [InlineData("/a/**: role x\n/a/b/**: role x", "2:1 error: `/a/b/**` has no effect: `/a/**` (line 1) says the same (remove it)")]
    [InlineData("/a/**: role x y\n/a/b: role y x", "2:1 error: `/a/b` has no effect: `/a/**` (line 1) says the same (remove it)")]
    [InlineData("/a/**: role x\nPOST /a/**: role x", "2:1 error: `POST /a/**` has no effect: `/a/**` (line 1) says the same (remove it)")]
    [InlineData("/**/*.key: nobody\n/server.key: nobody", "2:1 error: `/server.key` has no effect: `/**/*.key` (line 1) says the same (remove it)")]
    // Equally exact and different.
    [InlineData("/x: role a\n/x: role b", "2:1 error: `/x` and `/x` (line 1) name the same requests equally exactly and say different things (make one of them more specific, or join their words)")]
    [InlineData("GET POST /x: role a\nPOST PUT /x: role b", "2:1 error: `POST PUT /x` and `GET POST /x` (line 1) name the same requests equally exactly and say different things (make one of them more specific, or join their words)")]
    [InlineData("/**/a*: role a\n/**/*b: role b", "2:1 error: `/**/*b` and `/**/a*` (line 1) name the same requests equally exactly and say different things (make one of them more specific, or join their words)")]
    [InlineData("/x: role a b\n/x: role b a", "2:1 error: `/x` has no effect: line 1 says the same (remove one of the two)")]
    // Two spellings of one place.
    [InlineData("/admin: role admin\n/**: anyone", "1:1 warning: `/admin/` is another path than `/admin`, and `/**: anyone` (line 2) decides it (write `/admin/**` if both are meant)")]
    public void Told_at_load(string lines, string told) => Assert.Equal(told, Told(lines));

    [Theory]
    [InlineData("/a/**: role x\n/a/b/**: role y\n/a/b/c/**: role x")]
    [InlineData("/a/**: role x\nPOST /a/**: role y\n/a/b/**: role x")]
    [InlineData("HEAD /a/**: role y\nGET /a/**: role x\nGET /a/b/**: role x")]
    [InlineData("/**: role x\n/**/*.key: nobody\n/server.key: role x")]
    [InlineData("GET /x: role a\nHEAD /x: role b")]
    [InlineData("GET /x: role a\nPOST /x: role b\n/x: role c")]
    [InlineData("/**/a*: role a\n/**/b*: role b")]
    [InlineData("/img/*.png: role a\n/doc/*.png: role b")]
    [InlineData("/x: network 10.0.0.0/8 and not network 10.1.0.0/16")]
    [InlineData("/x: country DE or country AT and role admin")]
    [InlineData("/x: signed-in and two-factor")]
    [InlineData("/x: hours mon-fri 08:00-18:00 Europe/Berlin and hours 20:00-22:00 UTC")]
    [InlineData("refuse country KP and method POST\n/x: country KP")]
    [InlineData("refuse country KP and https\nrefuse country KP and not network 10.0.0.0/8\n/x: country KP")]
    [InlineData("/x: claim department sales and claim department support")]
    [InlineData("/login: anyone\n/**: signed-in")]
    public void Nothing_is_told_of_a_policy_that_means_something(string lines) => Assert.Equal("", Told(lines));

    [Theory]
    [InlineData("/x: scope orders.read", "1:5 error: `scope orders.read` can't be answered: no way of signing in that is switched on tells scopes (switch on a way of signing in that does, or ask for something else)")]
    [InlineData("/x: role admin and two-factor", "1:5 error: `two-factor` can't be answered: no way of signing in that is switched on tells a second factor (switch on a way of signing in that does, or ask for something else)")]
    [InlineData("/x: role admin and subscription premium", "1:5 error: `role admin` and `subscription premium` can't be answered: no single way of signing in that is switched on tells all of it (switch on a way of signing in that does, or ask for something else)")]
    [InlineData("/x: role admin or scope x", "1:5 warning: `scope x` can't be answered: no way of signing in that is switched on tells scopes (switch on a way of signing in that does, or ask for something else)")]
    [InlineData("/x: signed-in", "")]
    public void A_challenge_that_nobody_can_answer_is_told_at_load(string lines, string told) => Assert.Equal(told, Told(lines, Surroundings with
    {
        Schemes = new Dictionary<Scheme, SchemeAbilities> { [Scheme.Basic] = SchemeAbilities.Groups, [Scheme.Cookie] = SchemeAbilities.Subscriptions },
    }));

    [Fact]
    public void Without_any_way_to_sign_in_a_rule_that_asks_for_it_is_an_error() =>
        Assert.Equal("1:5 error: `signed-in` asks for a sign-in, and there is none (add `sign-in:`)", Told("/x: signed-in", Surroundings with { Schemes = new Dictionary<Scheme, SchemeAbilities>() }));

    [Fact]
    public void Thousands_of_rules_and_refused_networks_are_reasoned_over_and_it_ends()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 4000).Select(i => $"refuse network 10.{i / 256}.{i % 256}.0/25").Concat(Enumerable.Range(0, 4000).Select(i => $"/area{i}/**: role r{i} and network 192.168.{i % 256}.0/24 or user u{i}")));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.NotNull(Load(lines, out var faults));
        Assert.Empty(faults);
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{watch.Elapsed}");
    }
}
