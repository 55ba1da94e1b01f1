using System.Globalization;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>What a failed TLS connection says, read from the numbers of OpenSSL's errors, never from their words.</summary>
internal static class TlsAlerts
{
    // Library 20 is libssl; its reasons from 1000 on are the peer's alerts, number by number (openssl/sslerr.h, SSL_AD_REASON_OFFSET).
    private const int LibraryOfTls = 20;
    private const int AlertOffset = 1000;
    private const int WrongVersionNumber = 267;
    private const int HttpRequest = 156;
    private const int PacketLengthTooLong = 198;

    /// <summary>The alert that the peer sent (RFC 8446 section 6); null: none.</summary>
    public static int? Received(Exception? fault) => Reason(fault) is >= AlertOffset and < AlertOffset + 256 and var reason ? reason - AlertOffset : null;

    /// <summary>Whether what answered does not speak TLS at all.</summary>
    public static bool IsNoTls(Exception? fault) => Reason(fault) is WrongVersionNumber or HttpRequest or PacketLengthTooLong;

    /// <summary>Whether an alert speaks of our certificate (RFC 8446 section 6.2): 42 to 46, 48 and 116 speak of nothing else when a server sends them.</summary>
    public static bool IsAboutClientCertificate(int alert, bool requested) => alert is (>= 42 and <= 46) or 48 or 116 || (requested && alert is 40 or 47 or 49 or 51);

    /// <summary>The alert in words.</summary>
    public static string Name(int alert) => alert switch
    {
        40 => "handshake failure",
        42 => "bad certificate",
        43 => "unsupported certificate",
        44 => "certificate revoked",
        45 => "certificate expired",
        46 => "certificate unknown",
        47 => "illegal parameter",
        48 => "unknown authority",
        49 => "access denied",
        51 => "decrypt error",
        70 => "protocol version not supported",
        71 => "insufficient security",
        80 => "internal error",
        86 => "inappropriate fallback",
        112 => "unrecognised name",
        116 => "certificate required",
        120 => "no application protocol",
        _ => "alert",
    } + $" (alert {alert})";

    private static int? Reason(Exception? fault)
    {
        for (var at = fault; at is not null; at = at.InnerException)
        {
            if (Of(unchecked((uint)at.HResult)) is { } reason) return reason;
            if (at.Message.IndexOf("error:", StringComparison.Ordinal) is >= 0 and var start && at.Message.Length >= start + 14
                && uint.TryParse(at.Message.AsSpan(start + 6, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Of(code) is { } written) return written;
        }

        return null;

        static int? Of(uint code) => code >> 23 == LibraryOfTls ? (int)(code & 0x7FFFFF) : null;
    }
}
