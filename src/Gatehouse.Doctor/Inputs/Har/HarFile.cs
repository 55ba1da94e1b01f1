using Gatehouse.Doctor.Http;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Inputs.Har;

/// <summary>One refused exchange of a recording with all that belongs to it; others that look the same are counted with it.</summary>
public sealed record RecordedRefusal
{
    /// <summary>For <see cref="Question.Recorded"/>: redirects and the preflight that belong to it, then the refused exchange itself.</summary>
    public required IReadOnlyList<Exchange> Exchanges { get; init; }

    /// <summary>What else the recording showed about it: cookies that the browser held (<see cref="JarCookie"/>), cookies that were set before (<see cref="CookieSetBefore"/>).</summary>
    public IReadOnlyList<Observation> Beside { get; init; } = [];

    /// <summary>Numbers of the entries that look the same, this one first; from 1.</summary>
    public required IReadOnlyList<int> Entries { get; init; }

    /// <summary>How many look the same, also beyond those that <see cref="Entries"/> names.</summary>
    public required int Count { get; init; }

    /// <summary>Their method and URL, each once, at most twenty.</summary>
    public required IReadOnlyList<string> Requests { get; init; }

    /// <summary>The refused exchange.</summary>
    public Exchange Refused => Exchanges[^1];
}

/// <summary>A Set-Cookie of an earlier answer in the recording, and what browsers make of it.</summary>
/// <param name="Source"><c>entry 3</c>.</param>
/// <param name="Url">Of the answer that set it.</param>
/// <param name="Cookie">As it was set.</param>
/// <param name="Decision">Whether browsers keep it.</param>
public sealed record CookieSetBefore(string Source, Uri Url, SetCookie Cookie, CookieDecision Decision) : Observation;

/// <summary>What a recording holds.</summary>
/// <param name="Refusals">Each kind of refusal once, in the order in which they first came.</param>
/// <param name="Entries">How many entries were read.</param>
/// <param name="Refused">How many of them were refused.</param>
/// <param name="LeftOut">What could not be read or looked at.</param>
/// <param name="Fault">Why the file could not be read to its end; null: it was.</param>
public sealed record HarReading(IReadOnlyList<RecordedRefusal> Refusals, int Entries, int Refused, IReadOnlyList<LeftOut> LeftOut, string? Fault);

/// <summary>Reads recordings of browsers and proxies (HAR 1.2), of any size in bounded memory.</summary>
public static class HarFile
{
    /// <summary>Most kinds of refusals told apart: a recording of a scanner has one a line.</summary>
    public const int MaxRefusals = 200;

    /// <summary>Reads a recording to its end, or to the first fault.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="cancel">Ctrl-C.</param>
    public static HarReading Read(Stream stream, CancellationToken cancel = default)
    {
        var tokens = new JsonTokens(stream);
        var session = new HarSession();
        var first = tokens.Next();
        var found = false;
        if (first == JsonToken.BeginObject)
        {
            while (tokens.Next() == JsonToken.Name)
            {
                var isLog = tokens.Text == "log";
                var value = tokens.Next(0);
                if (!isLog || value != JsonToken.BeginObject)
                {
                    tokens.Skip(value);
                    continue;
                }

                while (tokens.Next() == JsonToken.Name)
                {
                    var isEntries = tokens.Text == "entries";
                    value = tokens.Next(0);
                    if (!isEntries || value != JsonToken.BeginArray)
                    {
                        tokens.Skip(value);
                        continue;
                    }

                    found = true;
                    while (tokens.Next() is var item && item is not (JsonToken.EndArray or JsonToken.End))
                    {
                        cancel.ThrowIfCancellationRequested();
                        session.Add(HarNode.Read(tokens, item));
                    }
                }
            }
        }

        var fault = tokens.Fault ?? (first != JsonToken.BeginObject ? "no recording: it is no JSON object" : found ? null : "no recording: it has no `log` with `entries`");
        return session.Finish(fault);
    }
}
