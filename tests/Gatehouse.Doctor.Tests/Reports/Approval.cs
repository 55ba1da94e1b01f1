namespace Gatehouse.Doctor.Tests.Reports;

/// <summary>Approved snapshots: the text that a person read and found good. GATEHOUSE_APPROVE=1 writes them anew; their diff is reviewed like code.</summary>
internal static class Approval
{
    public static void Verify(string name, string text)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Gatehouse.slnx"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("the repository is not above the tests");
        var file = Path.Combine(root, "tests", "Gatehouse.Doctor.Tests", "Reports", "Approved", name);
        if (Environment.GetEnvironmentVariable("GATEHOUSE_APPROVE") == "1") File.WriteAllText(file, text);
        Assert.True(File.Exists(file), $"{name} is not approved yet: look at it and run with GATEHOUSE_APPROVE=1\n{text}");
        Assert.Equal(File.ReadAllText(file), text);
    }
}
