using System.Text;

namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>
/// Splits a command line of a POSIX shell into words, with bash's <c>$'...'</c> (POSIX.1-2024 XCU section 2.2). Nothing is run or expanded: variables,
/// command substitutions, pipes and redirections are said and left out.
/// </summary>
internal sealed class PosixShell
{
    private readonly string text;
    private readonly List<SimpleCommand> commands = [];
    private readonly List<LeftOut> leftOut = [];
    private readonly List<(string End, bool Tabs, int Command)> waiting = [];
    private List<Word> words = [];
    private string? input;
    private int at;
    private int count;

    private PosixShell(string text) => this.text = text;

    /// <summary>Reads all commands of a text.</summary>
    public static ShellReading Read(string text)
    {
        if (text.Length > ShellReading.MaxLength) return new([], [new(ShellReading.MaxLength, InputPlace.Character, $"a command line of more than {ShellReading.MaxLength >> 20} MB is not read")]);
        var shell = new PosixShell(text);
        shell.ReadAll();
        return new(shell.commands, shell.leftOut);
    }

    private void ReadAll()
    {
        while (at < text.Length && count < ShellReading.MaxWords)
        {
            var c = text[at];
            if (c is ' ' or '\t')
            {
                at++;
            }
            else if (IsContinuation(at, out var length))
            {
                at += length;
            }
            else if (c is '\n' or '\r')
            {
                at++;
                EndCommand();
                if (c == '\n') ReadHereDocuments();
            }
            else if (c == '#')
            {
                while (at < text.Length && text[at] != '\n') at++;
            }
            else if (IsRedirection())
            {
                ReadRedirection();
            }
            else if (c is ';' or '&' or '|' or '(' or ')')
            {
                ReadOperator();
            }
            else
            {
                var word = ReadWord();
                words.Add(word);
                count++;
            }
        }

        if (count == ShellReading.MaxWords) Say(at, $"more than {ShellReading.MaxWords} words: the rest is not read");
        EndCommand();
    }

    private void EndCommand()
    {
        if (words.Count > 0) commands.Add(new(words, input));
        words = [];
        input = null;
    }

    private void ReadOperator()
    {
        var start = at;
        var c = text[at++];
        if (at < text.Length && text[at] == c) at++;
        var lone = at - start == 1;
        EndCommand();
        if (c == '|' && lone)
        {
            if (at < text.Length && text[at] == '&') at++;
            Say(start, "what stands behind the pipe works on the answer: it is left out");
            // The rest of the pipeline never gets to be a command of its own.
            while (at < text.Length && text[at] is not ('\n' or ';'))
            {
                if (text[at] is '\'' or '"' or '$' or '`' or '\\' || !IsBlankOrOperator(text[at])) ReadWord();
                else at++;
            }
        }
        else if (c == '&' && lone && at < text.Length && !IsBlankOrOperator(text[at]))
        {
            Say(start, "an `&` outside quotes ends the command for the shell: put the address in quotes");
        }
        else if (c is '(' or ')')
        {
            Say(start, "parentheses of the shell are left out");
        }
    }

    private static bool IsBlankOrOperator(char c) => c is ' ' or '\t' or '\n' or '\r' or ';' or '&' or '|' or '<' or '>' or '(' or ')';

    private bool IsContinuation(int from, out int length)
    {
        length = from + 1 < text.Length && text[from] == '\\' && text[from + 1] == '\n' ? 2
            : from + 2 < text.Length && text[from] == '\\' && text[from + 1] == '\r' && text[from + 2] == '\n' ? 3 : 0;
        return length > 0;
    }

    // [n]< [n]> &> >> << <<- <<< >& <&
    private bool IsRedirection()
    {
        var i = at;
        while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
        return i < text.Length && (text[i] is '<' or '>' || (i == at && text[i] == '&' && i + 1 < text.Length && text[i + 1] == '>'));
    }

