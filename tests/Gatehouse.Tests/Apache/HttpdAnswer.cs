using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Tests.Apache;

/// <summary>An answer as it came over the wire, one character an octet.</summary>
/// <param name="Status">0: no status line came.</param>
/// <param name="Fields">Header fields in order.</param>
/// <param name="Body">What stands behind the empty line, chunks not undone.</param>
internal sealed record HttpdAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Fields, string Body)
{
    /// <summary>The first field of this name; null: none.</summary>
    public string? this[string name] => Fields.FirstOrDefault(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public static async Task<HttpdAnswer> AskAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all);
        }
        catch (IOException)
        {
            // Reset after the answer: what came counts.
        }

        return Read(Encoding.Latin1.GetString(all.ToArray()));
    }

    private static HttpdAnswer Read(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = (end < 0 ? text : text[..end]).Split("\r\n");
        var status = head[0].StartsWith("HTTP/", StringComparison.Ordinal) && head[0].Split(' ') is [_, var code, ..] ? int.Parse(code, CultureInfo.InvariantCulture) : 0;
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var line in head.Skip(1))
            if (line.Split(':', 2) is [var name, var value]) fields.Add(new(name, value.Trim()));
        return new(status, fields, end < 0 ? "" : text[(end + 4)..]);
    }
}
