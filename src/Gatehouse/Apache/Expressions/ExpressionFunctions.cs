using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Apache.Patterns;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Expressions;

/// <summary>The functions of expressions that give a text; names compare without regard to case.</summary>
internal static class ExpressionFunctions
{
    /// <summary>Largest file that <c>file</c> reads, in characters.</summary>
    private const int LargestFile = 10 * 1024 * 1024;

    private static readonly FrozenSet<string> Names = new[]
    {
        "osenv", "env", "resp", "req", "http", "note", "reqenv", "req_novary", "tolower", "toupper", "escape", "unescape", "file", "filesize",
        "base64", "unbase64", "sha1", "md5", "ldap", "ssl",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Exists(string name) => Names.Contains(name);

    /// <summary>Calls a function given in small letters.</summary>
    public static Text Call(string name, string argument, Evaluation evaluation)
    {
        var request = evaluation.Request;
        return name switch
        {
            "req" or "http" or "req_novary" => request.Header(argument) ?? "",
            "resp" => request.ResponseHeaders.LastOrDefault(field => field.Key.Equals(argument, StringComparison.OrdinalIgnoreCase)).Value ?? "",
            "note" => request.Notes.GetValueOrDefault(argument) ?? "",
            "reqenv" => ServerVariables.OfRequest(argument, request) ?? Text.Empty,
            "env" => ServerVariables.Environment(argument, request) ?? Text.Empty,
            "osenv" => ServerVariables.OfProcess(argument, request) ?? Text.Empty,
            "tolower" => argument.Aggregate(new StringBuilder(), (text, c) => text.Append(char.IsAscii(c) ? char.ToLowerInvariant(c) : c)).ToString(),
            "toupper" => argument.Aggregate(new StringBuilder(), (text, c) => text.Append(char.IsAscii(c) ? char.ToUpperInvariant(c) : c)).ToString(),
            "escape" => UriText.EscapePath(argument),
            "unescape" => UriText.Unescape(argument, keepSlashes: true) ?? "",
            "base64" => Convert.ToBase64String(Bytes(argument)),
            "unbase64" => FromBase64(argument),
            "md5" => Hex(MD5.HashData, argument),
            "sha1" => Hex(SHA1.HashData, argument),
            "file" => ReadFile(argument, evaluation),
            "filesize" => evaluation.Surroundings.Files.Stat(argument) is { Kind: EntryKind.File } file ? file.Size.ToString(CultureInfo.InvariantCulture) : "0",
            "ldap" => argument.All(char.IsAsciiLetterOrDigit) ? argument : Text.Unknown("escaping for LDAP is not done here"),
            _ => ServerVariables.Tls(argument, request),
        };
    }

    private static Text ReadFile(string path, Evaluation evaluation)
    {
        var facts = evaluation.Surroundings.Files.Stat(path);
        if (facts is null or { Readable: false }) return evaluation.Fail($"the file `{path}` can't be opened");
        if (facts.Value.Size > LargestFile) return evaluation.Fail($"the file `{path}` is too large");
        return evaluation.Surroundings.Files.Read(path) is { } content ? content : Text.Unknown($"the file `{path}` can't be read from here");
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(Octets.Of(text));

#pragma warning disable CA5350, CA5351 // Whether the hash is weak is not ours to choose: httpd's functions md5 and sha1 are evaluated.
    private static string Hex(Func<byte[], byte[]> hash, string text) => Convert.ToHexStringLower(hash(Bytes(text)));
#pragma warning restore CA5350, CA5351

    // Up to the first character that is none of base64's, what is left over at the end dropped; a text of C ends at its first zero.
    private static string FromBase64(string text)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var octets = new List<byte>();
        var (buffer, bits) = (0, 0);
        foreach (var c in text)
        {
            var value = alphabet.IndexOf(c, StringComparison.Ordinal);
            if (value < 0) break;
            buffer = ((buffer << 6) | value) & 0xFFFFFF;
            bits += 6;
            if (bits < 8) continue;
            bits -= 8;
            octets.Add((byte)(buffer >> bits));
        }

        var end = octets.IndexOf(0);
        return Octets.ToText(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(octets)[..(end < 0 ? octets.Count : end)]);
    }
}
