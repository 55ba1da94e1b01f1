using System.Text.Json;

namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>What carries a line: syslog's head, journald, Docker, Kubernetes, Compose.</summary>
/// <param name="Format">Its name.</param>
/// <param name="Inner">The line inside.</param>
/// <param name="Time">When it was carried.</param>
/// <param name="Program">Who wrote it; null: not told.</param>
internal sealed record Envelope(string Format, string Inner, LogTime? Time, string? Program)
{
    private static readonly System.Buffers.SearchValues<char> NoHost = System.Buffers.SearchValues.Create("\"[]={}:,");
    private static readonly System.Buffers.SearchValues<char> NoContainer = System.Buffers.SearchValues.Create(" \"[]{}:=/");

    /// <summary>Opens one envelope; null: there is none.</summary>
    public static Envelope? Open(string line)
    {
        if (line.Length < 3) return null;
        return line[0] switch
        {
            '{' => Json(line),
            '<' => Rfc5424(line) ?? (line.IndexOf('>', StringComparison.Ordinal) is > 0 and < 6 and var end && line.AsSpan(1, end - 1).ContainsAnyExceptInRange('0', '9') is false ? Syslog(line[(end + 1)..]) : null),
            _ => Cri(line) ?? Syslog(line) ?? Compose(line),
        };
    }

    /// <summary>The outer one's time and program hold where the inner one tells none.</summary>
    public Envelope Around(Envelope? outer) => outer is null ? this : this with { Format = outer.Format + ", " + Format, Time = Time ?? outer.Time, Program = Program ?? outer.Program };

    // {"log":"...\n","stream":"stdout","time":"..."} of Docker, and journald's own JSON
    private static Envelope? Json(string line)
    {
        if (!line.Contains("\"log\"", StringComparison.Ordinal) && !line.Contains("\"MESSAGE\"", StringComparison.Ordinal)) return null;
        var fields = FlatJson.Read(line);
        if (fields is null) return null;
        if (fields.TryGetValue("MESSAGE", out var message) && fields.Keys.Any(key => key.StartsWith("__", StringComparison.Ordinal) || key.StartsWith('_') || key == "PRIORITY"))
            return new("journald", message, LogTime.Epoch(fields.GetValueOrDefault("__REALTIME_TIMESTAMP") ?? fields.GetValueOrDefault("_SOURCE_REALTIME_TIMESTAMP") ?? ""), fields.GetValueOrDefault("SYSLOG_IDENTIFIER") ?? fields.GetValueOrDefault("_COMM"));
        if (fields.TryGetValue("log", out var log) && (fields.ContainsKey("stream") || fields.ContainsKey("time") || fields.ContainsKey("kubernetes.pod_name")))
            return new("Docker", log.TrimEnd('\n', '\r'), LogTime.IsoAtStart(fields.GetValueOrDefault("time"), out _), fields.GetValueOrDefault("attrs.name") ?? fields.GetValueOrDefault("kubernetes.container_name"));
        return null;
    }

    // 2026-11-24T14:30:40.123456789Z stdout F the line
    private static Envelope? Cri(string line)
    {
        if (LogTime.IsoAtStart(line, out var length) is not { } time || line.Length <= length + 10 || line[length] != ' ') return null;
        var rest = line.AsSpan(length + 1);
        var stream = rest.StartsWith("stdout ") || rest.StartsWith("stderr ") ? 7 : 0;
        return stream > 0 && rest.Length > stream + 1 && rest[stream] is 'F' or 'P' && rest[stream + 1] == ' ' ? new("Kubernetes", rest[(stream + 2)..].ToString(), time, null) : null;
    }

    // Nov 24 14:30:40 host program[1]: the line; also with an ISO time in front (rsyslog, journalctl -o short-iso)
    private static Envelope? Syslog(string line)
    {
        var length = 15;
        var time = LogTime.SyslogAtStart(line);
        if (time is null)
        {
            time = LogTime.IsoAtStart(line, out length);
            if (time is null || line.Length <= length || line[length] != ' ' || line[10] is not ('T' or 't')) return null;
        }
        else if (line.Length > 15 && line[15] == '.')
        {
            while (length + 1 < line.Length && char.IsAsciiDigit(line[length + 1])) length++; // short-precise
            length++;
        }

        if (length >= line.Length || line[length] != ' ') return null;
        var rest = line.AsSpan(length + 1);
        var space = rest.IndexOf(' ');
        if (space <= 0 || rest[..space].ContainsAny(NoHost)) return null;
        var after = rest[(space + 1)..].TrimStart(' ');
        var colon = after.IndexOf(": ", StringComparison.Ordinal);
        if (colon is <= 0 or > 64 || after[..colon].ContainsAny(" \"={}")) return null;
        var program = after[..colon];
        var bracket = program.IndexOf('[');
        return new("syslog", after[(colon + 2)..].ToString(), time, (bracket > 0 ? program[..bracket] : program).ToString());
    }

    // <134>1 2026-11-24T14:30:40Z host program 12 ID - the line (RFC 5424 section 6)
    private static Envelope? Rfc5424(string line)
    {
        var end = line.IndexOf(">1 ", StringComparison.Ordinal);
        if (end is < 2 or > 4) return null;
        var rest = line.AsSpan(end + 3);
        if (LogTime.IsoAtStart(rest, out var length) is not { } time || length + 1 >= rest.Length) return null;
        var parts = rest[(length + 1)..].ToString().Split(' ', 5);
        if (parts.Length < 5) return null;
        var message = parts[4];
        if (message.StartsWith("- ", StringComparison.Ordinal)) message = message[2..];
        else if (message.StartsWith('[') && message.IndexOf("] ", StringComparison.Ordinal) is > 0 and var close) message = message[(close + 2)..];
        return new("syslog", message.TrimStart('\uFEFF'), time, parts[1]);
    }

    // web-1  | the line
    private static Envelope? Compose(string line)
    {
        var bar = line.IndexOf(" | ", StringComparison.Ordinal);
        if (bar is <= 0 or > 64) return null;
        var name = line.AsSpan(0, bar).TrimEnd(' ');
        if (name.IsEmpty || name.ContainsAny(NoContainer)) return null;
        var dash = name.LastIndexOfAny('-', '_');
        return dash > 0 && !name[(dash + 1)..].ContainsAnyExceptInRange('0', '9') ? new("Compose", line[(bar + 3)..], null, name[..dash].ToString()) : null;
    }
}

/// <summary>A JSON object as flat names and values: <c>request.headers.User-Agent</c>; of an array the first element.</summary>
internal static class FlatJson
{
    /// <summary>Nested deeper than any logger writes: a line made to exhaust the stack.</summary>
    private const int MaxDepth = 16;

    /// <summary>More fields than any logger writes.</summary>
    private const int MaxFields = 512;

    /// <summary>Null where it is no JSON object.</summary>
    public static Dictionary<string, string>? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            Add(document.RootElement, "", fields);
            return fields;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate in a string
        }
    }

    private static void Add(JsonElement element, string name, Dictionary<string, string> fields)
    {
        if (fields.Count >= MaxFields) return;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject()) Add(member.Value, name.Length == 0 ? member.Name : name + "." + member.Name, fields);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Add(item, name, fields);
                    break;
                }

                break;
            case JsonValueKind.String:
                fields.TryAdd(name, element.GetString() ?? "");
                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                fields.TryAdd(name, element.GetRawText());
                break;
        }
    }
}
