using System.Globalization;
using System.Text;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Inputs.Answers;

/// <summary>What of the request is not shown by what was pasted or recorded: rules must not conclude from a field's absence.</summary>
/// <param name="Why">One sentence: <c>the answer was pasted without its request</c>.</param>
public sealed record RequestNotShown(string Why) : Observation;

/// <summary>What a pasted text shows.</summary>
/// <param name="Exchanges">For <see cref="Question.Recorded"/>: in order, the last is the answer in question; empty: none was found.</param>
/// <param name="Beside">For <see cref="Question.Beside"/>.</param>
/// <param name="LogLines">Lines that are no answer and may be of a log.</param>
/// <param name="LeftOut">What was not understood.</param>
public sealed record AnswerReading(IReadOnlyList<Exchange> Exchanges, IReadOnlyList<Observation> Beside, IReadOnlyList<string> LogLines, IReadOnlyList<LeftOut> LeftOut);

/// <summary>
/// Reads an answer as it is pasted or piped in: <c>curl -i</c>, <c>curl -v</c> (with <c>&gt;</c>, <c>&lt;</c> and <c>*</c>), HTTPie with and without the request, <c>wget -S</c>,
/// the fields that browsers' developer tools copy.
/// </summary>
public static class AnswerText
{
    /// <summary>Longest text read, in characters: a page of a refusal is small.</summary>
    public const int MaxLength = 8 << 20;

    /// <summary>Most exchanges kept: redirects come before the answer in question.</summary>
    public const int MaxExchanges = 50;

    /// <summary>Most fields of one message.</summary>
    public const int MaxFields = 500;

    /// <summary>Address where none is known; the name can't exist (RFC 6761).</summary>
    private static readonly Uri Nowhere = new("https://not-shown.invalid/");

    /// <summary>Reads a text.</summary>
    /// <param name="text">As pasted.</param>
    /// <param name="url">The address where it is known; null: from the text.</param>
    /// <param name="now">Time of the answer where its Date field tells none.</param>
    public static AnswerReading Read(string text, Uri? url, DateTimeOffset now)
    {
        if (text.Length > MaxLength) return new([], [], [], [new(1, InputPlace.Line, $"a text of more than {MaxLength >> 20} MB is not read")]);
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(Bare).ToList();
        var messages = Messages.Of(lines);
        var exchanges = new List<Exchange>();
        var beside = new List<Observation>();
        Message? request = null;
        var address = url;
        var shown = false;
        foreach (var message in messages.All)
        {
            if (message.Status is null)
            {
                request = message;
                continue;
            }

            // Interim answers, and what a proxy says to CONNECT, are none in question.
            if (message.Status is >= 100 and < 200 || (message.Status == 200 && message.Reason.Contains("onnection established", StringComparison.Ordinal))) continue;
            address = request?.Url(messages.Scheme) ?? messages.Url ?? (exchanges.Count > 0 ? Target(exchanges[^1]) : null) ?? address;
            shown = request is not null;
            var fields = message.Fields;
            exchanges.Add(new Exchange
            {
                Purpose = exchanges.Count == 0 ? "pasted" : "pasted, behind a redirect",
                Variation = Variation.Recorded,
                Request = new() { Method = request?.Method ?? messages.Method ?? "GET", Url = address ?? Nowhere, Fields = request?.Fields ?? [], Body = request?.Body ?? default },
                Answer = new() { Status = message.Status.Value, Reason = message.Reason, Protocol = message.Protocol, Fields = fields, Body = message.Body, At = DateOf(fields) ?? now },
                RedirectedFrom = exchanges.Count > 0 && exchanges[^1].Status is >= 300 and < 400 ? exchanges[^1] : null,
            });
            if (exchanges.Count == MaxExchanges) break;
            request = null;
        }

        var leftOut = new List<LeftOut>();
        if (exchanges.Count == 0)
        {
            if (messages.FieldsWithoutStatus > 0) leftOut.Add(new(messages.FieldsWithoutStatus, InputPlace.Line, "fields of an answer without its status line: paste the line with the status too (`HTTP/1.1 403 Forbidden`, or `Status Code: 403`)"));
            else if (LooksLikePage(text)) leftOut.Add(new(1, InputPlace.Line, "a page without status and fields: paste what `curl -i` prints"));
            else return new([], [], [.. lines.Where(line => line.Trim().Length > 0)], []);
            return new([], [], [], leftOut);
        }

        if (!shown) beside.Add(new RequestNotShown("the answer was pasted without its request, so that what was sent is not known"));
        if (address is null) leftOut.Add(new(1, InputPlace.Line, "no address stands in the text: give it beside `-`"));
        return new(exchanges, beside, [], leftOut);
    }

    /// <summary>Without colours (HTTPie, curl on a terminal) and the blanks that copying leaves behind.</summary>
    private static string Bare(string line)
    {
        if (!line.Contains('\x1b', StringComparison.Ordinal)) return line.TrimEnd();
        var bare = new StringBuilder();
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] != '\x1b')
            {
                bare.Append(line[at]);
                continue;
            }

            if (at + 1 < line.Length && line[at + 1] == '[')
            {
                at += 2;
                while (at < line.Length && line[at] is < '@' or > '~') at++;
            }
        }

        return bare.ToString().TrimEnd();
    }

    private static Uri? Target(Exchange exchange) =>
        exchange.Answer?.Value("Location") is { } location && Uri.TryCreate(exchange.Request.Url, location, out var target) && target.Scheme is "http" or "https" ? target : exchange.Request.Url;

    private static DateTimeOffset? DateOf(IReadOnlyList<Field> fields) =>
        fields.FirstOrDefault(field => field.Name.Equals("Date", StringComparison.OrdinalIgnoreCase)).Value is { } date && DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when) ? when : null;

    private static bool LooksLikePage(string text) => text.TrimStart() is var trimmed && (trimmed.StartsWith('<') || trimmed.StartsWith('{'));
}
