using System.Buffers;
using Gatehouse.Doctor.Logs.Signatures;

namespace Gatehouse.Doctor.Logs;

/// <summary>
/// Which lines of a log are worth taking apart. Nearly none are: a line of interest holds words of a signature, or the status of a refusal. What is told by
/// looking at the characters alone is told here, so that the lines of requests that went well cost what finding their ends costs.
/// </summary>
/// <param name="path">What the question's path ends with, as it stands in a log whatever is escaped there; empty: any path is of interest.</param>
/// <param name="ids">Request ids of the exchange in question.</param>
internal sealed class LineSieve(string path, IReadOnlyCollection<string> ids)
{
    /// <summary>Shorter words stand everywhere.</summary>
    private const int ShortestWord = 3;

    /// <summary>Characters that no format escapes, and at which none joins fields: what stands in a signature stands so in the line.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-.");

    /// <summary>Unreserved characters (RFC 3986 section 2.3): clients have no reason to escape them.</summary>
    private static readonly SearchValues<char> Unreserved = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~");

    /// <summary>Of every signature the longest run that stands in a line as it stands in the table; and what begins and ends a request of ASP.NET Core, whose messages name none.</summary>
    private static readonly SearchValues<string> Words = SearchValues.Create(
        [.. SignatureTable.All.Select(row => LongestRun(row.Template.Anchor, Plain) is { Length: >= ShortestWord } run ? run : row.Template.Anchor).Where(word => word.Length >= ShortestWord)
            .Append("Request starting ").Append("Request finished ").Distinct(StringComparer.OrdinalIgnoreCase)],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>The sieve for a question.</summary>
    /// <param name="path">The decoded path that was asked for; null: none.</param>
    /// <param name="ids">Request ids of the exchange in question.</param>
    public static LineSieve For(string? path, IReadOnlyCollection<string> ids)
    {
        var last = path?.TrimEnd('/') ?? "";
        var run = LongestRun(last[(last.LastIndexOf('/') + 1)..], Unreserved);
        return new LineSieve(run.Length >= ShortestWord ? run : "", ids);
    }

    /// <summary>False: the line tells nothing of a refusal in question.</summary>
    public bool Holds(ReadOnlySpan<char> line) => !WentWell(line) && ((HasRefusal(line) && IsAsked(line)) || line.ContainsAny(Words));

    /// <summary>Whether the path or a request id in question may stand there; true where none is known.</summary>
    public bool IsAsked(ReadOnlySpan<char> line)
    {
        if (path.Length == 0 || line.Contains(path, StringComparison.Ordinal) || line.Contains('%')) return true;
        foreach (var id in ids)
            if (line.Contains(id, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>The common format's line of a request that was answered by 1xx to 3xx: it has no words of the server's own.</summary>
    private static bool WentWell(ReadOnlySpan<char> line)
    {
        var open = line.IndexOf('[');
        if (open < 0 || open + 26 > line.Length || line[open + 3] != '/' || line[open + 7] != '/') return false;
        var rest = line[(open + 20)..];
        var protocol = rest.IndexOf(" HTTP/");
        if (protocol < 0) return false;
        rest = rest[(protocol + 6)..];
        var quote = rest.IndexOf('"');
        return quote is > 0 and <= 3 && rest[quote..] is ['"', ' ', >= '1' and <= '3', >= '0' and <= '9', >= '0' and <= '9', ' ', ..];
    }

    /// <summary>Whether a number stands there that is a status of 400 to 530 (none above is in use, and 537 is in the name of nearly every browser).</summary>
    private static bool HasRefusal(ReadOnlySpan<char> line)
    {
        for (var at = 0; line[at..].IndexOfAny('4', '5') is >= 0 and var found;)
        {
            at += found;
            if (at + 2 < line.Length && char.IsAsciiDigit(line[at + 1]) && char.IsAsciiDigit(line[at + 2]) && (at + 3 == line.Length || !char.IsAsciiDigit(line[at + 3])) && (at == 0 || !char.IsAsciiDigit(line[at - 1]))
                && (line[at] == '4' || line[at + 1] < '3' || (line[at + 1] == '3' && line[at + 2] == '0'))) return true;
            at++;
        }

        return false;
    }

    private static string LongestRun(string text, SearchValues<char> of)
    {
        var longest = "";
        for (var at = 0; at < text.Length;)
        {
            var length = text.AsSpan(at).IndexOfAnyExcept(of) is >= 0 and var end ? end : text.Length - at;
            if (length > longest.Length) longest = text.Substring(at, length);
            at += length + 1;
        }

        return longest;
    }
}
