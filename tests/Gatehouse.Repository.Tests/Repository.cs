namespace Gatehouse.Repository.Tests;

/// <summary>The repository that these tests look at.</summary>
internal static class Repository
{
    /// <summary>Its top folder, above the tests.</summary>
    public static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gatehouse.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the repository is not above the tests");
        return folder;
    }
}
