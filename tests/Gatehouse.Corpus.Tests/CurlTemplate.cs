using System.Text;
using System.Text.Json;

namespace Gatehouse.Corpus.Tests;

/// <summary>The place-holders in the recorded lines of curl's tests, filled in as its test runner does.</summary>
internal static class CurlTemplate
{
    /// <summary>Name and value of one recorded field.</summary>
    internal static (string Name, string Value) Field(JsonElement conversation, string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return (line[..colon], Filled(conversation, line[(colon + 1)..]).Trim());
    }

    internal static string Filled(JsonElement conversation, string text)
    {
        var number = conversation.GetProperty("test").GetString()!["test".Length..];
        text = text.Replace("%TESTNUMBER", number, StringComparison.Ordinal).Replace("%CR", "", StringComparison.Ordinal)
            .Replace("%repeat[400 x A]%", new string('A', 400), StringComparison.Ordinal);
        for (int start; (start = text.IndexOf("%b64[", StringComparison.Ordinal)) >= 0;)
        {
            var end = text.IndexOf("]b64%", start, StringComparison.Ordinal);
            text = text[..start] + Convert.ToBase64String(Octets(text[(start + 5)..end])) + text[(end + 5)..];
        }

        return text;
    }

    // %XX is an octet; all else stands for itself.
    private static byte[] Octets(string text)
    {
        var octets = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                octets.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                octets.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        }

        return [.. octets];
    }
}
