using System.Text;
using System.Text.Json;

namespace Gatehouse.Doctor.Servers;

/// <summary>JSON with the line of everything in it (RFC 8259), comments passed over.</summary>
internal static class JsonNodes
{
    /// <summary>Nested deeper than any configuration: an attack on the stack.</summary>
    private const int MaxDepth = 64;

    /// <summary>The document; null, with the fault in words, where it does not parse.</summary>
    public static YamlNode? Read(ConfigurationText text, out string? fault)
    {
        fault = null;
        var octets = Encoding.UTF8.GetBytes(text.Text);
        var reader = new Utf8JsonReader(octets, new JsonReaderOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var lines = new LineCounter(octets);
        try
        {
            if (reader.Read()) return Node(ref reader, ref lines);
        }
        catch (JsonException broken)
        {
            fault = $"{text.Name}:{broken.LineNumber + 1} is not valid JSON";
        }
        catch (InvalidOperationException)
        {
            fault = $"{text.Name} holds text that is no Unicode";
        }

        return null;
    }

    private static YamlNode Node(ref Utf8JsonReader reader, ref LineCounter lines)
    {
        var line = lines.At((int)reader.TokenStartIndex);
        if (++lines.Nodes > YamlNode.MaxNodes) throw new JsonException("too large", path: null, line - 1, bytePositionInLine: null);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var entries = new List<(YamlNode.Scalar, YamlNode)>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = new YamlNode.Scalar(reader.GetString() ?? "", lines.At((int)reader.TokenStartIndex));
                    reader.Read();
                    entries.Add((key, Node(ref reader, ref lines)));
                }

                return new YamlNode.Mapping(entries, line);
            case JsonTokenType.StartArray:
                var items = new List<YamlNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Node(ref reader, ref lines));
                return new YamlNode.Sequence(items, line);
            case JsonTokenType.String:
                return new YamlNode.Scalar(reader.GetString() ?? "", line);
            default:
                return new YamlNode.Scalar(Encoding.UTF8.GetString(reader.ValueSpan), line);
        }
    }

    /// <summary>Counts on from where it was asked last: positions come in order.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> octets)
    {
        private readonly ReadOnlySpan<byte> octets = octets;
        private int at;
        private int line = 1;

        /// <summary>Values so far.</summary>
        public int Nodes;

        public int At(int position)
        {
            if (position > at)
            {
                line += octets[at..position].Count((byte)'\n');
                at = position;
            }

            return line;
        }
    }
}
