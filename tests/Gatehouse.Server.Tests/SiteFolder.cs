namespace Gatehouse.Server.Tests;

/// <summary>A folder with a gatehouse.yaml and what it speaks of; gone afterwards.</summary>
internal sealed class SiteFolder : IDisposable
{
    /// <summary>One of each: public, behind a sign-in, behind a role, for nobody, refused addresses.</summary>
    public const string Usual = """
        listen: http://127.0.0.1:0
        site: ./public
        sign-in:
          users: gatehouse.db
          basic: true
        refuse:
          - network 127.0.0.66
        rules:
          /**: anyone
          /account/**: signed-in
          /admin/**: role admin
          /premium/**: subscription premium
          /api/**: scope orders.read
          /closed/**: nobody
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-test-").FullName;

    public SiteFolder(string configuration = Usual)
    {
        foreach (var page in new[] { "index.html", "account/index.html", "admin/index.html", "premium/index.html", "api/orders", "closed/index.html" }) Write("public/" + page, $"content of {page}\n");
        Configuration = Write("gatehouse.yaml", configuration);
    }

    /// <summary>The path of gatehouse.yaml.</summary>
    public string Configuration { get; }

    /// <summary>The path of something in the folder.</summary>
    public string this[string name] => Path.Combine(_folder, name);

    /// <summary>Writes a file, with the folders above it.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
