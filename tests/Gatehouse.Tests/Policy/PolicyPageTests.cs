using System.Collections.Frozen;
using System.Globalization;
using Gatehouse.Grammar;
using Gatehouse.Policy;

namespace Gatehouse.Tests.Policy;

/// <summary>docs/policy.md: each of its examples is asked of the engine, and no word lacks one.</summary>
public sealed class PolicyPageTests
{
    private static readonly string Page = System.IO.File.ReadAllText(Path.Combine(Root(), "docs", "policy.md"));

    public static TheoryData<string> Examples => [.. Page.Split("```rules\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_decided_as_the_page_says(string example)
    {
        var halves = example.Split("---\n");
        var policy = Given.Load(halves[0], out var faults, Given.Surroundings with { OpenList = _ => (address => address.ToString().StartsWith("192.0.2.", StringComparison.Ordinal), null) });
        Assert.True(policy is not null, string.Join('\n', faults));
        foreach (var line in halves[1].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (facts, who, status) = Read(line);
            var verdict = policy.Evaluate(facts, null);
            if (verdict == Verdict.NeedsIdentity && who is not null) verdict = policy.Evaluate(facts, who);
            Assert.Equal((line, status), (line, verdict switch { Verdict.Allow => 200, Verdict.NeedsIdentity => 401, Verdict.Deny => 403 }));
        }
    }

    [Fact]
    public void Every_word_of_a_rule_has_an_example()
    {
        var words = Examples.SelectMany(row => row.Data.Split("---\n")[0].Split([' ', '\n', ':', '(', ')'])).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(RuleVocabulary.Words.Select(word => word.Word).Concat(RuleVocabulary.Joints).Except(words, StringComparer.Ordinal));
    }

    // METHOD PATH [as NAME] [, role X] [, from ADDRESS] [, in COUNTRY] ... -> STATUS
    private static (Facts, Identity?, int) Read(string line)
    {
        var arrow = line.LastIndexOf(" -> ", StringComparison.Ordinal);
        var parts = line[..arrow].Split(' ', 3);
        var facts = Given.Request(parts[1], parts[0]);
        Identity? who = null;
        foreach (var item in parts.Length < 3 ? [] : parts[2].Split(", "))
        {
            var words = item.Split(' ');
            switch (words[0])
            {
                case "as": who = new Identity { Name = words[1], Scheme = Scheme.Bearer }; break;
                case "role": who = who! with { Roles = [.. who.Roles, words[1]] }; break;
                case "group": who = who! with { Groups = [.. who.Groups, words[1]] }; break;
                case "scope": who = who! with { Scopes = [.. who.Scopes, words[1]] }; break;
                case "claim": who = who! with { Claims = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal) { [words[1]] = [words[2]] }.ToFrozenDictionary(StringComparer.Ordinal) }; break;
                case "subscription": who = who! with { Subscriptions = Plan(words[1], Given.Noon.AddYears(1)) }; break;
                case "ended": who = who! with { Subscriptions = Plan(words[1], Given.Noon.AddDays(-1)) }; break;
                case "two-factor": who = who! with { TwoFactor = true }; break;
                case var age when words.Length == 2 && words[1] == "ago": who = who! with { AuthenticatedAt = Given.Noon.AddMinutes(-int.Parse(age[..^1], CultureInfo.InvariantCulture)) }; break;
                case "from": facts = facts with { Address = Address.TryParse(words[1], out var address, out _) ? address! : throw new FormatException(line) }; break;
                case "in": facts = facts with { Country = words[1] }; break;
                case "at": facts = facts with { Time = DateTimeOffset.Parse(words[1], CultureInfo.InvariantCulture) }; break;
                case "over": facts = facts with { Secure = true }; break;
                default: throw new FormatException(line);
            }
        }

        return (facts, who, int.Parse(line[(arrow + 4)..], CultureInfo.InvariantCulture));
    }

    private static FrozenDictionary<string, DateTimeOffset> Plan(string name, DateTimeOffset end) => new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { [name] = end }.ToFrozenDictionary(StringComparer.Ordinal);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "Gatehouse.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests lie outside the repository");
        return folder;
    }
}
