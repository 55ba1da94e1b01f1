using System.Text;
using System.Text.Json;

namespace Gatehouse.Guard.Settings;

/// <summary>The JSON Schema (draft 2020-12) of gatehouse.yaml, made of <see cref="ConfigurationKeys"/>: what the reader knows and what editors offer are the same.</summary>
public static class ConfigurationSchema
{
    /// <summary>The schema as JSON.</summary>
    public static string Write()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "gatehouse.yaml");
            Members(json, ConfigurationKeys.Top);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Members(Utf8JsonWriter json, IReadOnlyList<KeyDescription> keys)
    {
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartObject("properties");
        foreach (var key in keys)
        {
            json.WriteStartObject(key.Name);
            json.WriteString("description", key.Meaning);
            Value(json, key);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, KeyDescription key)
    {
        switch (key.Kind)
        {
            case ValueKind.Text:
                Text(json, key);
                break;
            case ValueKind.TextOrList:
                Either(json, () => Text(json, key), () => Text(json, key), item: false, list: true);
                break;
            case ValueKind.Truth:
                json.WriteString("type", "boolean");
                break;
            case ValueKind.Number:
                json.WriteString("type", "integer");
                break;
            case ValueKind.Duration:
                json.WriteString("type", "string");
                json.WriteString("pattern", "^[0-9]{1,6}[smhd]$");
                break;
            case ValueKind.Size:
                json.WriteString("type", "string");
                json.WriteString("pattern", "^([0-9]+[kmg]|none)$");
                break;
            case ValueKind.Block:
                Members(json, key.Inside!);
                break;
            case ValueKind.BlockOrList:
                Either(json, () => Members(json, key.Inside!), null, item: false, list: true);
                break;
            case ValueKind.TextBlockOrList:
                Either(json, () => Text(json, key), () => Members(json, key.Inside!), item: true, list: true);
                break;
            case ValueKind.Rules:
                json.WriteString("type", "object");
                json.WriteStartObject("propertyNames");
                json.WriteString("pattern", "^([A-Z]+ +)?/");
                json.WriteEndObject();
                json.WriteStartObject("additionalProperties");
                Either(json, () => json.WriteString("type", "string"), () => Members(json, key.Inside!), item: true, list: false);
                json.WriteEndObject();
                break;
        }
    }

    private static void Text(Utf8JsonWriter json, KeyDescription key)
    {
        json.WriteString("type", "string");
        if (key.Choices is null) return;
        json.WriteStartArray("enum");
        foreach (var choice in key.Choices) json.WriteStringValue(choice);
        json.WriteEndArray();
    }

    /// <summary>One of: the first form, the second where <paramref name="item"/>, a list of either where <paramref name="list"/>.</summary>
    private static void Either(Utf8JsonWriter json, Action first, Action? second, bool item, bool list)
    {
        json.WriteStartArray("anyOf");
        Form(first);
        if (item) Form(second!);
        if (list)
        {
            json.WriteStartObject();
            json.WriteString("type", "array");
            json.WriteStartObject("items");
            if (item)
            {
                json.WriteStartArray("anyOf");
                Form(first);
                Form(second!);
                json.WriteEndArray();
            }
            else first();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void Form(Action write)
        {
            json.WriteStartObject();
            write();
            json.WriteEndObject();
        }
    }
}
