using System.Net;
using System.Text;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>Reads the head of an answer as it stands: order, doubled and malformed fields, interim answers before it (RFC 9112 section 4 and 5).</summary>
internal static class AnswerHead
{
    /// <summary>The final head, interim answers (1xx) skipped; throws <see cref="WireFault"/> where what comes is no HTTP or too much.</summary>
    public static async Task<ReceivedAnswer> ReadAsync(WireReader reader, TimeProvider clock, CancellationToken cancel)
    {
        for (var interim = 0; interim <= WireLimits.InterimCount; interim++)
        {
            var answer = await OneAsync(reader, clock, cancel).ConfigureAwait(false);
            if (answer.Status is not (>= 100 and < 200) || answer.Status == 101) return answer;
        }

        throw new WireFault(ExchangeFault.Protocol, $"more than {WireLimits.InterimCount} interim answers (1xx) came and no final one");
    }

    private static async Task<ReceivedAnswer> OneAsync(WireReader reader, TimeProvider clock, CancellationToken cancel)
    {
        var left = WireLimits.HeadInBytes;
        var first = await NextAsync().ConfigureAwait(false) ?? throw new WireFault(ExchangeFault.ConnectionReset, "the connection was closed before an answer came");
        if (!TryStatusLine(first, out var protocol, out var status, out var reason)) throw new WireFault(ExchangeFault.Protocol, NoHttp(first));
        var fields = new List<Field>();
        while (true)
        {
            var line = await NextAsync().ConfigureAwait(false) ?? throw new WireFault(ExchangeFault.Protocol, $"the connection was closed in the middle of the answer's head, after {fields.Count} fields");
            if (line.Length == 0) break;
            if (fields.Count == WireLimits.FieldCount) throw new WireFault(ExchangeFault.Protocol, $"the answer has more than {WireLimits.FieldCount} header fields");
            Add(fields, Encoding.Latin1.GetString(line));
        }

        return new ReceivedAnswer { Status = status, Reason = reason, Protocol = protocol, Fields = fields, At = clock.GetUtcNow() };

        async ValueTask<byte[]?> NextAsync()
        {
            var line = await reader.LineAsync(left, () => throw new WireFault(ExchangeFault.Protocol, $"the answer's head is larger than {WireLimits.HeadInBytes} bytes"), cancel).ConfigureAwait(false);
            left -= (line?.Length ?? 0) + 1;
            return line;
        }
    }

    /// <summary>A folded line belongs to the field before it (RFC 9112 section 5.2); a line without a colon is kept as a name without value.</summary>
    internal static void Add(List<Field> fields, string line)
    {
        if (line[0] is ' ' or '\t' && fields.Count > 0)
        {
            fields[^1] = fields[^1] with { Value = $"{fields[^1].Value} {line.Trim(' ', '\t')}".Trim(' ') };
            return;
        }

        var colon = line.IndexOf(':');
        fields.Add(colon < 0 ? new Field(line, "") : new Field(line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
    }

    // status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4); the second blank is often left out.
    private static bool TryStatusLine(ReadOnlySpan<byte> line, out Version protocol, out int status, out string reason)
    {
        protocol = HttpVersion.Version11;
        status = 0;
        reason = "";
        if (!line.StartsWith("HTTP/"u8)) return false;
        var blank = line.IndexOf((byte)' ');
        if (blank < 0 || !Version.TryParse(Encoding.Latin1.GetString(line[5..blank]).Length == 1 ? Encoding.Latin1.GetString(line[5..blank]) + ".0" : Encoding.Latin1.GetString(line[5..blank]), out var version)) return false;
        protocol = version;
        var rest = line[blank..].TrimStart((byte)' ');
        if (rest.Length < 3 || !int.TryParse(rest[..3], System.Globalization.NumberStyles.None, null, out status) || (rest.Length > 3 && rest[3] != (byte)' ')) return false;
        reason = Encoding.Latin1.GetString(rest[3..]).Trim(' ');
        return true;
    }

    private static string NoHttp(ReadOnlySpan<byte> line)
    {
        if (line.Length >= 2 && line[0] is 0x15 or 0x16 && line[1] == 3) return "the port speaks TLS, not plain http: use https";
        var text = Encoding.Latin1.GetString(line[..Math.Min(line.Length, 60)]);
        return $"what answers does not speak HTTP: it begins with `{text}`";
    }
}
