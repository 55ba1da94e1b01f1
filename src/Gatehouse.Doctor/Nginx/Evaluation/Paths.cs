using Gatehouse.Doctor.Nginx.Model;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>From the URI to the file (ngx_http_map_uri_to_path): root and alias.</summary>
internal static class Paths
{
    /// <summary>A file that the configuration names, relative to the folder of the main file.</summary>
    public static string FromConfig(FlowGround ground, string path) => path.StartsWith('/') ? path : ground.ConfigFolder.TrimEnd('/') + "/" + path;

    /// <summary>A path of content, relative to the prefix.</summary>
    public static string FromPrefix(FlowGround ground, string path) => path.StartsWith('/') ? path : ground.Prefix.TrimEnd('/') + "/" + path;

    /// <summary>The root or alias in force; a value only where it is not known.</summary>
    public static Text? Root(Flow flow, out string root)
    {
        root = "";
        var scope = flow.Scope.Nearest("root", "alias");
        var node = scope is null ? null : scope.Has("alias") ? scope.Own("alias")[0] : scope.Own("root")[0];
        if (node is null)
        {
            root = FromPrefix(flow.Ground, "html");
            return null;
        }

        var value = Script.Run(flow, node[0]);
        if (!value.IsKnown) return value;
        root = FromPrefix(flow.Ground, value.Plain);
        // `root` is cut of a closing slash where it is a constant.
        if (node.Name == "root" && root.Length > 1 && root.EndsWith('/') && !Script.HasVariables(node[0])) root = root[..^1];
        return null;
    }

    /// <summary>The file of the URI. A value comes back only where it is not known.</summary>
    /// <param name="flow">The request.</param>
    /// <param name="file">The path; null: alias can't be used, which is 500.</param>
    /// <param name="below">The part of it that the root makes up, in characters.</param>
    public static Text? Map(Flow flow, out string? file, out int below)
    {
        file = null;
        below = 0;
        if (Root(flow, out var root) is { } unknown) return unknown;
        var alias = Alias(flow);
        if (alias != 0 && !flow.ValidLocation) return null;
        below = root.Length;
        if (alias == int.MaxValue)
        {
            file = flow.AddUriToAlias ? root + flow.Uri : root;
            if (!flow.AddUriToAlias) below = root.Length;
            return null;
        }

        file = root + (alias <= flow.Uri.Length ? flow.Uri[alias..] : "");
        return null;
    }

    /// <summary>How much of the URI an alias replaces; 0: a root; int.MaxValue: all of it (a location with a pattern).</summary>
    public static int Alias(Flow flow)
    {
        var scope = flow.Scope.Nearest("root", "alias");
        if (scope is null || !scope.Has("alias")) return 0;
        return scope.Match == LocationKind.Pattern ? int.MaxValue : scope.Name.Length;
    }

    /// <summary>What disable_symlinks says for a path; a value only where it is not known.</summary>
    public static Text? Links(Flow flow, string path, out LinkRule rule, out int from)
    {
        from = 0;
        rule = LinkRule.Follow;
        if (flow.Scope.One("disable_symlinks") is not { } node) return null;
        string? part = null;
        foreach (var word in node.Arguments)
        {
            if (word == "on") rule = LinkRule.Never;
            else if (word == "if_not_owner") rule = LinkRule.SameOwner;
            else if (word.StartsWith("from=", StringComparison.Ordinal)) part = word[5..];
        }

        if (rule == LinkRule.Follow || part is null) return null;
        var value = Script.Run(flow, part);
        if (!value.IsKnown) return value;
        part = value.Plain;
        if (part.Length == 0 || part.Length > path.Length || !path.StartsWith(part, StringComparison.Ordinal)) return null;
        if (part.Length == path.Length) rule = LinkRule.Follow;
        else if (path[part.Length] == '/') from = part.Length;
        else if (part.EndsWith('/')) from = part.Length - 1;
        return null;
    }

    /// <summary>Looks without opening, but as open where links are not simply followed (ngx_open_and_stat_file).</summary>
    public static FileLook Test(Flow flow, string path, out Text? unknown)
    {
        unknown = Links(flow, path, out var rule, out var from);
        if (unknown is not null) return default;
        return rule == LinkRule.Follow ? flow.Ground.Files.Stat(path) : flow.Ground.Files.Open(path, rule, from);
    }
}
