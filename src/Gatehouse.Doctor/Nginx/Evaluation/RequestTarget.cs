using System.Text;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>The target of a request, normalised as ngx_http_parse_complex_uri does: decoded, slashes merged, dot segments resolved.</summary>
/// <param name="Path">$uri.</param>
/// <param name="Arguments">$args, undecoded.</param>
/// <param name="Host">Of an absolute target; null: none.</param>
/// <param name="Quoted">Whether anything was percent-encoded, or a plus sign stands in the path: rewriting escapes captures then.</param>
internal sealed record RequestTarget(string Path, string Arguments, string? Host, bool Quoted)
{
    // RFC 3986 section 3.1
    private static readonly System.Buffers.SearchValues<char> SchemeCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>Parses; null where nginx answers 400.</summary>
    public static RequestTarget? Parse(string raw, bool mergeSlashes)
    {
        string? host = null;
        var quoted = false;
        if (raw.Any(c => c < 0x20 || c == 0x7F || c == ' ')) return null;
        if (!raw.StartsWith('/'))
        {
            var scheme = raw.IndexOf("://", StringComparison.Ordinal);
            if (scheme <= 0 || raw.AsSpan(0, scheme).ContainsAnyExcept(SchemeCharacters)) return null;
            var slash = raw.AsSpan(scheme + 3).IndexOfAny('/', '?', '#');
            host = slash < 0 ? raw[(scheme + 3)..] : raw.Substring(scheme + 3, slash);
            if (host.Length == 0) return null;
            raw = slash < 0 ? "/" : raw[scheme + 3 + slash] == '/' ? raw[(scheme + 3 + slash)..] : "/" + raw[(scheme + 3 + slash)..];
        }

        var path = new StringBuilder(raw.Length);
        var state = State.Usual;
        var arguments = "";
        for (var at = 0; at < raw.Length;)
        {
            var c = raw[at++];
            if (c == '%')
            {
                quoted = true;
                if (at + 1 >= raw.Length || !char.IsAsciiHexDigit(raw[at]) || !char.IsAsciiHexDigit(raw[at + 1])) return null;
                c = (char)Convert.ToInt32(raw.Substring(at, 2), 16);
                at += 2;
                if (c == '\0') return null;
                if (c is '%' or '#' or '?')
                {
                    path.Append(c);
                    state = State.Usual;
                    continue;
                }
            }
            else if (c is '?' or '#')
            {
                if (c == '?')
                {
                    var hash = raw.IndexOf('#', at);
                    arguments = hash < 0 ? raw[at..] : raw[at..hash];
                }

                break;
            }

            if (c == '+') quoted = true;
            switch (state)
            {
                case State.Usual:
                    path.Append(c);
                    if (c == '/') state = State.Slash;
                    break;
                case State.Slash when c == '/':
                    if (!mergeSlashes) path.Append('/');
                    break;
                case State.Dot when c == '/':
                    path.Length--;
                    state = State.Slash;
                    break;
                case State.DotDot when c == '/':
                    if (!Up(path)) return null;
                    state = State.Slash;
                    break;
                default:
                    path.Append(c);
                    state = c != '.' ? State.Usual : state switch { State.Slash => State.Dot, State.Dot => State.DotDot, _ => State.Usual };
                    break;
            }
        }

        if (state == State.Dot) path.Length--;
        else if (state == State.DotDot && !Up(path)) return null;
        return new(path.ToString(), arguments, host, quoted);
    }

    /// <summary>Takes <c>/..</c> and the segment before it away; false: that would be above the root.</summary>
    private static bool Up(StringBuilder path)
    {
        // path ends in "/.." (the slash that follows is not there yet)
        var at = path.Length - 4;
        while (at >= 0 && path[at] != '/') at--;
        if (at < 0) return false;
        path.Length = at + 1;
        return true;
    }

    private enum State
    {
        Usual,
        Slash,
        Dot,
        DotDot,
    }
}
