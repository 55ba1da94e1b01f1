using System.Text;

namespace Gatehouse.Doctor.Inputs.Har;

/// <summary>What comes next in a JSON text.</summary>
internal enum JsonToken
{
    /// <summary>The end, or a fault (<see cref="JsonTokens.Fault"/>).</summary>
    End = 0,

    /// <summary><c>{</c></summary>
    BeginObject,

    /// <summary><c>}</c></summary>
    EndObject,

    /// <summary><c>[</c></summary>
    BeginArray,

    /// <summary><c>]</c></summary>
    EndArray,

    /// <summary>A member's name: its colon is passed.</summary>
    Name,

    /// <summary>A string.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>true</c>, <c>false</c> or <c>null</c>.</summary>
    Word,
}

/// <summary>
/// The tokens of a JSON text of any size (RFC 8259), read from a stream with one buffer: strings are kept up to a limit and passed over beyond it, which no
/// reader of the base library does (they hold the longest string whole, and a recording may hold a video).
/// </summary>
internal sealed class JsonTokens(Stream stream)
{
    /// <summary>Deepest nesting read: each level costs memory.</summary>
    private const int MaxDepth = 128;

    private readonly byte[] buffer = new byte[65_536];
    private readonly byte[] kept = new byte[JsonTokens.MaxKept];
    private readonly bool[] objects = new bool[MaxDepth];
    private int start;
    private int end;
    private int depth;
    private bool name;
    private int length;
    private long passed;

    /// <summary>Most octets of a string that are ever kept.</summary>
    public const int MaxKept = 262_144;

    /// <summary>What is wrong; null: nothing.</summary>
    public string? Fault { get; private set; }

    /// <summary>Offset of the next octet.</summary>
    public long Position => passed + start;

    /// <summary>Depth of nesting.</summary>
    public int Depth => depth;

    /// <summary>The string, name or number just read, cut at the limit.</summary>
    public string Text => Encoding.UTF8.GetString(kept, 0, length);

    /// <summary>Whether the string just read was cut.</summary>
    public bool Cut { get; private set; }

    /// <summary>Reads the next token.</summary>
    /// <param name="keep">How many octets of a string to keep.</param>
    public JsonToken Next(int keep = 16_384)
    {
        keep = Math.Min(keep, MaxKept);
        while (true)
        {
            var octet = Octet();
            switch (octet)
            {
                case ' ' or '\t' or '\r' or '\n' or ':': continue;
                // A byte order mark, which editors leave.
                case 0xEF or 0xBB or 0xBF when Position <= 3: continue;
                case ',':
                    name = depth > 0 && objects[depth - 1];
                    continue;
                case '{' or '[':
                    if (depth == MaxDepth) return Wrong($"at most {MaxDepth} levels");
                    objects[depth++] = octet == '{';
                    name = octet == '{';
                    return octet == '{' ? JsonToken.BeginObject : JsonToken.BeginArray;
                case '}' or ']':
                    if (depth == 0 || objects[depth - 1] != (octet == '}')) return Wrong("no closing sign here");
                    depth--;
                    name = false;
                    return octet == '}' ? JsonToken.EndObject : JsonToken.EndArray;
                case '"':
                    if (!String(keep)) return Wrong("the end of the string");
                    if (!name) return JsonToken.String;
                    name = false;
                    return JsonToken.Name;
                case '-' or (>= '0' and <= '9'): return Plain(octet, JsonToken.Number);
                case 't' or 'f' or 'n': return Plain(octet, JsonToken.Word);
                case < 0: return depth == 0 ? JsonToken.End : Wrong("more: the file ends in the middle");
                default: return Wrong("a JSON value");
            }
        }
    }

    /// <summary>Passes over the value that begins with a token already read.</summary>
    public void Skip(JsonToken begun)
    {
        if (begun is not (JsonToken.BeginObject or JsonToken.BeginArray)) return;
        var level = depth - 1;
        while (depth > level && Next(0) != JsonToken.End)
        {
        }
    }

    private JsonToken Plain(int first, JsonToken kind)
    {
        length = 0;
        kept[length++] = (byte)first;
        while (Peek() is var octet && (octet is '+' or '-' or '.' || (octet >= 0 && char.IsAsciiLetterOrDigit((char)octet))))
        {
            if (length < 64) kept[length++] = (byte)octet;
            start++;
        }

        return kind;
    }

    private bool String(int keep)
    {
        length = 0;
        Cut = false;
        while (true)
        {
            // What needs no look: up to the next quote or backslash.
            if (start == end && !Fill()) return false;
            var run = buffer.AsSpan(start, end - start);
            var stop = run.IndexOfAny((byte)'"', (byte)'\\');
            if (stop < 0) stop = run.Length;
            Keep(run[..stop], keep);
            start += stop;
            if (start == end) continue;
            if (buffer[start++] == '"') return true;
            if (!Escape(keep)) return false;
        }
    }

    private bool Escape(int keep)
    {
        var c = Octet();
        switch (c)
        {
            case 'n': Keep("\n"u8, keep); return true;
            case 't': Keep("\t"u8, keep); return true;
            case 'r': Keep("\r"u8, keep); return true;
            case 'b': Keep("\b"u8, keep); return true;
            case 'f': Keep("\f"u8, keep); return true;
            case '"' or '\\' or '/': Keep([(byte)c], keep); return true;
            case 'u': break;
            default: return false;
        }

        if (!Hex(out var unit)) return false;
        var rune = Rune.ReplacementChar;
        if (char.IsHighSurrogate((char)unit) && Peek() == '\\')
        {
            start++;
            if (Octet() is not 'u' and var other)
            {
                Keep(rune.ToString() is var text ? Encoding.UTF8.GetBytes(text) : default, keep);
                return EscapeLetter(other, keep);
            }

            if (!Hex(out var low)) return false;
            if (char.IsLowSurrogate((char)low)) rune = new((char)unit, (char)low);
        }
        else if (Rune.IsValid(unit))
        {
            rune = new(unit);
        }

        Span<byte> octets = stackalloc byte[4];
        Keep(octets[..rune.EncodeToUtf8(octets)], keep);
        return true;
    }

    private bool EscapeLetter(int letter, int keep)
    {
        if (letter is not ('n' or 't' or 'r' or 'b' or 'f' or '"' or '\\' or '/')) return false;
        Keep([(byte)(letter switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => letter })], keep);
        return true;
    }

    private bool Hex(out int unit)
    {
        unit = 0;
        for (var i = 0; i < 4; i++)
        {
            var octet = Octet();
            if (octet < 0 || !char.IsAsciiHexDigit((char)octet)) return false;
            unit = (unit << 4) | (octet <= '9' ? octet - '0' : (octet | 0x20) - 'a' + 10);
        }

        return true;
    }

    private void Keep(ReadOnlySpan<byte> octets, int keep)
    {
        var fits = Math.Min(octets.Length, keep - length);
        if (fits < octets.Length) Cut = true;
        if (fits <= 0) return;
        octets[..fits].CopyTo(kept.AsSpan(length));
        length += fits;
    }

    private int Octet() => start < end || Fill() ? buffer[start++] : -1;

    private int Peek() => start < end || Fill() ? buffer[start] : -1;

    private bool Fill()
    {
        passed += end;
        start = 0;
        end = stream.Read(buffer);
        return end > 0;
    }

    private JsonToken Wrong(string expected)
    {
        Fault ??= $"no JSON at offset {Math.Max(0, Position - 1)}: expected {expected}";
        depth = 0;
        start = end = 0;
        return JsonToken.End;
    }
}
