using System.Text;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Authentication;

/// <summary>Writes the value of WWW-Authenticate (RFC 9110 section 11.6.1). Nothing that a request brought gets into one: only configured text and fixed phrases.</summary>
internal sealed class ChallengeText(string scheme, string realm)
{
    private readonly StringBuilder _text = new StringBuilder(scheme).Append(' ').Append("realm=").Append(Quoted(realm));

    /// <summary>Adds a parameter as a quoted-string.</summary>
    public ChallengeText With(string name, string value)
    {
        _text.Append(", ").Append(name).Append('=').Append(Quoted(value));
        return this;
    }

    /// <summary>Adds what RFC 9470 section 3 says of a sign-in that is too old or too weak.</summary>
    public ChallengeText WithStepUp(Decision decision)
    {
        With("error", "insufficient_user_authentication");
        // max_age is a number of seconds, in a quoted-string as the RFC's examples have it.
        if (decision.MaxAge is { } age) With("max_age", ((long)age.TotalSeconds).ToString());
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>quoted-string (RFC 9110 section 5.6.4); characters that cannot stand in a field are left out.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var letter in text)
        {
            if (letter is < ' ' or > '~') continue;
            if (letter is '"' or '\\') quoted.Append('\\');
            quoted.Append(letter);
        }

        return quoted.Append('"').ToString();
    }
}
