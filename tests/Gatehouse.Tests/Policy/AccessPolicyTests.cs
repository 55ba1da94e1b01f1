using Gatehouse.Policy;
using static Gatehouse.Tests.Policy.Given;

namespace Gatehouse.Tests.Policy;

public class AccessPolicyTests
{
    // The example of the design, word by word.
    private const string Site =
        """
        refuse network 203.0.113.0/24
        refuse list blocklist.txt
        refuse country KP
        /: anyone
        /account/**: signed-in
        /api/**: scope orders.read
        POST /api/**: scope orders.write
        /premium/**: subscription premium
        /admin/**: role admin and network 10.0.0.0/8
        /streams/**: country DE AT CH
        /**/*.key: nobody
        /vault/**: signed-in and two-factor
        /pay: within 10m
        """;

    private static readonly AccessPolicy Policy = Given.Loaded(Site);

    [Fact]
    public void The_example_of_the_design_has_neither_error_nor_warning()
    {
        Load(Site, out var faults);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("/", "GET", Verdict.Allow, null)]
    [InlineData("/", "DELETE", Verdict.Allow, null)]
    [InlineData("/nowhere", "GET", Verdict.Deny, "resource.denied-by-default")]
    [InlineData("/account", "GET", Verdict.NeedsIdentity, "credentials.missing")]
    [InlineData("/account/x/y", "GET", Verdict.NeedsIdentity, "credentials.missing")]
    [InlineData("/accounts", "GET", Verdict.Deny, "resource.denied-by-default")]
    [InlineData("/admin/", "GET", Verdict.Deny, "ip.not-allowed")]
    [InlineData("/streams/1", "GET", Verdict.Deny, "country.blocked")]
    [InlineData("/account/server.key", "GET", Verdict.Deny, "resource.denied")]
    [InlineData("/server.key", "GET", Verdict.Deny, "resource.denied")]
    public void Nobody_known(string path, string method, Verdict verdict, string? cause)
    {
        var facts = Request(path, method);
        Assert.Equal(verdict, Policy.Evaluate(facts, null));
        var decision = Policy.Explain(facts, null);
        Assert.Equal(verdict, decision.Verdict);
        Assert.Equal(cause, decision.Cause?.Id);
        Assert.Equal(verdict == Verdict.Allow, decision.NearestChange is null);
    }

    [Theory]
    [InlineData("203.0.113.9", null, "ip.blocked")]
    [InlineData("192.0.2.1", null, "ip.blocked")]
    [InlineData("198.51.100.7", "KP", "country.blocked")]
    public void What_the_refuse_list_names_is_denied_whoever_asks(string from, string? country, string cause)
    {
        foreach (var who in new[] { null, Someone(roles: ["admin"]) })
        {
            foreach (var path in new[] { "/", "/account/", "/admin/", "/nowhere" })
            {
                var decision = Policy.Explain(Request(path, from: from, country: country), who);
                Assert.Equal((Verdict.Deny, cause), (decision.Verdict, decision.Cause!.Id));
                Assert.StartsWith("take `", decision.NearestChange);
            }
        }
    }

    [Fact]
    public void What_lacks_is_named_of_somebody_known()
    {
        Assert.Equal("role.missing", Policy.Explain(Request("/admin/", from: "10.1.1.1"), Someone()).Cause!.Id);
        Assert.Equal("subscription.required", Policy.Explain(Request("/premium/x"), Someone()).Cause!.Id);
        var read = Policy.Explain(Request("/api/orders"), Someone(scopes: ["other"]));
        Assert.Equal("scope.missing", read.Cause!.Id);
        Assert.Equal(["orders.read"], read.MissingScopes);
        Assert.Equal(["orders.write"], Policy.Explain(Request("/api/orders", "POST"), Someone(scopes: ["orders.read"])).MissingScopes);
        Assert.Equal("gatehouse.yaml", read.Rule!.File);
        Assert.Equal(6, read.Rule.Line);
    }

    [Fact]
    public void A_stronger_or_newer_sign_in_is_asked_of_somebody_known()
    {
        var weak = Policy.Explain(Request("/vault/"), Someone());
        Assert.Equal((Verdict.NeedsIdentity, "authentication.too-weak", true), (weak.Verdict, weak.Cause!.Id, weak.StepUpHelps));
        var old = Policy.Explain(Request("/pay"), Someone(signedInAgo: TimeSpan.FromMinutes(11)));
        Assert.Equal((Verdict.NeedsIdentity, "authentication.too-old", true), (old.Verdict, old.Cause!.Id, old.StepUpHelps));
        Assert.Equal(TimeSpan.FromMinutes(10), old.MaxAge);
        Assert.Equal(Verdict.Allow, Policy.Evaluate(Request("/pay"), Someone(signedInAgo: TimeSpan.FromMinutes(10))));
        Assert.Equal(Verdict.Allow, Policy.Evaluate(Request("/vault/"), Someone(twoFactor: true)));
    }

    [Fact]
    public void The_rule_that_names_the_method_beats_its_twin_and_says_so()
    {
        var decision = Policy.Explain(Request("/api/orders", "POST"), null);
        Assert.Equal("POST /api/**: scope orders.write", decision.Rule!.Text);
        Assert.Equal(["/api/**: scope orders.read"], decision.Beaten.Select(rule => rule.Text));
    }

    [Fact]
    public void A_challenge_helps_only_where_its_scheme_can_have_what_the_rule_asks_for()
    {
        Assert.True(Policy.CanHelp(Request("/api/x"), SchemeAbilities.Scopes));
        Assert.False(Policy.CanHelp(Request("/api/x"), SchemeAbilities.Roles | SchemeAbilities.Groups));
        Assert.True(Policy.CanHelp(Request("/account/"), SchemeAbilities.None));
        Assert.False(Policy.CanHelp(Request("/admin/"), Everything));
        Assert.True(Policy.CanHelp(Request("/admin/", from: "10.0.0.1"), SchemeAbilities.Groups));
        Assert.False(Policy.CanHelp(Request("/account/", from: "203.0.113.1"), Everything));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        (Facts, Identity?)[] situations =
        [
            (Request("/"), null),
            (Request("/account/orders/7"), Someone()),
            (Request("/api/orders"), Someone(scopes: ["orders.read"])),
            (Request("/admin/x", from: "10.2.3.4"), Someone(groups: ["admin"])),
            (Request("/streams/1", from: "2001:db8::1", country: "AT"), null),
            (Request("/vault/x"), Someone(twoFactor: true)),
        ];
        foreach (var (facts, who) in situations) Assert.Equal(Verdict.Allow, Policy.Evaluate(facts, who));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0;
        for (var i = 0; i < 1000; i++)
            foreach (var (facts, who) in situations) sum += (int)Policy.Evaluate(facts, who);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(12000, sum);
    }
}
