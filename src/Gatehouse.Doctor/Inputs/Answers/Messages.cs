namespace Gatehouse.Doctor.Inputs.Answers;

/// <summary>The requests and answers of a text, in order, and what its other lines tell.</summary>
internal sealed class Messages
{
    private readonly List<Message> all = [];
    private Message? open;
    private bool inBody;

    /// <summary>In order.</summary>
    public IReadOnlyList<Message> All => all;

    /// <summary>From what curl says of its connection; http where nothing tells.</summary>
    public string Scheme { get; private set; } = "http";

    /// <summary>From a line that names it (<c>Request URL:</c>, wget's first line); null: none did.</summary>
    public Uri? Url { get; private set; }

    /// <summary>From <c>Request Method:</c>; null likewise.</summary>
    public string? Method { get; private set; }

    /// <summary>The first of several field lines that no status line came before; 0: none.</summary>
    public int FieldsWithoutStatus { get; private set; }

    /// <summary>Reads lines without line ends.</summary>
    public static Messages Of(IReadOnlyList<string> lines)
    {
        var messages = new Messages();
        var marked = lines.Any(line => line.StartsWith("< HTTP/", StringComparison.OrdinalIgnoreCase));
        for (var i = 0; i < lines.Count; i++)
        {
            if (messages.all.Count >= 4 * AnswerText.MaxExchanges) break;
            if (marked) messages.AddMarked(lines[i]);
            else messages.AddPlain(lines, ref i);
        }

        if (messages.all.All(message => message.Status is null)) messages.CountFields(lines);
        return messages;
    }

    /// <summary>A line of curl -v: requests behind <c>&gt;</c>, answers behind <c>&lt;</c>, talk behind <c>*</c>, the body as it is.</summary>
    private void AddMarked(string line)
    {
        if (line.StartsWith("* ", StringComparison.Ordinal))
        {
            if (line.Contains("port 443", StringComparison.Ordinal) || line.Contains("SSL connection", StringComparison.OrdinalIgnoreCase) || line.Contains(":scheme: https", StringComparison.Ordinal) || line.Contains("TLS handshake", StringComparison.Ordinal)) Scheme = "https";
            return;
        }

        var mark = line.Length > 0 && line[0] is '>' or '<' && (line.Length == 1 || line[1] == ' ') ? line[0] : '\0';
        var rest = mark == '\0' ? line : line.Length > 2 ? line[2..] : "";
        if (mark == '\0')
        {
            // `{ [162 bytes data]` is curl's own; what stands before the first answer is of no message.
            if (all.Count > 0 && all[^1].Status is not null && !(line.Length > 3 && line[0] is '{' or '}' && line[1] == ' ' && line[2] == '[')) all[^1].AddBody(line);
            return;
        }

        if ((mark == '<' ? Message.OfStatusLine(rest) : Message.OfRequestLine(rest)) is { } begun) all.Add(begun);
        else if (all.Count > 0 && rest.Length > 0) all[^1].AddField(rest);
    }

    private void AddPlain(IReadOnlyList<string> lines, ref int i)
    {
        // wget -S indents what the server said; Safari and some terminals do too.
        var line = open is null || !inBody ? lines[i].Trim() : lines[i];
        if (Named(line)) return;
        var begun = Message.OfStatusLine(line.Trim()) ?? (LeadsFields(lines, i) ? Message.OfRequestLine(line.Trim()) : null);
        if (begun is not null && (open is null || !inBody || all.Count == 0 || begun.Status is not null))
        {
            all.Add(open = begun);
            inBody = false;
        }
        else if (open is null)
        {
            // Something before the first message: a prompt, wget's own words.
        }
        else if (inBody)
        {
            open.AddBody(line);
        }
        else if (line.Length == 0)
        {
            inBody = open.Status is not null || i + 1 >= lines.Count || Message.OfStatusLine(lines[i + 1].Trim()) is null;
        }
        else if (!open.AddField(line))
        {
            // wget goes on with words of its own; a folded line belongs to the field before it.
            if (open.Fields.Count > 0 && lines[i].Length > 0 && lines[i][0] is ' ' or '\t' && open.Status is null) return;
            inBody = true;
            if (open.Status is not null && !IsWget(line)) open.AddBody(line);
        }
    }

    private static bool IsWget(string line) =>
        line.StartsWith("Length: ", StringComparison.Ordinal) || line.StartsWith("HTTP request sent", StringComparison.Ordinal) || line.StartsWith("Username/Password Authentication Failed", StringComparison.Ordinal)
        || line.StartsWith("20", StringComparison.Ordinal) && line.Contains(" ERROR ", StringComparison.Ordinal) || line.StartsWith("--20", StringComparison.Ordinal);

    /// <summary>Whether the next line is a field: a request line of a log has none behind it.</summary>
    private static bool LeadsFields(IReadOnlyList<string> lines, int i) => i + 1 < lines.Count && Message.TryField(lines[i + 1].Trim(), out _);

    /// <summary>Lines of developer tools and wget that name what else the first line of a request would.</summary>
    private bool Named(string line)
    {
        if (inBody) return false;
        if (Value(line, "Request URL:") is { } url || (line.StartsWith("--2", StringComparison.Ordinal) && line.LastIndexOf("  ", StringComparison.Ordinal) is > 0 and var gap && (url = line[gap..].Trim()) is not null) || (Value(line, "URL:") is { } safari && (url = safari) is not null))
        {
            if (!UrlText.TryParse(url, out var read, out _)) return false;
            Url = read.Url;
            return true;
        }

        if (Value(line, "Request Method:") is { } method && HttpToken.Is(method))
        {
            Method = method.ToUpperInvariant();
            return true;
        }

        if ((Value(line, "Status Code:") ?? Value(line, "Status:") ?? Value(line, ":status:")) is { } status && Message.StatusOf(status.TrimStart('\u25cf', ' ')) is { } number && (open is null || open.Status is null))
        {
            all.Add(open = new() { Status = number, Reason = status.TrimStart('\u25cf', ' ')[3..].Trim(), Protocol = line.StartsWith(':') ? new(2, 0) : new(1, 1) });
            return true;
        }

        // `Remote Address`, `Referrer Policy`: of the tool, not of the server.
        return Value(line, "Remote Address:") is not null || Value(line, "Referrer Policy:") is not null && open is { Fields.Count: 0 };
    }

    private static string? Value(string line, string name) => line.StartsWith(name, StringComparison.OrdinalIgnoreCase) && line.Length > name.Length ? line[name.Length..].Trim() : null;

    private void CountFields(IReadOnlyList<string> lines)
    {
        var count = 0;
        var first = 0;
        for (var i = 0; i < Math.Min(lines.Count, 200); i++)
        {
            if (!Message.TryField(lines[i], out var field) || field.Value.Length == 0) continue;
            if (count++ == 0) first = i + 1;
        }

        if (count >= 3) FieldsWithoutStatus = first;
    }
}
