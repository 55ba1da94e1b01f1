using System.Globalization;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Inputs;
using Gatehouse.Doctor.Inputs.Answers;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>The blocks of a case as the question and the observations that probes would have made of the same thing. A new kind of block is one line in <see cref="Read"/>.</summary>
internal sealed class CaseObservations
{
    /// <summary>The clock of every case that sets none.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly CaseFile file;
    private readonly CaseTexts texts;
    private readonly DateTimeOffset now;
    private readonly List<Observation> seen = [];
    private readonly List<(string Kind, string Name, string Text)> files = [];
    private SentRequest? request;
    private Variation variation;
    private string purpose = "";

    private CaseObservations(CaseFile file)
    {
        this.file = file;
        now = file.Setting("now") is { } given ? DateTimeOffset.Parse(given, CultureInfo.InvariantCulture) : Noon;
        texts = new(now);
    }

    /// <summary>Reads all blocks.</summary>
    public static async Task<(Question Question, Observations Seen)> OfAsync(CaseFile file)
    {
        var reader = new CaseObservations(file);
        foreach (var block in file.Blocks) reader.Read(block);
        if (reader.request is not null) throw reader.Fault(file.Blocks[^1], "the last request has neither an answer nor `no-answer`");
        var seen = new Observations();
        var first = reader.seen.OfType<Exchange>().FirstOrDefault()?.Request;
        var question = new Question
        {
            Url = file.Setting("url") is { } url ? new Uri(url) : first?.Url,
            Method = first?.Method ?? "GET",
            Headers = [.. (first?.Fields ?? []).Select(field => KeyValuePair.Create(field.Name, field.Value))],
            Body = first?.Body ?? default,
            From = file.Setting("from") is { } from && Address.TryParse(from, out var address, out _) ? address : null,
            UserAndPassword = file.Setting("user"),
            Site = file.Setting("site"),
            Recorded = [.. reader.seen.OfType<Exchange>().Where(exchange => exchange.Variation == Variation.Recorded)],
        };
        // As a diagnosis goes: what was asked, what was seen on the wire and in the files, and what configurations and logs hold of it.
        seen.Add(new Asked(question));
        seen.AddRange(reader.seen);
        await CaseDisk.AddAsync(reader.files, question, seen, reader.now);
        return (question, seen);
    }

    private void Read(CaseBlock block)
    {
        switch (block.Kind)
        {
            case "request": ReadRequest(block); break;
            case "answer": ReadAnswer(block); break;
            case "no-answer": ReadFault(block); break;
            case "cookies": seen.AddRange(NetscapeCookies.Read(texts.Filled(block.Text)).Jar.Cookies.Select((cookie, i) => new JarCookie($"{block.Rest}:{i + 1}", cookie))); break;
            case "keys": seen.Add(new KeySet(block.Rest, texts.Filled(block.Text))); break;
            case "certificate": ReadCertificate(block); break;
            case "log" or "config" or "file": files.Add((block.Kind, block.Rest, texts.Filled(block.Text))); break;
            case "audit": seen.AddRange(CaseFiles.ReadAudit(block)); break;
            case "files": seen.AddRange(CaseFiles.Read(block)); break;
            case "request-not-shown": seen.Add(new RequestNotShown(block.Text)); break;
            case "not-looked-at": seen.Add(new NotLookedAt(block.Text)); break;
            default: throw Fault(block, $"no block is called `{block.Kind}`");
        }
    }

    private void ReadRequest(CaseBlock block)
    {
        if (request is not null) throw Fault(block, "the request before it has neither an answer nor `no-answer`");
        purpose = block.Rest.Length == 0 ? "as given" : block.Rest;
        if (!Enum.TryParse(purpose.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out variation))
            throw Fault(block, $"`{purpose}` is no variation: {string.Join(", ", Enum.GetNames<Variation>())}");
        var (head, fields, body) = Message(block);
        var words = head.Split(' ');
        if (words.Length < 2) throw Fault(block, "expected `METHOD URL`");
        if (!UrlText.TryParseOctets(words[1], pathAsIs: true, out var url, out var error)) throw Fault(block, error.ToString());
        request = new() { Method = words[0], Url = url.Url, Fields = fields, Body = body };
    }

