using System.Text.Json;
using System.Text.Unicode;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>Strict reading of small untrusted JSON objects (RFC 8259): header and claims of tokens. Offsets are in bytes.</summary>
internal static class Json
{
    /// <summary>Deepest nesting: a recursive reader of deeper text would be made to overflow its stack.</summary>
    internal const int MaximumDepth = 16;

    /// <summary>Most members and array elements: each costs memory many times its text.</summary>
    internal const int MaximumCount = 4096;

    /// <summary>
    /// Reads an object. Duplicate names are an error at every depth: two readers of which one takes the first and one the last
    /// would see different tokens (RFC 7519 section 4, RFC 8725 section 2.4).
    /// </summary>
    internal static bool TryParseObject(ReadOnlySpan<byte> text, out JsonElement value, out SyntaxError error)
    {
        value = default;
        if (!Utf8.IsValid(text)) return Fail(0, FirstInvalid(text), "UTF-8", out error);
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaximumDepth });
        try
        {
            if (!IsSound(ref reader, out error)) return false;
        }
        catch (JsonException)
        {
            // The reader of the runtime has no other way to say that a text is not JSON; its position is where it stopped.
            return Fail(0, Math.Min((int)reader.BytesConsumed, text.Length), "a JSON object (RFC 8259)", out error);
        }
        catch (InvalidOperationException)
        {
            return Fail((int)reader.TokenStartIndex, (int)reader.TokenStartIndex, "no lone surrogate in a JSON string", out error);
        }

        var again = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaximumDepth });
        value = JsonElement.ParseValue(ref again);
        error = default;
        return true;
    }

    /// <summary>The member of that name where it is a string, or null.</summary>
    internal static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static bool IsSound(ref Utf8JsonReader reader, out SyntaxError error)
    {
        error = default;
        var names = new HashSet<string>?[MaximumDepth + 1];
        var count = 0;
        while (reader.Read())
        {
            var at = (int)reader.TokenStartIndex;
            if (count == 0 && reader.TokenType != JsonTokenType.StartObject) return Fail(at, at, "a JSON object", out error);
            if (++count > MaximumCount) return Fail(at, at, $"at most {MaximumCount} members and elements", out error);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    names[reader.CurrentDepth] = new(StringComparer.Ordinal);
                    break;
                case JsonTokenType.PropertyName:
                    if (!names[reader.CurrentDepth - 1]!.Add(reader.GetString()!)) return Fail(at, at, "each member's name once", out error);
                    break;
                case JsonTokenType.String when reader.ValueIsEscaped:
                    // Throws on a lone surrogate now, and not later in the hands of whoever reads the claim.
                    _ = reader.GetString();
                    break;
                default:
                    break;
            }
        }

        return true;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && System.Text.Rune.DecodeFromUtf8(text[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }
}
