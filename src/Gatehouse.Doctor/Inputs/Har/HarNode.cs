namespace Gatehouse.Doctor.Inputs.Har;

/// <summary>A value of a recording, cut down to what is kept of it.</summary>
internal sealed class HarNode
{
    /// <summary>Most values kept of one entry: an entry with a million fields is an attack on the memory.</summary>
    private const int MaxNodes = 4096;

    /// <summary>Octets of a body that are kept: pages of refusals are small, and their words stand at the beginning.</summary>
    private const int MaxBody = 131_072;

    /// <summary>Longest other string.</summary>
    private const int MaxString = 32_768;

    /// <summary>Members that can be large and tell nothing about a refusal.</summary>
    private static readonly string[] Passed = ["_webSocketMessages", "_eventSourceMessages", "timings", "cache", "stack", "queryString", "_securityDetails", "callFrames"];

    private Dictionary<string, HarNode>? members;
    private List<HarNode>? items;

    /// <summary>The member of that name; null: there is none.</summary>
    public HarNode? this[string name] => members?.GetValueOrDefault(name);

    /// <summary>The elements of an array; empty: none, or no array.</summary>
    public IReadOnlyList<HarNode> Items => items ?? [];

    /// <summary>A string, number, <c>true</c> or <c>false</c>; null: none of them.</summary>
    public string? Text { get; private init; }

    /// <summary>Whether the text was longer.</summary>
    public bool Cut { get; private init; }

    /// <summary>Reads the value that begins with a token already read.</summary>
    public static HarNode Read(JsonTokens tokens, JsonToken begun)
    {
        var left = MaxNodes;
        return Read(tokens, begun, ref left);
    }

    private static HarNode Read(JsonTokens tokens, JsonToken begun, ref int left)
    {
        left--;
        switch (begun)
        {
            case JsonToken.BeginObject:
                var node = new HarNode { members = new(StringComparer.Ordinal) };
                while (tokens.Next() is JsonToken.Name)
                {
                    var name = tokens.Text;
                    var value = tokens.Next(Passed.Contains(name) ? 0 : name == "text" ? MaxBody : MaxString);
                    if (value == JsonToken.End) return node;
                    if (left > 0 && !Passed.Contains(name)) node.members[name] = Read(tokens, value, ref left);
                    else tokens.Skip(value);
                }

                return node;
            case JsonToken.BeginArray:
                var array = new HarNode { items = [] };
                while (tokens.Next(MaxString) is var item && item is not (JsonToken.EndArray or JsonToken.End))
                {
                    if (left > 0) array.items.Add(Read(tokens, item, ref left));
                    else tokens.Skip(item);
                }

                return array;
            default:
                return new() { Text = begun == JsonToken.Word && tokens.Text == "null" ? null : tokens.Text, Cut = tokens.Cut };
        }
    }
}
