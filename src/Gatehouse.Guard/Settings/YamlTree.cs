using SharpYaml;
using SharpYaml.Events;

namespace Gatehouse.Guard.Settings;

/// <summary>One node of a YAML document with its place; lines and columns from 1.</summary>
internal abstract record YamlNode(int Line, int Column)
{
    /// <summary>A text, a number, a truth: read by whoever knows what the key means.</summary>
    internal sealed record Scalar(string Value, bool Quoted, int Line, int Column) : YamlNode(Line, Column);

    /// <summary>A list.</summary>
    internal sealed record Sequence(IReadOnlyList<YamlNode> Items, int Line, int Column) : YamlNode(Line, Column);

    /// <summary>Keys and values in the order of the file; a key may come twice here.</summary>
    internal sealed record Mapping(IReadOnlyList<(Scalar Key, YamlNode Value)> Entries, int Line, int Column) : YamlNode(Line, Column);

    /// <summary>What it is, for messages.</summary>
    public string Kind => this switch
    {
        Scalar => "a single value",
        Sequence => "a list",
        _ => "a block of keys",
    };
}

/// <summary>Text to tree by SharpYaml's events. What a configuration has no need of, and attacks are made of, is refused: aliases, tags, several documents.</summary>
internal static class YamlTree
{
    /// <summary>A configuration has four levels; more is an attack on the stack.</summary>
    private const int MaxDepth = 32;

    /// <summary>Ten thousand rules and their long form fit well.</summary>
    private const int MaxNodes = 500_000;

    /// <summary>The document's node; null for an empty one or where there are faults.</summary>
    public static YamlNode? Read(string text, string file, List<ConfigurationFault> faults)
    {
        var line = 1;
        var column = 1;
        try
        {
            var parser = Parser.CreateParser(new StringReader(text));
            YamlNode? root = null;
            var documents = 0;
            var nodes = 0;
            while (parser.MoveNext())
            {
                switch (parser.Current)
                {
                    case DocumentStart start when ++documents > 1:
                        faults.Add(new(file, start.Start.Line + 1, start.Start.Column + 1, "a second YAML document begins here", "keep everything in one document: remove the `---`"));
                        return null;
                    case NodeEvent or AnchorAlias:
                        root = Node(parser, 0);
                        break;
                }
            }

            return root;

            YamlNode Node(IParser events, int depth)
            {
                line = events.Current!.Start.Line + 1;
                column = events.Current.Start.Column + 1;
                var (here, at) = (line, column);
                if (depth > MaxDepth) throw new NotAConfiguration($"blocks are nested deeper than {MaxDepth}", "flatten them");
                if (++nodes > MaxNodes) throw new NotAConfiguration($"more than {MaxNodes} values", "move block lists into files (`list FILE`)");
                if (events.Current is not NodeEvent { Anchor: null or "" } current) throw new NotAConfiguration("YAML anchors and aliases are not understood here", "write the value out, or quote it if the `&` or `*` is meant as text");
                if (current.Tag is { Length: > 0 }) throw new NotAConfiguration($"YAML tags such as `{current.Tag}` are not understood here", "remove the tag, or quote the value if the `!` is meant as text");
                switch (current)
                {
                    case Scalar scalar:
                        return new YamlNode.Scalar(scalar.Value ?? "", scalar.Style is not ScalarStyle.Plain, here, at);
                    case SequenceStart:
                        var items = new List<YamlNode>();
                        while (events.MoveNext() && events.Current is not SequenceEnd) items.Add(Node(events, depth + 1));
                        return new YamlNode.Sequence(items, here, at);
                    case MappingStart:
                        var entries = new List<(YamlNode.Scalar, YamlNode)>();
                        while (events.MoveNext() && events.Current is not MappingEnd)
                        {
                            if (Node(events, depth + 1) is not YamlNode.Scalar key) throw new NotAConfiguration("a key must be a single value", "write `key: value`");
                            events.MoveNext();
                            entries.Add((key, Node(events, depth + 1)));
                        }

                        return new YamlNode.Mapping(entries, here, at);
                    default:
                        throw new NotAConfiguration("this is no YAML that a configuration is made of", "look at the examples in docs/guard.md");
                }
            }
        }
        catch (YamlException error)
        {
            // SharpYaml puts the place in front of its sentence; ours stands in the fault.
            var message = error.Message;
            var colon = message.IndexOf("): ", StringComparison.Ordinal);
            faults.Add(new(file, error.Start.Line + 1, error.Start.Column + 1, "not valid YAML: " + (colon >= 0 ? message[(colon + 3)..] : message).TrimEnd('.'), "look at the indentation and at quotes on this line and the one before"));
        }
        catch (NotAConfiguration error)
        {
            faults.Add(new(file, line, column, error.Message, error.Advice));
        }

        return null;
    }

    /// <summary>Leaves the recursion; never leaves this class.</summary>
    private sealed class NotAConfiguration(string message, string advice) : Exception(message)
    {
        public string Advice { get; } = advice;
    }
}
