using System.Globalization;
using System.Text;

namespace Gatehouse.Patterns;

/// <summary>A set of octets, while a character class is read.</summary>
internal sealed class OctetSet
{
    private readonly bool[] has = new bool[256];

    public void Add(char octet) => has[octet] = true;

    public void Add(char first, char last)
    {
        for (var c = (int)first; c <= last; c++) has[c] = true;
    }

    public void Add(OctetSet other)
    {
        for (var c = 0; c < 256; c++) has[c] |= other.has[c];
    }

    public OctetSet Negated()
    {
        var result = new OctetSet();
        for (var c = 0; c < 256; c++) result.has[c] = !has[c];
        return result;
    }

    /// <summary>With both cases of every ASCII letter in it.</summary>
    public OctetSet WithBothCases()
    {
        var result = new OctetSet();
        result.Add(this);
        for (var c = 'a'; c <= 'z'; c++)
        {
            var upper = (char)(c - 32);
            result.has[c] = result.has[upper] = has[c] || has[upper];
        }

        return result;
    }

    /// <summary>As a class of .NET's language; a set without members becomes one that matches nothing.</summary>
    public void Write(StringBuilder output)
    {
        output.Append('[');
        var any = false;
        for (var first = 0; first < 256; first++)
        {
            if (!has[first]) continue;
            var last = first;
            while (last < 255 && has[last + 1]) last++;
            any = true;
            Write(output, (char)first);
            if (last > first) Write(output.Append(last > first + 1 ? "-" : ""), (char)last);
            first = last;
        }

        if (!any) output.Append("^\\u0000-\\uFFFF");
        output.Append(']');
    }

    /// <summary>One octet, so that it stands for itself inside and outside of classes.</summary>
    public static void Write(StringBuilder output, char octet)
    {
        if (char.IsAsciiLetterOrDigit(octet)) output.Append(octet);
        else output.Append(CultureInfo.InvariantCulture, $"\\u{(int)octet:X4}");
    }

    /// <summary>The set of a class escape: <c>d</c>, <c>w</c>, <c>s</c>, <c>h</c>, <c>v</c> or, negated, the capital letter; null: no such.</summary>
    public static OctetSet? OfEscape(char letter)
    {
        if (letter is 'N')
        {
            var all = new OctetSet();
            all.Add('\n');
            return all.Negated();
        }

        var set = char.ToLowerInvariant(letter) switch
        {
            'd' => Named("digit"),
            'w' => Named("word"),
            's' => Named("space"),
            'h' => Of('\t', ' ', '\u00A0'),
            'v' => Of('\n', '\v', '\f', '\r', '\u0085'),
            _ => null,
        };
        return char.IsAsciiLetterUpper(letter) ? set?.Negated() : set;
    }

    /// <summary>The set of a POSIX class name; null: no such.</summary>
    public static OctetSet? Named(string name)
    {
        Func<char, bool>? test = name switch
        {
            "alpha" => char.IsAsciiLetter,
            "lower" => char.IsAsciiLetterLower,
            "upper" => char.IsAsciiLetterUpper,
            "alnum" => char.IsAsciiLetterOrDigit,
            "ascii" => c => c < 0x80,
            "blank" => c => c is ' ' or '\t',
            "cntrl" => c => c < 0x20 || c == 0x7F,
            "digit" => char.IsAsciiDigit,
            "graph" => c => c is > ' ' and < '\u007F',
            "print" => c => c is >= ' ' and < '\u007F',
            "punct" => c => c is > ' ' and < '\u007F' && !char.IsAsciiLetterOrDigit(c),
            "space" => c => c is ' ' or (>= '\t' and <= '\r'),
            "word" => c => char.IsAsciiLetterOrDigit(c) || c == '_',
            "xdigit" => char.IsAsciiHexDigit,
            _ => null,
        };
        if (test is null) return null;
        var set = new OctetSet();
        for (var c = '\0'; c < 256; c++)
            if (test(c)) set.Add(c);
        return set;
    }

    private static OctetSet Of(params ReadOnlySpan<char> octets)
    {
        var set = new OctetSet();
        foreach (var octet in octets) set.Add(octet);
        return set;
    }
}
