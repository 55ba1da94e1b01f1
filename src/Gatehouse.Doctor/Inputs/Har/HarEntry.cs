using System.Globalization;
using System.Text;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Inputs.Har;

/// <summary>One entry of a recording, as far as it matters here (HAR 1.2 and what browsers add with an underscore).</summary>
internal sealed record HarEntry
{
    /// <summary>From 1, in the order of the file.</summary>
    public required int Number { get; init; }

    /// <summary>Method, URL, fields, body.</summary>
    public required SentRequest Request { get; init; }

    /// <summary>Null: the browser got none, or did not show it.</summary>
    public ReceivedAnswer? Answer { get; init; }

    /// <summary>What the browser says instead of an answer: <c>net::ERR_FAILED</c>, a blocked reason; null: nothing.</summary>
    public string? Error { get; init; }

    /// <summary><c>document</c>, <c>xhr</c>, <c>fetch</c>, <c>preflight</c>; null: not said.</summary>
    public string? ResourceType { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>Whether the recording shows no field of the request at all, so that nothing can be said of what it carried.</summary>
    public bool RequestFieldsMissing { get; init; }

    /// <summary>Cookies that the browser held and kept back, as <c>name: reason</c>, where the tool records them.</summary>
    public IReadOnlyList<string> BlockedCookies { get; init; } = [];

    /// <summary>Whether it is a CORS preflight (Fetch standard, "CORS-preflight fetch").</summary>
    public bool IsPreflight => Request.Method == "OPTIONS" && (ResourceType == "preflight" || Request.Value("Access-Control-Request-Method") is not null);

    /// <summary>As an exchange.</summary>
    public Exchange ToExchange(string purpose) => new()
    {
        Purpose = purpose,
        Variation = Variation.Recorded,
        Request = Request,
        Answer = Answer,
        Fault = Answer is null ? ExchangeFault.Protocol : null,
        FaultText = Answer is null ? Error ?? "the recording shows no answer" : null,
        Elapsed = Took,
    };

    /// <summary>From the tree of one entry; null with the reason where it can't be one.</summary>
    public static HarEntry? Of(HarNode entry, int number, out string? fault)
    {
        fault = null;
        var request = entry["request"];
        var url = request?["url"]?.Text;
        if (request is null || url is null)
        {
            fault = "it has no request with a URL";
            return null;
        }

        if (!UrlText.TryParse(url, out var address, out _))
        {
            // data:, blob:, chrome-extension:, ws: and what else a page loads: nothing that a server refuses by a status.
            return null;
        }

        var method = request["method"]?.Text ?? "GET";
        var fields = Fields(request["headers"]);
        var post = request["postData"];
        var started = DateTimeOffset.TryParse(entry["startedDateTime"]?.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when) ? when : (DateTimeOffset?)null;
        var took = Number_(entry["time"]) is var ms && ms is > 0 and < 1e8 ? TimeSpan.FromMilliseconds(ms) : TimeSpan.Zero;
        if (fields.Count > 0 && request["cookies"] is { Items.Count: > 0 } cookies && !fields.Any(field => field.Name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)))
        {
            // Safari and some proxies list cookies beside the fields alone.
            var pairs = cookies.Items.Where(cookie => cookie["name"] is not null && cookie["blockedReasons"] is null && cookie["_blockedReasons"] is null).Select(cookie => $"{cookie["name"]!.Text}={cookie["value"]?.Text}");
            if (string.Join("; ", pairs) is { Length: > 0 } joined && joined.AsSpan().IndexOfAny('\r', '\n') < 0) fields.Add(new("Cookie", Octets.Of(joined)));
        }

        return new HarEntry
        {
            Number = number,
            Request = new() { Method = HttpToken.Is(method) ? method.ToUpperInvariant() : "GET", Url = address.Url, Fields = fields, Body = Encoding.UTF8.GetBytes(post?["text"]?.Text ?? "") },
            Answer = AnswerOf(entry["response"], (started ?? default) + took),
            Error = entry["response"]?["_error"]?.Text ?? entry["_error"]?.Text ?? entry["_blockedReason"]?.Text ?? entry["response"]?["statusText"]?.Text switch { { Length: > 0 } words => words, _ => null },
            ResourceType = entry["_resourceType"]?.Text?.ToLowerInvariant(),
            Started = started,
            Took = took,
            RequestFieldsMissing = fields.Count == 0,
            BlockedCookies = Blocked(entry, request),
        };
    }

    private static ReceivedAnswer? AnswerOf(HarNode? response, DateTimeOffset at)
    {
        if (response is null || !int.TryParse(response["status"]?.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 999) return null;
        var fields = Fields(response["headers"]);
        if (response["redirectURL"]?.Text is { Length: > 0 } target && status is >= 300 and < 400 && !fields.Any(field => field.Name.Equals("Location", StringComparison.OrdinalIgnoreCase))) fields.Add(new("Location", Octets.Of(target)));
        var content = response["content"];
        var text = content?["text"];
        var body = text?.Text is not { } given ? [] : content?["encoding"]?.Text?.Equals("base64", StringComparison.OrdinalIgnoreCase) == true ? Base64(given) : Encoding.UTF8.GetBytes(given);
        // What the recorder decoded for us is UTF-8 now, whatever charset the field names.
        return new()
        {
            Status = status,
            Reason = response["statusText"]?.Text ?? "",
            Protocol = response["httpVersion"]?.Text?.ToUpperInvariant() switch { "HTTP/1.0" => new(1, 0), "HTTP/2" or "HTTP/2.0" or "H2" => new(2, 0), "HTTP/3" or "HTTP/3.0" or "H3" => new(3, 0), _ => new(1, 1) },
            Fields = fields,
            Body = body,
            BodyCut = text?.Cut == true,
            At = at,
        };
    }

    private static List<Field> Fields(HarNode? headers)
    {
        var fields = new List<Field>();
        foreach (var header in headers?.Items ?? [])
        {
            var name = header["name"]?.Text;
            // HTTP/2 pseudo fields (:authority) say again what the URL says.
            if (name is not { Length: > 0 } || name[0] == ':' || !HttpToken.Is(name)) continue;
            // Firefox joins several Set-Cookie by line ends, Charles and Fiddler repeat the field.
            foreach (var value in (header["value"]?.Text ?? "").Split('\n')) fields.Add(new(name, Octets.Of(value.Trim(' ', '\t', '\r'))));
        }

        return fields;
    }

    private static List<string> Blocked(HarNode entry, HarNode request)
    {
        var blocked = new List<string>();
        foreach (var list in new[] { request["cookies"], request["_blockedCookies"], entry["_blockedCookies"], request["blockedCookies"] })
        {
            foreach (var item in list?.Items ?? [])
            {
                var reasons = item["_blockedReasons"] ?? item["blockedReasons"];
                if (reasons is null || (item["name"] ?? item["cookie"]?["name"])?.Text is not { } name) continue;
                var why = reasons.Items.Count > 0 ? string.Join(", ", reasons.Items.Select(reason => reason.Text)) : reasons.Text;
                if (blocked.Count < 50 && !string.IsNullOrEmpty(why)) blocked.Add($"{name}: {why}");
            }
        }

        return blocked;
    }

    private static byte[] Base64(string text)
    {
        // A cut text is decoded as far as it goes.
        var whole = text.Length / 4 * 4;
        var octets = new byte[whole / 4 * 3];
        return Convert.TryFromBase64Chars(text.AsSpan(0, whole), octets, out var count) ? octets[..count] : [];
    }

    private static double Number_(HarNode? node) => double.TryParse(node?.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
