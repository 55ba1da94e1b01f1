using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Inputs.Answers;

/// <summary>A request or an answer of a pasted text.</summary>
internal sealed class Message
{
    private readonly List<string> body = [];

    /// <summary>Of a request.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Of a request: what stands between method and version.</summary>
    public string Target { get; init; } = "/";

    /// <summary>Of an answer; null: a request.</summary>
    public int? Status { get; init; }

    /// <summary>Of an answer.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The version in the first line.</summary>
    public Version Protocol { get; init; } = new(1, 1);

    /// <summary>Every field, in order.</summary>
    public List<Field> Fields { get; } = [];

    /// <summary>The lines behind the fields.</summary>
    public ReadOnlyMemory<byte> Body => System.Text.Encoding.UTF8.GetBytes(string.Join('\n', body).Trim('\n'));

    /// <summary>Adds a line of the body.</summary>
    public void AddBody(string line) => body.Add(line);

    /// <summary>Adds a field line; false: it is none.</summary>
    public bool AddField(string line)
    {
        if (Fields.Count == AnswerText.MaxFields || !TryField(line, out var field)) return false;
        // `:status: 403` and its like, as HTTP/2 tools print them, say nothing new.
        if (field.Name.Length > 0) Fields.Add(field);
        return true;
    }

    /// <summary><c>Name: value</c>; pseudo fields come back without a name.</summary>
    public static bool TryField(string line, out Field field)
    {
        field = default;
        var pseudo = line.StartsWith(':') ? 1 : 0;
        var colon = line.IndexOf(':', pseudo);
        if (colon <= pseudo || !HttpToken.Is(line.AsSpan(pseudo, colon - pseudo))) return false;
        field = new(pseudo == 1 ? "" : line[..colon], Octets.Of(line[(colon + 1)..].Trim(' ', '\t')));
        return true;
    }

    /// <summary>The request's address: an absolute target, or Host and path.</summary>
    public Uri? Url(string scheme)
    {
        var text = Target.Contains("://", StringComparison.Ordinal) ? Target
            : Fields.FirstOrDefault(field => field.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } host ? $"{scheme}://{host}{(Target.StartsWith('/') ? Target : "/" + Target)}" : null;
        return text is not null && UrlText.TryParse(text, out var url, out _) ? url.Url : null;
    }

    /// <summary><c>HTTP/1.1 403 Forbidden</c>, <c>HTTP/2 403</c>; null: the line is no such.</summary>
    public static Message? OfStatusLine(string line)
    {
        if (!line.StartsWith("HTTP/", StringComparison.OrdinalIgnoreCase)) return null;
        var words = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 2 && StatusOf(words[1]) is { } status && VersionOf(words[0]) is { } version ? new() { Status = status, Reason = words.Length > 2 ? words[2] : "", Protocol = version } : null;
    }

    /// <summary><c>GET /path HTTP/1.1</c>; null: the line is no such.</summary>
    public static Message? OfRequestLine(string line)
    {
        var words = line.Split(' ');
        if (words.Length != 3 || !words[2].StartsWith("HTTP/", StringComparison.Ordinal) || VersionOf(words[2]) is not { } version) return null;
        return words[0].Length is > 0 and < 40 && words[0].All(c => char.IsAsciiLetterUpper(c) || c is '-' or '_') && words[1].Length > 0 ? new() { Method = words[0], Target = words[1], Protocol = version } : null;
    }

    /// <summary>Three digits at the beginning; null: none.</summary>
    public static int? StatusOf(string text) =>
        text.Length >= 3 && text.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0 && (text.Length == 3 || !char.IsAsciiDigit(text[3])) && text[0] is >= '1' and <= '9' ? int.Parse(text.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture) : null;

    private static Version? VersionOf(string word) => word[5..].Trim() switch { "1.1" => new(1, 1), "1.0" => new(1, 0), "2" or "2.0" => new(2, 0), "3" or "3.0" => new(3, 0), "0.9" => new(1, 0), _ => null };
}
