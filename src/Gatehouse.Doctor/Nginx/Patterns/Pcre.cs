using Gatehouse.Patterns;

namespace Gatehouse.Doctor.Nginx.Patterns;

/// <summary>A pattern as nginx has PCRE compile it: a dot stops at line ends, a dollar sign matches before the last one too. What can't be evaluated is not made, and whoever asks is told so.</summary>
internal sealed class Pcre
{
    private readonly OctetPattern pattern;

    private Pcre(string text, OctetPattern pattern)
    {
        Text = text;
        this.pattern = pattern;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Named groups with their numbers.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Names => pattern.Names;

    /// <summary>Number of groups.</summary>
    public int Groups => pattern.Groups;

    /// <summary>Compiles; null: nginx refuses it, or it uses something that is not evaluated here, named in <paramref name="problem"/>.</summary>
    /// <param name="text">Bytes as characters.</param>
    /// <param name="ignoreCase">Whether letters of ASCII match in both cases.</param>
    /// <param name="problem">What is in the way; null: nothing.</param>
    public static Pcre? Of(string text, bool ignoreCase, out string? problem)
    {
        if (!OctetPattern.TryCompile(text, ignoreCase ? PatternOptions.IgnoreCase : PatternOptions.None, out var pattern, out var error))
        {
            problem = error.ToString();
            return null;
        }

        problem = pattern!.Untranslatable;
        return problem is null ? new(text, pattern) : null;
    }

    /// <summary>Whether it matches somewhere; null: it took too long to tell.</summary>
    /// <param name="subject">Bytes as characters.</param>
    /// <param name="captures">Group by group from 0; null where a group took no part.</param>
    public bool? Matches(string subject, out string?[] captures) => pattern.Match(subject, out captures);
}
