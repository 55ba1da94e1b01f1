using System.Reflection;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Gatehouse.Repository.Tests;

/// <summary>The direction of the projects, held by the compiled assemblies themselves.</summary>
public class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Gatehouse"] = [],
        ["Gatehouse.Guard"] = ["Gatehouse"],
        ["Gatehouse.Doctor"] = ["Gatehouse"],
        ["gatehouse-doctor"] = ["Gatehouse", "Gatehouse.Doctor"],
        ["gatehouse-server"] = ["Gatehouse", "Gatehouse.Guard", "Gatehouse.Doctor"],
    };

    private static readonly ArchUnitNET.Domain.Architecture Core =
        new ArchLoader().LoadAssemblies(typeof(Gatehouse.Causes.Cause).Assembly).Build();

    [Fact]
    public void Projects_see_only_those_below_them()
    {
        foreach (var (name, below) in Allowed)
        {
            var seen = Assembly.Load(name).GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(Allowed.ContainsKey);
            Assert.Empty(seen.Except(below, StringComparer.Ordinal).Select(other => $"{name} sees {other}"));
        }
    }

    [Fact]
    public void The_core_needs_no_web_framework()
    {
        var web = typeof(Gatehouse.Causes.Cause).Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));
        Assert.Empty(web);
    }

    [Theory]
    [InlineData("Gatehouse.Grammar")]
    [InlineData("Gatehouse.Causes")]
    public void Grammar_and_causes_stand_on_nothing_of_the_rest(string folder)
    {
        foreach (var other in new[] { "Gatehouse.Policy", "Gatehouse.Findings", "Gatehouse.Apache", "Gatehouse.Addresses", "Gatehouse.Passwords" })
        {
            Types().That().ResideInNamespace(folder)
                .Should().NotDependOnAnyTypesThat().ResideInNamespace(other)
                .WithoutRequiringPositiveResults()
                .Check(Core);
        }
    }
}
