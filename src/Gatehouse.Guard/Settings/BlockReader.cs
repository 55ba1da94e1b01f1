using System.Globalization;

namespace Gatehouse.Guard.Settings;

/// <summary>Reads blocks of keys and what stands behind them; all faults are collected with their place.</summary>
internal sealed class BlockReader(string file)
{
    /// <summary>The configuration's path, as it was named.</summary>
    public string File { get; } = file;

    /// <summary>Where relative paths begin.</summary>
    public string Folder { get; } = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";

    /// <summary>What was found.</summary>
    public List<ConfigurationFault> Faults { get; } = [];

    /// <summary>An http or https address without anything that does not belong to one.</summary>
    public Uri? HttpAddress(YamlNode.Scalar node)
    {
        if (Uri.TryCreate(node.Value, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0) return uri;
        Fault(node, $"`{node.Value}` is no http address", "write `http://HOST:PORT`, without user, query or fragment");
        return null;
    }

    /// <summary>The path of a file that must be there; null after the fault was told.</summary>
    public string? ExistingFile(YamlNode node, string what)
    {
        if (node is not YamlNode.Scalar { Value.Length: > 0 } text)
        {
            Fault(node, $"{what} is {node.Kind}", "name a file");
            return null;
        }

        var path = Resolve(text.Value);
        if (System.IO.File.Exists(path)) return path;
        Fault(text, $"{what} `{text.Value}` does not exist" + (Path.IsPathRooted(text.Value) ? "" : $" below {Folder}"), "name a file that is there");
        return null;
    }

    /// <summary>A path of the file, which begins at the file's own folder.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Folder);

    /// <summary>The keys of a block, each once and each known; null where it is no block.</summary>
    public Dictionary<string, YamlNode>? Block(YamlNode node, IReadOnlyList<KeyDescription> known, string what)
    {
        if (node is not YamlNode.Mapping mapping)
        {
            Fault(node, $"{what} is {node.Kind}", $"write a block of keys: {string.Join(", ", known.Take(4).Select(key => key.Name))} ...");
            return null;
        }

        var result = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Entries)
        {
            if (known.All(description => description.Name != key.Value))
            {
                var meant = NearestName.Of(key.Value, known.Select(description => description.Name));
                Faults.Add(new(File, key.Line, key.Column, $"unknown key `{key.Value}` in {what}", meant is null ? $"use one of {string.Join(", ", known.Select(description => description.Name))}" : $"did you mean `{meant}`?"));
            }
            else if (!result.TryAdd(key.Value, value)) Faults.Add(new(File, key.Line, key.Column, $"`{key.Value}` stands here a second time", $"keep one of them (the first is in line {result[key.Value].Line})"));
        }

        return result;
    }

    /// <summary>The entries of a list, or the one value that stands for a list of it.</summary>
    public static IReadOnlyList<YamlNode> Items(YamlNode node) => node is YamlNode.Sequence list ? list.Items : [node];

    /// <summary>The texts of a key that takes one or several.</summary>
    public IEnumerable<YamlNode.Scalar> Texts(Dictionary<string, YamlNode> keys, string name)
    {
        if (!keys.TryGetValue(name, out var node)) yield break;
        foreach (var item in Items(node))
        {
            if (item is YamlNode.Scalar { Value.Length: > 0 } text) yield return text;
            else Fault(item, $"`{name}` holds {(item is YamlNode.Scalar ? "nothing" : item.Kind)} where a text belongs", "write one text an entry");
        }
    }

    /// <summary>The text of a key; null where it is not there, or after the fault was told.</summary>
    public YamlNode.Scalar? Text(Dictionary<string, YamlNode> keys, string name)
    {
        if (!keys.TryGetValue(name, out var node)) return null;
        if (node is YamlNode.Scalar { Value.Length: > 0 } text) return text;
        Fault(node, node is YamlNode.Scalar ? $"`{name}` is empty" : $"`{name}` is {node.Kind} where a text belongs", $"write `{name}: VALUE`, or remove the key");
        return null;
    }

    /// <summary>One of the words that the key knows.</summary>
    public string? Choice(Dictionary<string, YamlNode> keys, string name)
    {
        if (Text(keys, name) is not { } text) return null;
        var choices = Described(name).Choices!;
        if (choices.Contains(text.Value, StringComparer.Ordinal)) return text.Value;
        Fault(text, $"`{text.Value}` is nothing that `{name}` knows", $"use {string.Join(" or ", choices.Select(choice => $"`{choice}`"))}");
        return null;
    }

    private static KeyDescription Described(string name) =>
        ConfigurationKeys.Top.Concat(ConfigurationKeys.SignIn.SelectMany(key => key.Inside ?? [])).First(key => key.Name == name && key.Choices is not null);

    /// <summary>Whether it says so; false where the key is not there.</summary>
    public bool Truth(Dictionary<string, YamlNode> keys, string name)
    {
        if (Text(keys, name) is not { } text) return false;
        switch (text.Value)
        {
            case "true": return true;
            case "false": return false;
        }

        Fault(text, $"`{text.Value}` is neither true nor false", $"write `{name}: true` or `{name}: false`");
        return false;
    }

    /// <summary>A whole number between two.</summary>
    public int Number(Dictionary<string, YamlNode> keys, string name, int byDefault, int least, int most)
    {
        if (Text(keys, name) is not { } text) return byDefault;
        if (int.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Fault(text, $"`{text.Value}` is no number from {least} to {most}", $"write `{name}: {byDefault}`");
        return byDefault;
    }

    /// <summary>A length of time between two.</summary>
    public TimeSpan Duration(Dictionary<string, YamlNode> keys, string name, TimeSpan byDefault, TimeSpan least, TimeSpan most)
    {
        if (Text(keys, name) is not { } text) return byDefault;
        if (!Durations.TryParse(text.Value, out var time)) Fault(text, $"`{text.Value}` is no duration", "write a number and s, m, h or d: `30m`");
        else if (time < least || time > most) Fault(text, $"`{text.Value}` is out of range", $"keep it between {Durations.Text(least)} and {Durations.Text(most)}");
        else return time;
        return byDefault;
    }

    /// <summary>A number of bytes; null: no limit.</summary>
    public long? Size(YamlNode node)
    {
        if (node is YamlNode.Scalar { Value: "none" }) return null;
        if (node is YamlNode.Scalar { Value.Length: > 1 } text)
        {
            var factor = text.Value[^1] switch { 'k' => 1_000L, 'm' => 1_000_000L, 'g' => 1_000_000_000L, _ => 0 };
            if (factor > 0 && int.TryParse(text.Value.AsSpan(0, text.Value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number * factor;
        }

        Fault(node, "this is no size", "write a number and k, m or g, or `none`: `30m`");
        return null;
    }

    /// <summary>Tells an error.</summary>
    public void Fault(YamlNode node, string message, string advice) => Faults.Add(new(File, node.Line, node.Column, message, advice));

    /// <summary>Tells what is no error.</summary>
    public void Remark(YamlNode node, string message, string advice) => Faults.Add(new(File, node.Line, node.Column, message, advice, IsError: false));
}
