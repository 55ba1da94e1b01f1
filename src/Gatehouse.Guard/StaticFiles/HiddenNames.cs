namespace Gatehouse.Guard.StaticFiles;

/// <summary>Names that are never meant for visitors: refused before the disk is asked whether they exist.</summary>
internal static class HiddenNames
{
    /// <summary>What editors, version control and other systems leave behind; compared without regard to case.</summary>
    private static readonly string[] Endings = ["~", ".bak", ".swp", ".swo", ".orig", ".rej", ".htpasswd", ".htaccess"];

    private static readonly string[] Names = ["web.config", "thumbs.db", "desktop.ini", "gatehouse.yaml", "gatehouse.db", "cvs"];

    /// <summary>Why no file of this relative path is served; null: nothing against it.</summary>
    public static string? Refuses(string relative)
    {
        var first = true;
        foreach (var range in relative.AsSpan().Split('/'))
        {
            var name = relative.AsSpan()[range];

            // RFC 8615: the one folder whose name starts with a dot and that is made to be served.
            if (name.StartsWith('.') && !(first && name is ".well-known")) return "names that start with a dot are not served";
            first = false;
            foreach (var ending in Endings)
                if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return $"names that end in {ending} are not served";
            foreach (var other in Names)
                if (name.Equals(other, StringComparison.OrdinalIgnoreCase)) return $"files of the name {other} are not served";
        }

        return null;
    }
}
