using SharpYaml;
using SharpYaml.Events;

namespace Gatehouse.Doctor.Servers;

/// <summary>A YAML node with its line, from 1: what of YAML configurations of servers use. Aliases are followed to nothing, so that none can multiply.</summary>
internal abstract record YamlNode(int Line)
{
    /// <summary>A text.</summary>
    internal sealed record Scalar(string Value, int Line) : YamlNode(Line);

    /// <summary>A list.</summary>
    internal sealed record Sequence(IReadOnlyList<YamlNode> Items, int Line) : YamlNode(Line);

    /// <summary>Keys and values in order.</summary>
    internal sealed record Mapping(IReadOnlyList<(Scalar Key, YamlNode Value)> Entries, int Line) : YamlNode(Line);

    /// <summary>More is an attack on the stack.</summary>
    private const int MaxDepth = 48;

    /// <summary>More is an attack on memory.</summary>
    public const int MaxNodes = 500_000;

    /// <summary>The value of a key, without regard to case; null: none, or no mapping.</summary>
    public YamlNode? this[string key] => this is Mapping mapping ? mapping.Entries.FirstOrDefault(entry => entry.Key.Value.Equals(key, StringComparison.OrdinalIgnoreCase)).Value : null;

    /// <summary>The entries; none for what is no mapping.</summary>
    public IReadOnlyList<(Scalar Key, YamlNode Value)> Pairs => this is Mapping mapping ? mapping.Entries : [];

    /// <summary>The texts of a list, or the one text.</summary>
    public IEnumerable<Scalar> Texts => this switch { Scalar one => [one], Sequence list => list.Items.SelectMany(item => item.Texts), _ => [] };

    /// <summary>The first document; null, with the fault in words, where it does not parse.</summary>
    public static YamlNode? Read(ConfigurationText text, out string? fault)
    {
        fault = null;
        try
        {
            var parser = Parser.CreateParser(new StringReader(text.Text));
            var nodes = 0;
            while (parser.MoveNext())
                if (parser.Current is NodeEvent) return Node(parser, 0, ref nodes);
        }
        catch (YamlException broken)
        {
            fault = $"{text.Name}:{broken.Start.Line + 1} is not valid YAML";
        }

        return null;
    }

    private static YamlNode Node(IParser parser, int depth, ref int nodes)
    {
        var line = parser.Current!.Start.Line + 1;
        if (depth > MaxDepth || ++nodes > MaxNodes) throw new YamlException("too deep or too large");
        switch (parser.Current)
        {
            case SharpYaml.Events.Scalar scalar:
                return new Scalar(scalar.Value ?? "", line);
            case SequenceStart:
                var items = new List<YamlNode>();
                while (parser.MoveNext() && parser.Current is not SequenceEnd) items.Add(Node(parser, depth + 1, ref nodes));
                return new Sequence(items, line);
            case MappingStart:
                var entries = new List<(Scalar, YamlNode)>();
                while (parser.MoveNext() && parser.Current is not MappingEnd)
                {
                    var key = Node(parser, depth + 1, ref nodes) as Scalar ?? new Scalar("", line);
                    parser.MoveNext();
                    entries.Add((key, Node(parser, depth + 1, ref nodes)));
                }

                return new Mapping(entries, line);
            default:
                return new Scalar("", line); // an alias
        }
    }
}
