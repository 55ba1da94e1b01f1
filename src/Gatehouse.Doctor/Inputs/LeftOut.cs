namespace Gatehouse.Doctor.Inputs;

/// <summary>Something in an input that was not understood, or that can't be done here, and was left out: said, never guessed.</summary>
/// <param name="Position">Where: the offset in characters of a text, the number (from 1) of a separate argument or of a line; what it counts is said by <paramref name="Place"/>.</param>
/// <param name="Place">The unit of the position.</param>
/// <param name="What">One sentence, lower case, no final stop, without secrets: <c>the variable `TOKEN` has no value here: its option is left out</c>.</param>
public sealed record LeftOut(int Position, InputPlace Place, string What)
{
    /// <summary>For instance: <c>character 17: ...</c>.</summary>
    public override string ToString() => Place switch
    {
        InputPlace.Character => $"character {Position + 1}: {What}",
        InputPlace.Argument => $"argument {Position}: {What}",
        InputPlace.Line => $"line {Position}: {What}",
        InputPlace.Entry => $"entry {Position}: {What}",
    };
}

/// <summary>What a position counts.</summary>
public enum InputPlace
{
    /// <summary>Characters of a text, from 0.</summary>
    Character,

    /// <summary>Separate arguments of the command line, from 1.</summary>
    Argument,

    /// <summary>Lines, from 1.</summary>
    Line,

    /// <summary>Entries of a HAR file, from 1.</summary>
    Entry,
}
