using Gatehouse.Policy;

namespace Gatehouse.Guard.Settings;

/// <summary>What is served under which hosts, and who is refused.</summary>
internal sealed class SitesReader(BlockReader blocks)
{
    /// <summary>The sites of the file: several, or the one that its top keys are.</summary>
    public List<SiteConfiguration> Sites(YamlNode root, Dictionary<string, YamlNode> keys)
    {
        var result = new List<SiteConfiguration>();
        if (keys.TryGetValue("sites", out var many))
        {
            foreach (var single in new[] { "site", "upstream", "rules", "refuse", "index", "htaccess", "forward-credentials" })
                if (keys.TryGetValue(single, out var misplaced)) blocks.Fault(misplaced, $"`{single}` stands beside `sites`", $"move `{single}` into one of the sites");
            foreach (var item in BlockReader.Items(many))
                if (blocks.Block(item, ConfigurationKeys.Site, "a site") is { } inside) result.Add(Site(item, inside));
            if (result.Count == 0) blocks.Fault(many, "`sites` has no site", "write a list of blocks with `hosts` and `site` or `upstream`");
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var site in result)
            {
                foreach (var host in site.Hosts.Count == 0 ? ["every other host"] : site.Hosts)
                    if (!seen.Add(host)) blocks.Faults.Add(new(blocks.File, site.Line, 1, $"`{host}` is claimed by two sites", "name each host once"));
            }
        }
        else result.Add(Site(root, keys));
        return result;
    }

    private SiteConfiguration Site(YamlNode node, Dictionary<string, YamlNode> keys)
    {
        var root = blocks.Text(keys, "site");
        var upstream = blocks.Text(keys, "upstream");
        if (root is null && upstream is null && !keys.ContainsKey("site") && !keys.ContainsKey("upstream"))
            blocks.Faults.Add(new(blocks.File, node.Line, node.Column, "nothing is said of what is served", "write `site: FOLDER` or `upstream: http://localhost:3000`"));
        if (root is not null && upstream is not null) blocks.Fault(upstream, "`site` and `upstream` exclude each other", "keep one; several are written as `sites`");
        string? path = null;
        if (root is not null)
        {
            path = blocks.Resolve(root.Value);
            if (!Directory.Exists(path)) blocks.Fault(root, $"there is no folder `{root.Value}`" + (Path.IsPathRooted(root.Value) ? "" : $" below {blocks.Folder}"), "name the folder that is to be served");
        }

        if (!keys.TryGetValue("rules", out var rules)) blocks.Faults.Add(new(blocks.File, node.Line, node.Column, "there are no rules, so everything would be refused", "write `rules:` with a line a path, for instance `/**: signed-in`"));
        return new SiteConfiguration
        {
            Hosts = [.. blocks.Texts(keys, "hosts").Select(Host).OfType<string>()],
            Root = path,
            Upstream = upstream is null ? null : blocks.HttpAddress(upstream),
            ForwardsCredentials = blocks.Truth(keys, "forward-credentials"),
            Refuse = [.. blocks.Texts(keys, "refuse").Select(word => new RuleText { Words = ListPath(word.Value), File = blocks.File, Line = word.Line, Column = word.Column, WordsLine = word.Line, WordsColumn = word.Column })],
            Rules = rules is null ? [] : RulesReader.Rules(blocks, rules),
            Htaccess = blocks.Choice(keys, "htaccess") switch { "ignore" => HtaccessMode.Ignore, "honour" => HtaccessMode.Honour, _ => HtaccessMode.Refuse },
            IndexFiles = keys.ContainsKey("index") ? [.. blocks.Texts(keys, "index").Select(IndexName).OfType<string>()] : ["index.html", "index.htm"],
            Line = node.Line,
        };
    }

    /// <summary><c>list FILE</c> is relative to the configuration, wherever the program was started.</summary>
    private string ListPath(string words) =>
        words.StartsWith("list ", StringComparison.Ordinal) ? "list " + blocks.Resolve(words[5..].Trim().Trim('"')) : words;

    private string? Host(YamlNode.Scalar node)
    {
        var text = node.Value.ToLowerInvariant();
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        var labels = name.Split('.');
        if (name.Length is > 0 and <= 253 && labels.All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && label[0] != '-' && label[^1] != '-')) return text;
        if (Grammar.Address.TryParse(name.Trim('[', ']'), out _, out _)) return text;
        blocks.Fault(node, $"`{node.Value}` is no host name", "write it without scheme, port and path; letters outside ASCII as `xn--`");
        return null;
    }

    private string? IndexName(YamlNode.Scalar node)
    {
        if (node.Value.Length > 0 && !node.Value.Contains('/', StringComparison.Ordinal) && !node.Value.StartsWith('.')) return node.Value;
        blocks.Fault(node, $"`{node.Value}` is no name of an index file", "write a plain file name: `index.html`");
        return null;
    }
}
