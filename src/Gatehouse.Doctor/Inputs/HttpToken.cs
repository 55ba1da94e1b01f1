using System.Buffers;

namespace Gatehouse.Doctor.Inputs;

/// <summary>token = 1*tchar (RFC 9110 section 5.6.2): methods and names of fields.</summary>
internal static class HttpToken
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether a text is one.</summary>
    public static bool Is(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(Characters);
}
