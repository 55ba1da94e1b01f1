namespace Gatehouse.Apache.Rewriting;

/// <summary>Joins a root and a path of a URL as httpd does (apr_filepath_merge with a secure root).</summary>
public static class FilePath
{
    /// <summary>Empty and single-dot segments vanish, double dots go up; null: they would leave the root.</summary>
    public static string? Merge(string root, string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or ".") continue;
            if (segment != "..") segments.Add(segment);
            else if (segments.Count == 0) return null;
            else segments.RemoveAt(segments.Count - 1);
        }

        var end = path.EndsWith('/') && segments.Count > 0 || segments.Count == 0 && path.Length > 0 ? "/" : "";
        return $"{root.TrimEnd('/')}{(segments.Count > 0 ? "/" : "")}{string.Join('/', segments)}{end}";
    }
}
