using Gatehouse.Doctor.Inputs.Curl;
using Gatehouse.Doctor.Inputs.PowerShell;

namespace Gatehouse.Doctor.Inputs;

/// <summary>A command line as browsers and API tools copy it: <c>why -- curl ...</c> as separate arguments, or one string of a POSIX shell, of Windows' cmd or of PowerShell.</summary>
public static class CopiedCommand
{
    /// <summary>Reads what stands behind <c>--</c>: one argument is a whole command line, several are the words that a shell split.</summary>
    public static CommandReading Read(IReadOnlyList<string> arguments, InputSources sources)
    {
        if (arguments.Count == 1 && arguments[0].AsSpan().Trim().IndexOfAny(" \t\r\n") >= 0) return Read(arguments[0], sources);
        var leftOut = new List<LeftOut>();
        void Say(int position, string what)
        {
            if (leftOut.Count < ShellReading.MaxLeftOut) leftOut.Add(new(position, InputPlace.Argument, what));
        }

        var words = arguments.Take(ShellReading.MaxWords).Select((argument, index) => new Word(Octets.Of(argument), index + 1)).ToList();
        if (CurlCommand.Begin(words) is not { } begin) return new([], [new(1, InputPlace.Argument, "only `curl` is understood behind `--`, or a whole command line in quotes")]);
        return new(CurlCommand.Read(words[begin..], null, sources, Say), leftOut);
    }

    /// <summary>Reads one string.</summary>
    public static CommandReading Read(string text, InputSources sources)
    {
        var dialect = ShellDialects.Of(text);
        if (dialect == ShellDialect.PowerShell) return WebRequestCommand.Read(text, sources);
        var shell = dialect == ShellDialect.Cmd ? WindowsShell.Read(text) : PosixShell.Read(text);
        var leftOut = new List<LeftOut>(shell.LeftOut);
        void Say(int position, string what)
        {
            if (leftOut.Count < 2 * ShellReading.MaxLeftOut) leftOut.Add(new(position, InputPlace.Character, what));
        }

        var transfers = new List<Transfer>();
        foreach (var command in shell.Commands)
        {
            if (CurlCommand.Begin(command.Words) is { } begin) transfers.AddRange(CurlCommand.Read([.. command.Words.Skip(begin)], command.Input, sources, Say));
            else Say(command.Words[0].Start, "a command that is not `curl` is left out");
        }

        return new(transfers, leftOut);
    }
}
