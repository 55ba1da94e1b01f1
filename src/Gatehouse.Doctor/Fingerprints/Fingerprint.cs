using Gatehouse.Causes;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>On which layer an answer's author stands.</summary>
internal enum Layer
{
    /// <summary>Content network in front of everything.</summary>
    ContentNetwork,

    /// <summary>Firewall or bot check.</summary>
    Firewall,

    /// <summary>Gateway, proxy or balancer.</summary>
    Gateway,

    /// <summary>Web server that serves files or hands on.</summary>
    Server,

    /// <summary>Framework of an application.</summary>
    Framework,

    /// <summary>A provider's interface.</summary>
    Platform,
}

/// <summary>Where a mark stands: always one named place, since a word anywhere proves nothing.</summary>
internal enum Place
{
    /// <summary>A response header of that name.</summary>
    Header,

    /// <summary>A cookie that the answer sets, by the beginning of its name.</summary>
    Cookie,

    /// <summary>The body's raw text.</summary>
    Body,

    /// <summary>The title of an HTML page.</summary>
    Title,

    /// <summary>A JSON member or XML element of that name.</summary>
    Member,

    /// <summary>The challenge of that scheme, its parameters as one text.</summary>
    Challenge,

    /// <summary>The reason phrase of the status line.</summary>
    Reason,
}

/// <summary>One thing that must be there.</summary>
/// <param name="Place">Where.</param>
/// <param name="Name">The header, cookie prefix, member or scheme; empty for places without a name.</param>
/// <param name="Text">What it holds, without regard to case; empty: it is enough that it is there; a leading <c>=</c> wants all of it.</param>
internal sealed record Mark(Place Place, string Name, string Text)
{
    /// <summary>How far into a body marks are looked for, in characters: some hundred rows each search it, and a refusal says early what it is.</summary>
    internal const int MaximumSearched = 65_536;

    /// <summary>The passage that was found, for the evidence; null: the mark is not there.</summary>
    internal string? FoundIn(ReceivedAnswer answer)
    {
        switch (Place)
        {
            case Place.Header:
                return answer.Values(Name).FirstOrDefault(Holds);
            case Place.Cookie:
                var set = answer.Values("Set-Cookie").FirstOrDefault(value => value.StartsWith(Name, StringComparison.OrdinalIgnoreCase));
                return set is null ? null : set[..Math.Max(Name.Length, set.IndexOf('=', StringComparison.Ordinal) is >= 0 and var end ? end : Name.Length)] + "=…";
            case Place.Body:
                var text = answer.Text.AsSpan(0, Math.Min(answer.Text.Length, MaximumSearched));
                if (Text[0] == '=') return text.Trim().Equals(Text.AsSpan(1), StringComparison.OrdinalIgnoreCase) ? Text[1..] : null;
                var at = text.IndexOf(Text, StringComparison.OrdinalIgnoreCase);
                return at < 0 ? null : text.Slice(at, Text.Length).ToString();
            case Place.Title:
                return answer.Content.Title.Length > 0 && Holds(answer.Content.Title) ? answer.Content.Title : null;
            case Place.Member:
                foreach (var member in answer.Content.Texts)
                {
                    if ((member.LastName.Equals(Name, StringComparison.OrdinalIgnoreCase) || member.Name.Equals(Name, StringComparison.OrdinalIgnoreCase)) && Holds(member.Text)) return member.Text;
                }

                return null;
            case Place.Challenge:
                return answer.Values("WWW-Authenticate").FirstOrDefault(value => value.Contains(Name, StringComparison.OrdinalIgnoreCase) && Holds(value));
            case Place.Reason:
                return answer.Reason.Length > 0 && Holds(answer.Reason) ? answer.Reason : null;
            default:
                return null;
        }
    }

    private bool Holds(string value) =>
        Text.Length == 0 || (Text[0] == '=' ? value.Trim().Equals(Text[1..], StringComparison.OrdinalIgnoreCase) : value.Contains(Text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>One row: who wrote an answer, by named marks and a refusing status, and where it is known, why it refused.</summary>
/// <param name="Author">The product.</param>
/// <param name="Layer">Where it stands.</param>
/// <param name="Statuses">With these alone; empty: with every refusing status.</param>
/// <param name="Marks">All of them must be there.</param>
/// <param name="Source">Documentation, source file or recorded answer that it is from.</param>
internal sealed record Fingerprint(string Author, Layer Layer, int[] Statuses, Mark[] Marks, string Source)
{
    /// <summary>The cause that it proves; null: it tells the author alone.</summary>
    internal Cause? Cause { get; init; }

    /// <summary>0.9 and above only where no other cause gives these marks.</summary>
    internal double Confidence { get; init; }

    /// <summary>What this means, one sentence without final stop; null: the catalogue's own words.</summary>
    internal string? Says { get; init; }

    /// <summary>What must have been sent.</summary>
    internal Sent When { get; init; } = Sent.Any;

    /// <summary>Whether the answer carries it, whatever was sent.</summary>
    internal bool IsOn(ReceivedAnswer answer) =>
        (Statuses.Length == 0 ? IsRefusing(answer.Status) : Array.IndexOf(Statuses, answer.Status) >= 0) && Array.TrueForAll(Marks, mark => mark.FoundIn(answer) is not null);

    /// <summary>Statuses with which servers refuse.</summary>
    internal static bool IsRefusing(int status) => status is 401 or 403 or 407 or 400 or 404 or 405 or 406 or 409 or 418 or 419 or 421 or 422 or 426 or 428 or 429 or 440 or 451 or (>= 494 and <= 499) or 500 or 503 or 530 or 999;
}
