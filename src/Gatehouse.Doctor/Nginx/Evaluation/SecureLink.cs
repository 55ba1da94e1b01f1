using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>$secure_link (ngx_http_secure_link_module.c): empty where the signature differs, 0 where it is right and past its time, 1 where it is right.</summary>
internal static class SecureLink
{
    private const int MaxHash = 24;

    /// <summary>The variable, and $secure_link_expires.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "the module signs with MD5; this only recomputes what it does")]
    public static Text Of(Flow flow, out Text expires)
    {
        expires = Text.None;
        if (flow.Scope.One("secure_link_secret") is { } secret) return Old(flow, secret[0]);
        if (flow.Scope.One("secure_link") is not { } link || flow.Scope.One("secure_link_md5") is not { } signed) return Text.None;
        var value = Script.Run(flow, link[0]);
        if (!value.IsKnown) return value;
        var text = value.Plain;
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        long? until = null;
        if (comma >= 0)
        {
            expires = new(text[(comma + 1)..]);
            if (!long.TryParse(expires.Plain, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds <= 0)
            {
                expires = Text.None;
                return Text.None;
            }

            until = seconds;
            text = text[..comma];
        }

        if (text.Length > MaxHash || Base64.Decode(text, urlSafe: true) is not { Length: 16 } hash) return Text.None;
        // The signed text may use $secure_link_expires, which is known by now.
        flow.Ground.Kept["secure_link_expires"] = expires;
        var whole = Script.Run(flow, signed[0]);
        flow.Ground.Kept.Remove("secure_link_expires");
        if (!whole.IsKnown) return whole;
        if (!CryptographicOperations.FixedTimeEquals(MD5.HashData(Encoding.Latin1.GetBytes(whole.Plain)), hash)) return Text.None;
        if (until is null) return new("1");
        if (flow.Ground.Request.Time is not { } now) return Text.Not("the time of the request");
        return new(until < now.ToUnixTimeSeconds() ? "0" : "1");
    }

    /// <summary>secure_link_secret: <c>/prefix/hash/link</c>, where the hash is of link and secret.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "the module signs with MD5; this only recomputes what it does")]
    private static Text Old(Flow flow, string secret)
    {
        var uri = flow.Uri;
        var slash = uri.IndexOf('/', 1);
        if (slash < 0) return Text.None;
        var next = uri.IndexOf('/', slash + 1);
        if (next < 0 || next - slash - 1 != 32) return Text.None;
        var link = uri[(next + 1)..];
        if (link.Length == 0) return Text.None;
        var expected = Convert.ToHexStringLower(MD5.HashData(Encoding.Latin1.GetBytes(link + secret)));
        return uri[(slash + 1)..next].Equals(expected, StringComparison.OrdinalIgnoreCase) ? new(link) : Text.None;
    }
}