    private void ReadRedirection()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '&')) at++;
        var sign = at;
        while (at < text.Length && text[at] is '<' or '>') at++;
        var kind = text[sign..at];
        if (kind == "<" && at < text.Length && text[at] == '(')
        {
            SkipParentheses();
            words.Add(new("", start, Incomplete: true));
            Say(start, "a process substitution is not run: its argument is left out");
            return;
        }

        if (kind == "<<" && at < text.Length && text[at] == '-') at++;
        if (at < text.Length && text[at] is '&' or '|') at++;
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        var target = at < text.Length && !IsBlankOrOperator(text[at]) ? ReadWord() : default;
        switch (kind)
        {
            case "<<" when target.Text is { Length: > 0 }:
                if (waiting.Count < 8) waiting.Add((target.Text, text[at - 1] == '-', commands.Count));
                input = "";
                break;
            case "<<<" when target is { Text: not null, Incomplete: false }:
                input = target.Text + "\n";
                break;
            case "<":
                Say(start, "standard input comes from a file by redirection: it is left out; `@FILE` of the option is read");
                break;
            default:
                // What becomes of the output does not matter here.
                break;
        }
    }

    private void ReadHereDocuments()
    {
        foreach (var (end, tabs, command) in waiting)
        {
            var content = new StringBuilder();
            while (at < text.Length)
            {
                var stop = text.IndexOf('\n', at) is >= 0 and var found ? found : text.Length;
                var line = text[at..stop].TrimEnd('\r');
                if (tabs) line = line.TrimStart('\t');
                at = Math.Min(stop + 1, text.Length);
                if (line == end) break;
                content.Append(line).Append('\n');
            }

            if (command < commands.Count) commands[command] = commands[command] with { Input = Octets.Of(content.ToString()) };
        }

        waiting.Clear();
    }

    private Word ReadWord()
    {
        var start = at;
        var word = new StringBuilder();
        var incomplete = false;
        while (at < text.Length && !IsBlankOrOperator(text[at]))
        {
            var c = text[at];
            if (IsContinuation(at, out var length)) at += length;
            else if (c == '\'') ReadSingle(word);
            else if (c == '"') ReadDouble(word, ref incomplete);
            else if (c == '\\')
            {
                at++;
                if (at < text.Length) AppendRune(word);
            }
            else if (c == '$' && at + 1 < text.Length && text[at + 1] == '\'') AnsiQuotes.Read(text, ref at, word, Say);
            else if (c == '$' && at + 1 < text.Length && text[at + 1] == '"')
            {
                at++;
                ReadDouble(word, ref incomplete);
            }
            else if (c is '$' or '`') ReadExpansion(word, ref incomplete);
            else AppendRune(word);
        }

        return new(word.ToString(), start, incomplete);
    }

    private void ReadSingle(StringBuilder word)
    {
        var start = at++;
        var end = text.IndexOf('\'', at);
        if (end < 0)
        {
            Say(start, "this quote is never closed");
            end = text.Length;
        }

        word.Append(Octets.Of(text[at..end]));
        at = Math.Min(end + 1, text.Length);
    }

    private void ReadDouble(StringBuilder word, ref bool incomplete)
    {
        var start = at++;
        while (at < text.Length && text[at] != '"')
        {
            if (IsContinuation(at, out var length)) at += length;
            else if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '$' or '`' or '"' or '\\')
            {
                word.Append(text[at + 1]);
                at += 2;
            }
            else if (text[at] is '$' or '`') ReadExpansion(word, ref incomplete);
            else AppendRune(word);
        }

        if (at == text.Length) Say(start, "this quote is never closed");
        else at++;
    }

    private void ReadExpansion(StringBuilder word, ref bool incomplete)
    {
        var start = at;
        var next = at + 1 < text.Length ? text[at + 1] : '\0';
        if (text[at] == '`')
        {
            var end = text.IndexOf('`', at + 1);
            at = end < 0 ? text.Length : end + 1;
            Say(start, "a command substitution is not run: its option is left out");
        }
        else if (next == '(')
        {
            at++;
            SkipParentheses();
            Say(start, "a command substitution is not run: its option is left out");
        }
        else if (next == '{')
        {
            var end = text.IndexOf('}', at);
            var name = text[(at + 2)..(end < 0 ? text.Length : end)];
            at = end < 0 ? text.Length : end + 1;
            Say(start, $"the variable `{Shown(name)}` has no value here: its option is left out");
        }
        else if (char.IsAsciiLetterOrDigit(next) || next is '_' or '@' or '*' or '?' or '!' or '#' or '$')
        {
            at++;
            var name = at;
            at++;
            if (char.IsAsciiLetter(next) || next == '_')
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_')) at++;
            Say(start, $"the variable `{Shown(text[name..at])}` has no value here: its option is left out");
        }
        else
        {
            word.Append('$');
            at++;
            return;
        }

        incomplete = true;
    }

    private static string Shown(string name) => name.Length > 40 ? name[..40] + "…" : name;

    private void SkipParentheses()
    {
        for (var depth = 0; at < text.Length; at++)
        {
            if (text[at] == '(') depth++;
            else if (text[at] == ')' && --depth == 0)
            {
                at++;
                return;
            }
        }
    }

    private void AppendRune(StringBuilder word)
    {
        if (text[at] < 0x80)
        {
            word.Append(text[at++]);
            return;
        }

        var length = char.IsSurrogatePair(text, Math.Min(at, text.Length - 1)) ? 2 : 1;
        word.Append(Octets.Of(text.Substring(at, length)));
        at += length;
    }

    private void Say(int position, string what)
    {
        if (leftOut.Count < ShellReading.MaxLeftOut) leftOut.Add(new(position, InputPlace.Character, what));
    }
}
