using System.Buffers;
using Gatehouse.Causes;

namespace Gatehouse.Policy;

/// <summary>One atom of a policy: of the request (true or false at once) or of the identity (unknown while nobody is known). The cases are the words of a rule.</summary>
internal abstract class Condition
{
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n,()\"'");

    private protected Condition(string word, params IEnumerable<string> values)
    {
        Word = word;
        Values = [.. values];
        Text = Values.Length == 0 ? word : $"{word} {string.Join(' ', Values.Select(Quoted))}";
        Key = Values.Length == 0 ? word : $"{word} {string.Join(' ', Values.Order(StringComparer.Ordinal).Select(Quoted))}";
    }

    /// <summary>The word: <c>role</c>.</summary>
    public string Word { get; }

    /// <summary>What follows the word; any of them is enough.</summary>
    public string[] Values { get; }

    /// <summary>As a rule would write it.</summary>
    public string Text { get; }

    /// <summary>Equal for conditions that mean the same.</summary>
    public virtual string Key { get; }

    /// <summary>Whether it speaks of who asks.</summary>
    public virtual bool OfIdentity => false;

    /// <summary>Whether it speaks of how strongly or how lately that is known, which another sign-in cures (RFC 9470).</summary>
    public virtual bool OfStrength => false;

    /// <summary>What a scheme must be able to give so that it can be true; any one flag is enough. None: a name.</summary>
    public virtual SchemeAbilities Possible => SchemeAbilities.None;

    /// <summary>The cause of a refusal where this is what lacks.</summary>
    public abstract Cause Lack { get; }

    /// <summary>The cause of a refusal where this holds and the refuse list names it.</summary>
    public virtual Cause Blocked => Files.ResourceDenied;

    /// <summary>Whether it is true. Not asked of a condition of the identity while nobody is known.</summary>
    public abstract bool Holds(Facts facts, Identity? who);

    /// <summary>Whether it can't be told, for it asks for an address that is hidden: then it does not hold, and neither does its negation.</summary>
    public virtual bool IsUnknown(Facts facts) => false;

    /// <summary>One phrase on what was compared.</summary>
    public abstract string Why(Facts facts, Identity? who);

    /// <summary>What would make it true; starts with a verb.</summary>
    public abstract string Change(Facts facts, Identity? who);

    /// <summary>Whether the other is true wherever this is.</summary>
    public virtual bool Implies(Condition other) => Key == other.Key;

    /// <summary>A value as a rule would write it: in quotes where it is not one plain word.</summary>
    internal static string Quoted(string value) =>
        value.Length > 0 && !value.AsSpan().ContainsAny(Separators) && value is not ("and" or "or" or "not") ? value : $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    /// <summary>For sentences: <c>`a`, `b` or `c`</c>.</summary>
    private protected string AnyOfValues => Values.Length switch
    {
        0 => "",
        1 => $"`{Values[0]}`",
        _ => $"{string.Join(", ", Values.SkipLast(1).Select(value => $"`{value}`"))} or `{Values[^1]}`",
    };

    private protected bool IsSubsetOf(Condition other) =>
        other.Word == Word && Values.All(value => other.Values.Contains(value, StringComparer.Ordinal));
}
