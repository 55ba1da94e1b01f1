using System.Text;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Evaluation;

/// <summary>The path of a request's target as httpd decodes and normalises it (ap_normalize_path, ap_unescape_url of 2.4).</summary>
internal static class UrlPath
{
    /// <summary>The decoded path, or the status with which httpd refuses it.</summary>
    /// <param name="target">The target without its query.</param>
    /// <param name="encodedSlashes">AllowEncodedSlashes: null off, false NoDecode, true On.</param>
    /// <param name="mergeSlashes">MergeSlashes.</param>
    /// <param name="path">Starts with a slash.</param>
    public static int? Decode(string target, bool? encodedSlashes, bool mergeSlashes, out string path)
    {
        path = target;
        if (!target.StartsWith('/')) return 400;
        if (Normalized(Unreserved(target), mergeSlashes) is not { } normal) return 400;
        var octets = new List<byte>(normal.Length);
        var badPath = false;
        for (var i = 0; i < normal.Length; i++)
        {
            if (normal[i] != '%')
            {
                if (normal[i] < 0x80) octets.Add((byte)normal[i]);
                else octets.AddRange(Encoding.UTF8.GetBytes(normal[i].ToString()));
                continue;
            }

            if (i + 2 >= normal.Length || !char.IsAsciiHexDigit(normal[i + 1]) || !char.IsAsciiHexDigit(normal[i + 2])) return 400;
            var octet = Convert.ToByte(normal.Substring(i + 1, 2), 16);
            if (octet == 0 || (octet == '/' && encodedSlashes is null)) badPath = true;
            if (octet == '/' && encodedSlashes == false)
            {
                octets.AddRange("%2F"u8);
                i += 2;
                continue;
            }

            octets.Add(octet);
            i += 2;
        }

        if (badPath) return 404;
        path = Utf8.TryGet(octets.ToArray());
        return null;
    }

    /// <summary>Percent-encoded letters, digits, <c>-._~</c> decoded, so that %2e%2e is a dot segment.</summary>
    private static string Unreserved(string target)
    {
        if (!target.Contains('%')) return target;
        var result = new StringBuilder(target.Length);
        for (var i = 0; i < target.Length; i++)
        {
            if (target[i] == '%' && i + 2 < target.Length && char.IsAsciiHexDigit(target[i + 1]) && char.IsAsciiHexDigit(target[i + 2])
                && (char)Convert.ToByte(target.Substring(i + 1, 2), 16) is var c && (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~'))
            {
                result.Append(c);
                i += 2;
            }
            else
            {
                result.Append(target[i]);
            }
        }

        return result.ToString();
    }

    /// <summary>Dot segments resolved and slashes merged; null: it leads above the root.</summary>
    private static string? Normalized(string path, bool mergeSlashes)
    {
        if (!path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal)) return path;
        var segments = new List<string>();
        var parts = path[1..].Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            switch (parts[i])
            {
                case "" when mergeSlashes && !last:
                    break;
                case ".":
                    if (last) segments.Add("");
                    break;
                case "..":
                    if (segments.Count == 0) return null;
                    segments.RemoveAt(segments.Count - 1);
                    if (last) segments.Add("");
                    break;
                default:
                    segments.Add(parts[i]);
                    break;
            }
        }

        return "/" + string.Join('/', segments);
    }

    /// <summary>Octets as text: UTF-8 where they are, else one character an octet.</summary>
    internal static class Utf8
    {
        public static string TryGet(byte[] octets) => System.Text.Unicode.Utf8.IsValid(octets) ? Encoding.UTF8.GetString(octets) : Encoding.Latin1.GetString(octets);
    }
}
