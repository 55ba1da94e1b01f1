using System.Diagnostics;
using Gatehouse.Policy;
using static Gatehouse.Tests.Policy.Given;

namespace Gatehouse.Tests.Policy;

/// <summary>Rows of the bar that the engine alone decides.</summary>
public sealed class PolicyRows
{
    [Fact]
    public void W16_the_order_of_rules_means_nothing()
    {
        string[] rules = ["/**: anyone", "/a/**: signed-in", "/a/x: role admin", "/**/*.key: nobody", "POST /a/**: scope write", "refuse country KP"];
        var policies = Permutations(rules).Select(order => Loaded(string.Join('\n', order))).ToList();
        foreach (var (path, method, country) in new[] { ("/", "GET", "DE"), ("/a/b", "GET", "DE"), ("/a/x", "GET", "DE"), ("/a/b", "POST", "DE"), ("/a/y.key", "GET", "DE"), ("/a/b", "GET", "KP") })
        {
            foreach (var who in new[] { null, Someone(), Someone(roles: ["admin"]), Someone(scopes: ["write"]) })
                Assert.Single(policies.Select(policy => policy.Evaluate(Request(path, method, country: country), who)).Distinct());
        }
    }

    [Theory]
    [InlineData("W17", "/x: not user bob")]
    [InlineData("W17", "/x: signed-in and not role guest")]
    [InlineData("C08", "get /x: anyone")]
    [InlineData("C08", "/x: method get")]
    [InlineData("A27", "/%41: anyone")]
    [InlineData("A27", "//x: anyone")]
    [InlineData("D10", "/x: network 10.0.0.0/33")]
    [InlineData("D10", "/x: network 10.0.0.1-10.0.0.9")]
    [InlineData("Q08", "/x: role admin", SchemeAbilities.None)]
    public void What_would_silently_do_nothing_or_another_thing_is_told_at_load(string row, string rule, SchemeAbilities abilities = SchemeAbilities.Roles | SchemeAbilities.Scopes)
    {
        Assert.NotNull(row);
        Load(rule, out var faults, Surroundings with { Schemes = new Dictionary<Scheme, SchemeAbilities> { [Scheme.Cookie] = abilities } });
        Assert.NotEmpty(faults);
        Assert.All(faults, fault => Assert.True(fault is { Line: 1, Column: > 0, Message.Length: > 0 }, fault.ToString()));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("..")]
    [InlineData("{user}")]
    [InlineData(")(uid=*")]
    public void K17_a_name_is_literal(string name)
    {
        var policy = Loaded("/x: user alice\n/y: role admin");
        Assert.Equal(Verdict.Deny, policy.Evaluate(Request("/x"), Someone(name)));
        Assert.Equal(Verdict.Deny, policy.Evaluate(Request("/y"), Someone("alice", roles: [name])));
    }

    [Fact]
    public void K20_of_ten_thousand_rules_the_right_one_is_found_in_a_look()
    {
        var policy = Loaded(string.Join('\n', Enumerable.Range(0, 10_000).Select(i => $"/team{i}/**: role team{i}")));
        var facts = Enumerable.Range(0, 10_000).Select(i => Request($"/team{i}/x")).ToArray();
        var who = Someone(roles: ["team7"]);
        for (var i = 0; i < facts.Length; i++) Assert.Equal(i == 7 ? Verdict.Allow : Verdict.Deny, policy.Evaluate(facts[i], who));
        var begun = Stopwatch.GetTimestamp();
        foreach (var one in facts) policy.Evaluate(one, who);
        // The bar is one millisecond each; this leaves room for a busy machine.
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMilliseconds(facts.Length), $"{Stopwatch.GetElapsedTime(begun)}");
    }

    private static IEnumerable<string[]> Permutations(string[] items)
    {
        if (items.Length <= 1) return [items];
        return items.SelectMany((item, i) => Permutations([.. items[..i], .. items[(i + 1)..]]).Select(rest => (string[])[item, .. rest]));
    }
}
