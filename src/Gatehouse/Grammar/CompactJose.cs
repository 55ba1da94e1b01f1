using System.Text;
using System.Text.Json;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>
/// A signed or encrypted text in compact form (RFC 7515 section 7.1: three segments, RFC 7516 section 7.1: five), taken apart.
/// Nothing is verified here: whoever trusts it checks the signature over <see cref="SigningInput"/> first.
/// </summary>
public sealed class CompactJose
{
    /// <summary>Longest text read, in characters: header lines are not longer, and a megabyte of base64 would be decoded before any check.</summary>
    public const int MaximumLength = 65_536;

    private readonly string _text;
    private readonly int _signatureStart;

    private CompactJose(string text, int signatureStart, JsonElement header, byte[][] segments)
    {
        _text = text;
        _signatureStart = signatureStart;
        Header = header;
        IsEncrypted = segments.Length == 5;
        Payload = IsEncrypted ? ReadOnlyMemory<byte>.Empty : segments[1];
        Signature = IsEncrypted ? ReadOnlyMemory<byte>.Empty : segments[2];
    }

    /// <summary>The protected header, a JSON object without duplicate names: <c>alg</c>, <c>kid</c>, <c>typ</c> ...</summary>
    public JsonElement Header { get; }

    /// <summary>Whether it has five segments: nothing but the header can be read without the key.</summary>
    public bool IsEncrypted { get; }

    /// <summary>What was signed, decoded; empty where encrypted.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Decoded; empty for <c>alg: none</c> and where encrypted.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>The ASCII text that the signature is over: header and payload with the dot between (RFC 7515 section 5.2); empty where encrypted.</summary>
    public ReadOnlyMemory<char> SigningInput => IsEncrypted ? ReadOnlyMemory<char>.Empty : _text.AsMemory(0, _signatureStart - 1);

    /// <summary>The header's member of that name where it is a string, or null.</summary>
    public string? HeaderText(string name) => Json.Text(Header, name);

    /// <summary>Reads one text.</summary>
    /// <returns>
    /// False, with the position, where it has not three or five segments of canonical base64url, or the header is no JSON object
    /// (strict: UTF-8, no duplicate names, bounded depth).
    /// </returns>
    public static bool TryParse(ReadOnlySpan<char> text, out CompactJose? value, out SyntaxError error)
    {
        value = null;
        if (text.Length > MaximumLength) return Fail(0, MaximumLength, $"at most {MaximumLength} characters", out error);
        var dots = text.Count('.');
        if (dots is not (2 or 4)) return Fail(0, text.Length, "three segments (signed) or five (encrypted) with dots between", out error);

        var segments = new byte[dots + 1][];
        var start = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            var length = text[start..].IndexOf('.');
            var segment = length < 0 ? text[start..] : text.Slice(start, length);
            segments[i] = new byte[Math.Max(0, StrictBase64.DecodedLength(segment.Length))];
            if (!StrictBase64.TryDecodeUrl(segment, segments[i], out _, out var inner))
                return Fail(start, start + inner.Offset, inner.Expected, out error);
            start += segment.Length + 1;
        }

        if (!Json.TryParseObject(segments[0], out var header, out var fault))
            return Fail(0, AtCharacter(fault.Offset, text.IndexOf('.')), fault.Expected, out error);
        value = new(text.ToString(), text.LastIndexOf('.') + 1, header, segments);
        error = default;
        return true;
    }

    /// <summary>Which character of the base64url text holds a decoded byte.</summary>
    internal static int AtCharacter(int octet, int length) => Math.Min(octet / 3 * 4 + octet % 3, length);

    /// <summary>Where the payload begins in the text.</summary>
    internal int PayloadStart => _text.IndexOf('.', StringComparison.Ordinal) + 1;

    /// <summary>Where the payload ends in the text.</summary>
    internal int PayloadEnd => _signatureStart - 1;

    /// <summary>The algorithm alone: a token is a secret.</summary>
    public override string ToString() => $"{(IsEncrypted ? "encrypted" : "signed")}, alg {HeaderText("alg") ?? "missing"}";
}
