using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>What one proxy tells of the request that it passed on (RFC 7239 section 4).</summary>
public sealed record ForwardedElement
{
    /// <summary>From whom the proxy got it; null where it does not tell.</summary>
    public ForwardedNode? For { get; init; }

    /// <summary>At which interface the proxy got it; null where it does not tell.</summary>
    public ForwardedNode? By { get; init; }

    /// <summary>The Host that it got; null where it does not tell. Not checked to be a host.</summary>
    public string? Host { get; init; }

    /// <summary>By which protocol it got it, lower case, <c>http</c> or <c>https</c>; null where it does not tell.</summary>
    public string? Proto { get; init; }

    /// <summary>Other parameters.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Extensions { get; init; } = [];
}

/// <summary>Reads the value of Forwarded: a list, the proxy nearest to the server last (RFC 7239 section 4).</summary>
public static class Forwarded
{
    /// <summary>Longest field value read, in characters.</summary>
    public const int MaximumLength = 16_384;

    /// <summary>Most elements, and most parameters of one: nobody has so many proxies, and each costs an allocation.</summary>
    public const int MaximumCount = 64;

    /// <summary>Reads all elements of one field value; several fields are joined with a comma first, in their order.</summary>
    /// <returns>False, with the position, where the text is not such a list or passes a limit.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IReadOnlyList<ForwardedElement> value, out SyntaxError error)
    {
        value = [];
        if (text.Length > MaximumLength) return Fail(0, MaximumLength, $"at most {MaximumLength} characters", out error);
        var elements = new List<ForwardedElement>();
        var at = SkipEmptyElements(text, 0);
        while (at < text.Length)
        {
            if (elements.Count == MaximumCount) return Fail(at, at, $"at most {MaximumCount} elements", out error);
            if (!TryParseElement(text, ref at, out var element, out error)) return false;
            elements.Add(element!);
            at = SkipEmptyElements(text, at);
        }

        if (elements.Count == 0) return Fail(0, text.Length, "a parameter: for, by, host or proto", out error);
        value = elements;
        error = default;
        return true;
    }

    // forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] ); forwarded-pair = token "=" value
    private static bool TryParseElement(ReadOnlySpan<char> text, ref int at, out ForwardedElement? value, out SyntaxError error)
    {
        value = null;
        var element = new ForwardedElement();
        var names = new List<string>();
        var extensions = new List<KeyValuePair<string, string>>();
        while (true)
        {
            at = SkipBlanks(text, at);
            if (at == text.Length || text[at] == ',') break;
            if (text[at] == ';')
            {
                at++;
                continue;
            }

            var start = at;
            var name = Token(text, at).ToString();
            if (name.Length == 0) return Fail(at, at, "a parameter: for, by, host or proto", out error);
            if (names.Count == MaximumCount) return Fail(at, at, $"at most {MaximumCount} parameters", out error);
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase)) return Fail(at, at, "each parameter once (RFC 7239 section 4)", out error);
            names.Add(name);
            at += name.Length;
            if (at == text.Length || text[at] != '=') return Fail(start, at, "an equals sign", out error);
            var valueStart = ++at;
            if (!TryParseValue(text, ref at, out var content, out error)) return false;
            if (!TryApply(ref element, extensions, name, content, out var inner))
            {
                // Escapes in a quoted value move positions: then the value's start is told.
                var quotes = text[valueStart] == '"' ? 2 : 0;
                var offset = at - valueStart == content.Length + quotes ? valueStart + quotes / 2 + inner.Offset : valueStart;
                return Fail(valueStart, offset, inner.Expected, out error);
            }

            at = SkipBlanks(text, at);
            if (at < text.Length && text[at] is not (';' or ',')) return Fail(start, at, "a semicolon or a comma", out error);
        }

        value = element with { Extensions = extensions };
        error = default;
        return true;
    }

    private static bool TryApply(
        ref ForwardedElement element, List<KeyValuePair<string, string>> extensions, string name, string value, out SyntaxError error)
    {
        error = default;
        if (Is(name, "for"))
        {
            if (!ForwardedNode.TryParse(value, bareIPv6: false, out var node, out error)) return false;
            element = element with { For = node };
        }
        else if (Is(name, "by"))
        {
            if (!ForwardedNode.TryParse(value, bareIPv6: false, out var node, out error)) return false;
            element = element with { By = node };
        }
        else if (Is(name, "host"))
        {
            element = element with { Host = value };
        }
        else if (Is(name, "proto"))
        {
            if (!Is(value, "http") && !Is(value, "https")) return Fail(0, 0, "http or https", out error);
            element = element with { Proto = AsciiLower(value) };
        }
        else
        {
            extensions.Add(new(name, value));
        }

        return true;
    }

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
