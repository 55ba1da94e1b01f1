using Gatehouse.Guard.Settings;

namespace Gatehouse.Guard.Tests.Settings;

/// <summary>docs/guard.md tells every key that the reader knows.</summary>
public sealed class GuardPageTests
{
    [Fact]
    public void Every_key_stands_on_the_page()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gatehouse.slnx"))) folder = Path.GetDirectoryName(folder)!;
        var page = File.ReadAllText(Path.Combine(folder, "docs", "guard.md"));
        Assert.All(Names(ConfigurationKeys.Top).Distinct(StringComparer.Ordinal), name => Assert.Contains(name, page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Names(IEnumerable<KeyDescription> keys) => keys.SelectMany(key => Names(key.Inside ?? []).Prepend(key.Name));
}
