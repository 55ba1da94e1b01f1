using System.Text;

namespace Gatehouse.Doctor.Inputs;

/// <summary>Text as octets, one character each (ISO-8859-1), which is how words of a command line reach the wire and how <see cref="Http.Field"/> holds values.</summary>
internal static class Octets
{
    /// <summary>The UTF-8 octets of a text.</summary>
    public static string Of(string text) => System.Text.Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The text of octets, for file names and for showing.</summary>
    public static string Text(string octets) => System.Text.Ascii.IsValid(octets) ? octets : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(octets));

    /// <summary>The octets as bytes.</summary>
    public static byte[] Bytes(string octets) => Encoding.Latin1.GetBytes(octets);

    /// <summary>Bytes as octets.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
