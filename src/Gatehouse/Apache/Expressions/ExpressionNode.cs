using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Expressions;

/// <summary>A condition of an expression.</summary>
internal abstract record Condition
{
    private Condition()
    {
    }

    internal sealed record Constant(bool Value) : Condition;

    internal sealed record Not(Condition Inner) : Condition;

    internal sealed record Or(Condition Left, Condition Right) : Condition;

    internal sealed record And(Condition Left, Condition Right) : Condition;

    internal sealed record Compare(Comparison By, Word Left, Word Right) : Condition;

    internal sealed record In(Word Needle, IReadOnlyList<Word> Words) : Condition;

    /// <summary><c>-in</c> with a function of another module, which can't be evaluated here.</summary>
    internal sealed record InFunction(string Name) : Condition;

    internal sealed record Matches(Word Subject, HttpdPattern Pattern, bool Negated) : Condition;

    internal sealed record Unary(char Test, Word Argument, Subnet? Network) : Condition;

    internal sealed record Binary(string Test, Word Left, Word Right, Subnet? Network) : Condition;
}

/// <summary>A text of an expression.</summary>
internal abstract record Word
{
    private Word()
    {
    }

    internal sealed record Literal(string Value, bool IsNumber) : Word;

    internal sealed record Variable(string Name) : Word;

    internal sealed record Call(string Function, Word Argument) : Word;

    internal sealed record Concat(Word Left, Word Right) : Word;

    internal sealed record Backreference(int Number) : Word;
}

/// <summary>Comparisons; the first six by number, the others octet by octet.</summary>
internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    TextEqual,
    TextNotEqual,
    TextLess,
    TextLessOrEqual,
    TextGreater,
    TextGreaterOrEqual,
}
