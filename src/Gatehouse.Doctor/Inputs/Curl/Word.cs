namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>One word of a command line, as the program would get it.</summary>
/// <param name="Text">Octets, one character each.</param>
/// <param name="Start">Where it begins: an offset in the text, or the number of the argument.</param>
/// <param name="Incomplete">Whether something in it has a value that only the shell knows (a variable, a command): the word can't be used.</param>
internal readonly record struct Word(string Text, int Start, bool Incomplete = false);

/// <summary>One simple command.</summary>
/// <param name="Words">At least one.</param>
/// <param name="Input">What a here-document or here-string gives it on standard input, octets; null: nothing that can be known.</param>
internal sealed record SimpleCommand(IReadOnlyList<Word> Words, string? Input = null);

/// <summary>What a shell would make of a text.</summary>
/// <param name="Commands">In order.</param>
/// <param name="LeftOut">What can't be known without a shell.</param>
internal sealed record ShellReading(IReadOnlyList<SimpleCommand> Commands, IReadOnlyList<LeftOut> LeftOut)
{
    /// <summary>Longest command line read, in characters: Linux takes no argument of more than 128 KB, pasted ones may hold an uploaded body.</summary>
    public const int MaxLength = 4 << 20;

    /// <summary>Most words read: each costs an allocation.</summary>
    public const int MaxWords = 20_000;

    /// <summary>Most things said to be left out; more of them tell nobody more.</summary>
    public const int MaxLeftOut = 50;
}
