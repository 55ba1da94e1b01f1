using Gatehouse.Policy;

namespace Gatehouse.Tests.Policy;

/// <summary>A trusted proxy hides whose request it is: nothing is granted by where it comes from, and nothing slips past the refuse list.</summary>
public sealed class HiddenAddressTests
{
    private static readonly Facts Hidden = Given.Request("/x") with { Address = null };

    [Theory]
    [InlineData("network 0.0.0.0/0 ::/0", false)]
    [InlineData("not network 203.0.113.0/24", false)]
    [InlineData("list blocklist.txt", false)]
    [InlineData("not list blocklist.txt", false)]
    [InlineData("country DE", false)]
    [InlineData("not country KP", false)]
    [InlineData("method GET", true)]
    [InlineData("network 10.0.0.0/8 or method GET", true)]
    [InlineData("not country KP and method GET", false)]
    public void D05_No_condition_on_addresses_grants_and_neither_does_its_negation(string words, bool open)
    {
        var policy = Given.Loaded($"/x: {words}");
        Assert.Equal(open ? Verdict.Allow : Verdict.Deny, policy.Evaluate(Hidden, null));
        var decision = policy.Explain(Hidden, null);
        Assert.Equal(open ? Verdict.Allow : Verdict.Deny, decision.Verdict);
        if (!open) Assert.Contains("is not known", decision.Trace[0].Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("network 203.0.113.0/24", true)]
    [InlineData("not network 203.0.113.0/24", true)]
    [InlineData("list blocklist.txt", true)]
    [InlineData("country KP", true)]
    [InlineData("not country DE", true)]
    [InlineData("network 203.0.113.0/24 and method POST", false)]
    [InlineData("network 203.0.113.0/24 and method GET", true)]
    [InlineData("method POST", false)]
    public void D05_Each_entry_of_the_refuse_list_on_addresses_refuses(string words, bool refuses)
    {
        var policy = Given.Loaded($"refuse {words}\n/x: anyone");
        Assert.Equal(refuses ? Verdict.Deny : Verdict.Allow, policy.Evaluate(Hidden, Given.Someone()));
        Assert.Equal(refuses, policy.Explain(Hidden, null) is { Rule.Line: 1, Cause: not null });
    }

    [Fact]
    public void A_list_that_names_nobody_refuses_nobody() =>
        Assert.Equal(Verdict.Allow, Given.Loaded("refuse list blocklist.txt\n/x: anyone", Given.Surroundings with { IsEmptyList = _ => true }).Evaluate(Hidden, null));
}
