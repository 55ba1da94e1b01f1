using System.Text.Json;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>A JSON Web Token (RFC 7519) taken apart: header and claims. Its signature is not verified here.</summary>
public sealed class JsonWebToken
{
    private JsonWebToken(CompactJose jose, JsonElement? claims)
    {
        Jose = jose;
        Claims = claims;
    }

    /// <summary>Segments, header, signing input and signature.</summary>
    public CompactJose Jose { get; }

    /// <summary>The claims, a JSON object without duplicate names; null where the token is encrypted.</summary>
    public JsonElement? Claims { get; }

    /// <summary>Reads one token.</summary>
    /// <returns>False, with the position, where it is no compact JOSE text, or its payload is no JSON object. An encrypted token passes with its header alone.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out JsonWebToken? value, out SyntaxError error)
    {
        value = null;
        if (!CompactJose.TryParse(text, out var jose, out error)) return false;
        if (jose!.IsEncrypted)
        {
            value = new(jose, null);
            return true;
        }

        if (!Json.TryParseObject(jose.Payload.Span, out var claims, out var fault))
        {
            var length = jose.PayloadEnd - jose.PayloadStart;
            return Fail(jose.PayloadStart, jose.PayloadStart + CompactJose.AtCharacter(fault.Offset, length), fault.Expected, out error);
        }

        value = new(jose, claims);
        return true;
    }

    /// <summary>The claim where it is a string, or null.</summary>
    public string? Text(string claim) => Claims is { } claims ? Json.Text(claims, claim) : null;

    /// <summary>A claim that is one string or an array of strings, as <c>aud</c> is (RFC 7519 section 4.1.3); empty where missing.</summary>
    /// <returns>False where the claim is there and is neither.</returns>
    public bool TryGetTexts(string claim, out IReadOnlyList<string> value)
    {
        value = [];
        if (Claims is not { } claims || !claims.TryGetProperty(claim, out var member)) return true;
        if (member.ValueKind == JsonValueKind.String)
        {
            value = [member.GetString()!];
            return true;
        }

        if (member.ValueKind != JsonValueKind.Array) return false;
        var texts = new List<string>();
        foreach (var element in member.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String) return false;
            texts.Add(element.GetString()!);
        }

        value = texts;
        return true;
    }

    /// <summary>A NumericDate (RFC 7519 section 2): seconds since 1970, fractions allowed; null where missing.</summary>
    /// <returns>False where the claim is there and is no number, or lies outside the years 1 to 9999 (<c>1e300</c>).</returns>
    public bool TryGetTime(string claim, out DateTimeOffset? value)
    {
        value = null;
        if (Claims is not { } claims || !claims.TryGetProperty(claim, out var member)) return true;
        if (member.ValueKind != JsonValueKind.Number || !member.TryGetDouble(out var seconds)) return false;
        if (!(seconds >= -62_135_596_800d && seconds < 253_402_300_800d)) return false;
        value = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>Nothing of the claims: a token is a secret.</summary>
    public override string ToString() => Jose.ToString();
}
