using System.Text;

namespace Gatehouse.Doctor.Fixes;

/// <summary>Text files as they are: every byte comes back. UTF-8 where the bytes are, otherwise each byte is one character.</summary>
public static class TextBytes
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text and the encoding with which to write it back. A byte-order mark stays as the first character.</summary>
    public static string Read(ReadOnlySpan<byte> bytes, out Encoding encoding)
    {
        encoding = System.Text.Unicode.Utf8.IsValid(bytes) ? Strict : Encoding.Latin1;
        return encoding.GetString(bytes);
    }

    /// <summary>The bytes of a text in the encoding of the file that it changes; UTF-8 where that can't hold it.</summary>
    public static byte[] Write(string text, Encoding encoding)
    {
        if (encoding.Equals(Encoding.Latin1) && text.Any(c => c > 0xFF)) encoding = Strict;
        return encoding.GetBytes(text);
    }
}