    private void ReadAnswer(CaseBlock block)
    {
        var (head, fields, body) = Message(block);
        var words = head.Split(' ', 3);
        if (words.Length < 2 || !words[0].StartsWith("HTTP/", StringComparison.Ordinal)) throw Fault(block, "expected `HTTP/1.1 STATUS REASON`");
        AddExchange(block, exchange => exchange with
        {
            Answer = new()
            {
                Status = int.Parse(words[1], CultureInfo.InvariantCulture),
                Reason = words.Length > 2 ? words[2] : "",
                Protocol = words[0] switch { "HTTP/1.0" => new(1, 0), "HTTP/2" => new(2, 0), "HTTP/3" => new(3, 0), _ => new(1, 1) },
                Fields = fields,
                Body = body,
                At = now,
            },
        });
    }

    private void ReadFault(CaseBlock block)
    {
        var split = block.Rest.Split(':', 2);
        if (!Enum.TryParse<ExchangeFault>(split[0].Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), ignoreCase: true, out var fault))
            throw Fault(block, $"`{split[0]}` is none of {string.Join(", ", Enum.GetNames<ExchangeFault>())}");
        AddExchange(block, exchange => exchange with { Fault = fault, FaultText = split.Length > 1 ? split[1].Trim() : fault.ToString() });
    }

    private void AddExchange(CaseBlock block, Func<Exchange, Exchange> finish)
    {
        if (request is null) throw Fault(block, "there is no request that it answers");
        var from = variation == Variation.Redirected ? seen.OfType<Exchange>().LastOrDefault() : null;
        seen.Add(finish(new Exchange
        {
            Purpose = purpose,
            Variation = variation,
            Request = request,
            Elapsed = TimeSpan.FromMilliseconds(3),
            RedirectedFrom = from,
            NotCarried = from is null ? [] : [.. Left(from.Request, request)],
        }));
        request = null;
    }

    /// <summary>Credentials that the hop before had, and this one has not: what the client keeps back from another origin.</summary>
    private static IEnumerable<NotCarried> Left(SentRequest before, SentRequest now)
    {
        var elsewhere = before.Url.GetLeftPart(UriPartial.Authority) != now.Url.GetLeftPart(UriPartial.Authority);
        foreach (var name in (string[])["Authorization", "Cookie", "X-API-Key"])
            if (before.Value(name) is not null && now.Value(name) is null) yield return new(name, elsewhere ? $"the redirect leads to {now.Url.Authority}" : "it did not go along", CurlCarries: false, BrowserCarries: false);
    }

    // subject: CN=..., issuer: ..., not before: -1d, not after: +1d, for clients: no
    private void ReadCertificate(CaseBlock block)
    {
        string Of(string key, string otherwise) => block.Lines.FirstOrDefault(line => line.StartsWith(key + ":", StringComparison.Ordinal)) is { } line ? line[(key.Length + 1)..].Trim() : otherwise;
        seen.Add(new GivenCertificate(block.Rest.Length == 0 ? "client.pem" : block.Rest, Of("subject", "CN=client"), Of("issuer", "CN=authority"), now + CaseTexts.Span(Of("not before", "-30d")), now + CaseTexts.Span(Of("not after", "+30d")), Of("for clients", "yes") == "yes"));
    }

    private (string Head, IReadOnlyList<Field> Fields, byte[] Body) Message(CaseBlock block)
    {
        var lines = block.Lines;
        if (lines.Count == 0) throw Fault(block, "it is empty");
        var fields = new List<Field>();
        var i = 1;
        for (; i < lines.Count && lines[i].Length > 0; i++)
        {
            var line = texts.Filled(Octets.Of(lines[i]));
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw Fault(block, $"expected `Name: value`, found `{line}`");
            fields.Add(new(line[..colon], line[(colon + 1)..].Trim(' ')));
        }

        var body = texts.Filled(Octets.Of(string.Join('\n', lines.Skip(i + 1)).TrimEnd('\n')));
        return (texts.Filled(Octets.Of(lines[0])), fields, Octets.Bytes(body));
    }

    private FormatException Fault(CaseBlock block, string what) => new($"{file.Name}:{block.Line}: {what}");
}
