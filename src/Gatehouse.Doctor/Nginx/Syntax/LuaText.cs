namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>Finds the end of a <c>*_by_lua_block</c>: braces inside Lua's strings and comments don't count (Lua 5.1 reference manual, section 2.1).</summary>
internal static class LuaText
{
    /// <summary>The offset behind the closing brace; -1: there is none.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="at">Behind the opening brace.</param>
    public static int End(string text, int at)
    {
        for (var depth = 1; at < text.Length;)
        {
            switch (text[at])
            {
                case '{':
                    depth++;
                    at++;
                    break;
                case '}':
                    at++;
                    if (--depth == 0) return at;
                    break;
                case '"' or '\'':
                    at = AfterString(text, at);
                    break;
                case '-' when at + 1 < text.Length && text[at + 1] == '-':
                    at += 2;
                    at = Level(text, at) >= 0 ? AfterLong(text, at) : AfterLine(text, at);
                    break;
                case '[' when Level(text, at) >= 0:
                    at = AfterLong(text, at);
                    break;
                default:
                    at++;
                    break;
            }
        }

        return -1;
    }

    private static int AfterLine(string text, int at)
    {
        var end = text.IndexOf('\n', at);
        return end < 0 ? text.Length : end + 1;
    }

    private static int AfterString(string text, int at)
    {
        var quote = text[at++];
        for (; at < text.Length && text[at] != quote; at++)
        {
            if (text[at] == '\\') at++;
            else if (text[at] == '\n') return at;
        }

        return Math.Min(at + 1, text.Length);
    }

    /// <summary>The number of equals signs of a long bracket that opens here; -1: none does.</summary>
    private static int Level(string text, int at)
    {
        if (at >= text.Length || text[at] != '[') return -1;
        var level = 0;
        while (at + 1 + level < text.Length && text[at + 1 + level] == '=') level++;
        return at + 1 + level < text.Length && text[at + 1 + level] == '[' ? level : -1;
    }

    private static int AfterLong(string text, int at)
    {
        var close = "]" + new string('=', Level(text, at)) + "]";
        var end = text.IndexOf(close, at, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + close.Length;
    }
}
