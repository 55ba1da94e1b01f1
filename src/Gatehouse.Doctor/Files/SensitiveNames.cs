namespace Gatehouse.Doctor.Files;

/// <summary>Why a file has no business in what a web server serves.</summary>
public enum Sensitivity
{
    /// <summary>Nothing speaks against it.</summary>
    None = 0,

    /// <summary>Keys, passwords, environments, databases: whoever reads it holds the site.</summary>
    Secret,

    /// <summary>A repository's own folder: its whole history can be fetched.</summary>
    Repository,

    /// <summary>A copy that an editor, a deployment or a person left behind: source text is served where the original is run.</summary>
    LeftOver,
}

/// <summary>Names of files that a web server should not serve. The one place for such names: the audit and the remedies both ask here.</summary>
public static class SensitiveNames
{
    private static readonly string[] Secrets =
    [
        ".htpasswd", "htpasswd", ".htdigest", ".htgroup", ".env", ".netrc", ".pgpass", ".my.cnf", ".npmrc", ".pypirc", ".git-credentials", ".dockercfg",
        "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "shadow", "credentials.json", "secrets.yml", "secrets.yaml", ".vault_pass",
    ];

    private static readonly string[] SecretEndings = [".key", ".pem", ".p12", ".pfx", ".jks", ".kdbx", ".db", ".sqlite", ".sqlite3", ".sql", ".sql.gz", ".dump", ".ppk"];

    private static readonly string[] Repositories = [".git", ".svn", ".hg", ".bzr", "CVS"];

    private static readonly string[] LeftOverEndings = [".bak", ".old", ".orig", ".save", ".swp", ".swo", ".rej", ".dist.php~", "~", ".tmp"];

    private static readonly string[] LeftOvers = [".DS_Store", "Thumbs.db", ".bash_history", ".mysql_history", "docker-compose.yml", "phpinfo.php"];

    /// <summary>Of a name alone, without its folder. Case counts for nothing: disks and copies differ in it.</summary>
    public static Sensitivity Of(ReadOnlySpan<char> name)
    {
        foreach (var secret in Secrets)
            if (name.Equals(secret, StringComparison.OrdinalIgnoreCase)) return Sensitivity.Secret;
        if (name.StartsWith(".env.", StringComparison.OrdinalIgnoreCase)) return Sensitivity.Secret;
        foreach (var ending in SecretEndings)
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return Sensitivity.Secret;
        foreach (var repository in Repositories)
            if (name.Equals(repository, StringComparison.Ordinal)) return Sensitivity.Repository;
        foreach (var ending in LeftOverEndings)
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return Sensitivity.LeftOver;
        foreach (var left in LeftOvers)
            if (name.Equals(left, StringComparison.OrdinalIgnoreCase)) return Sensitivity.LeftOver;
        return Sensitivity.None;
    }

    /// <summary>Whether a file must never be made readable to a server by machine: a secret by its name, or anything inside a repository's or key folder.</summary>
    public static bool IsSecret(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        return Of(name) == Sensitivity.Secret
            || name.Equals("wp-config.php", StringComparison.OrdinalIgnoreCase) // run, not served: no fault in a site, but no business of others
            || name.StartsWith(".env", StringComparison.OrdinalIgnoreCase)
            || path.Contains("/.git/", StringComparison.Ordinal) || path.Contains("/.ssh/", StringComparison.Ordinal) || path.Contains("/.gnupg/", StringComparison.Ordinal);
    }
}
