using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>Values of curl's options that have a form of their own.</summary>
internal static class CurlValues
{
    /// <summary><c>FILE[:PASSWORD]</c>; a backslash keeps a colon in the name.</summary>
    public static (string File, string? Password) Certificate(string value)
    {
        var file = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] is ':' or '\\') file.Append(value[++i]);
            // A drive letter's colon: C:\cert.pem
            else if (value[i] == ':' && !(i == 1 && i + 1 < value.Length && value[2] is '\\' or '/')) return (Octets.Text(file.ToString()), value[(i + 1)..]);
            else file.Append(value[i]);
        }

        return (Octets.Text(file.ToString()), null);
    }

    /// <summary><c>[+]HOST:PORT:ADDRESS[,ADDRESS]</c>; of several addresses the first; null: not of that form.</summary>
    public static ConnectOverride? Resolve(string value)
    {
        var parts = Parts(value.TrimStart('+'), 3);
        if (parts.Count != 3 || Port(parts[1]) is not { } port || port == 0 || parts[0].Length == 0 || value.StartsWith('-')) return null;
        var address = parts[2].Split(',')[0].Trim('[', ']');
        return address.Length == 0 || !Grammar.Address.TryParse(address, out _, out _) ? null : new(parts[0] == "*" ? "" : parts[0].ToLowerInvariant(), port, address, 0);
    }

    /// <summary><c>HOST1:PORT1:HOST2:PORT2</c>, each part may be empty; null: not of that form.</summary>
    public static ConnectOverride? ConnectTo(string value)
    {
        var parts = Parts(value, 4);
        return parts.Count == 4 && Port(parts[1]) is { } from && Port(parts[3]) is { } to ? new(parts[0].ToLowerInvariant(), from, parts[2], to) : null;
    }

    /// <summary><c>[SCHEME://][USER:PASSWORD@]HOST[:PORT]</c>; null: not of that form.</summary>
    public static ProxyChoice? Proxy(string value, string scheme)
    {
        var rest = value;
        if (value.IndexOf("://", StringComparison.Ordinal) is > 0 and var colon)
        {
            scheme = value[..colon].ToLowerInvariant();
            rest = value[(colon + 3)..];
            if (scheme is not ("http" or "https" or "socks4" or "socks4a" or "socks5" or "socks5h")) return null;
        }

        if (!UrlText.TryParseOctets("http://" + rest, pathAsIs: true, out var url, out _)) return null;
        var authority = rest.Split('/')[0];
        var named = authority.LastIndexOf(':') is >= 0 and var last && !authority[last..].Contains(']', StringComparison.Ordinal) && !authority[last..].Contains('@', StringComparison.Ordinal);
        return new(scheme, url.Url.Host.Trim('[', ']'), named ? url.Url.Port : scheme == "https" ? 443 : 1080, url.User);
    }

    /// <summary>The first of the addresses that <c>{a,b}</c> and <c>[1-9]</c> stand for; the text itself where there are none.</summary>
    public static string FirstOfGlob(string url)
    {
        if (url.AsSpan().IndexOfAny("{[") < 0) return url;
        var first = new StringBuilder();
        for (var i = 0; i < url.Length; i++)
        {
            var end = url[i] == '{' ? url.IndexOf('}', i) : url[i] == '[' ? url.IndexOf(']', i) : -1;
            if (url[i] == '\\' && i + 1 < url.Length && url[i + 1] is '{' or '}' or '[' or ']')
            {
                first.Append(url[++i]);
            }
            else if (end > i && url[i] == '{')
            {
                first.Append(url[(i + 1)..end].Split(',')[0]);
                i = end;
            }
            else if (end > i && url[(i + 1)..end].IndexOf('-', StringComparison.Ordinal) is > 0 and var dash && url[(i + 1)..end].IndexOf(':', StringComparison.Ordinal) is var step && (step < 0 || step > dash))
            {
                first.Append(url, i + 1, dash);
                i = end;
            }
            else
            {
                first.Append(url[i]);
            }
        }

        return first.ToString();
    }

    /// <summary>Octets that no address may hold, percent-encoded.</summary>
    public static string EscapedQuery(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            if (c is <= ' ' or >= '\x7f' or '#') escaped.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
            else escaped.Append(c);
        }

        return escaped.ToString();
    }

    // Split at colons, but not inside brackets; the last part keeps its own.
    private static List<string> Parts(string value, int most)
    {
        var parts = new List<string>();
        var start = 0;
        var depth = 0;
        for (var i = 0; i < value.Length && parts.Count < most - 1; i++)
        {
            if (value[i] == '[') depth++;
            else if (value[i] == ']') depth--;
            else if (value[i] == ':' && depth <= 0)
            {
                parts.Add(value[start..i].Trim('[', ']'));
                start = i + 1;
            }
        }

        parts.Add(value[start..].Trim('[', ']'));
        return parts;
    }

    // Empty is 0: any.
    private static int? Port(string text) =>
        text.Length == 0 ? 0 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port : null;
}
