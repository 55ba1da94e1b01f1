using System.Text;

namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>
/// Splits a command line of Windows' cmd into words in the two steps that Windows takes: cmd itself (carets, quotes, operators, `%NAME%`), then the C runtime of
/// the program (backslashes and doubled quotes). Chrome writes <c>^"..^\^"..^"</c>, Firefox <c>".."".."</c>.
/// </summary>
internal sealed class WindowsShell
{
    private readonly string text;
    private readonly List<SimpleCommand> commands = [];
    private readonly List<LeftOut> leftOut = [];
    private readonly List<(char C, int At, bool Unknown)> line = [];
    private int at;
    private bool quoted;
    private int count;

    private WindowsShell(string text) => this.text = text;

    /// <summary>Reads all commands of a text.</summary>
    public static ShellReading Read(string text)
    {
        if (text.Length > ShellReading.MaxLength) return new([], [new(ShellReading.MaxLength, InputPlace.Character, $"a command line of more than {ShellReading.MaxLength >> 20} MB is not read")]);
        var shell = new WindowsShell(text);
        shell.ReadAll();
        return new(shell.commands, shell.leftOut);
    }

    private void ReadAll()
    {
        while (at < text.Length && count < ShellReading.MaxWords)
        {
            var c = text[at];
            if (c == '%' && Variable() is { } length)
            {
                Say(at, $"the variable `{text.Substring(at, length)}` has no value here: its option is left out");
                line.Add((' ', at, Unknown: true));
                at += length;
            }
            else if (c is '\r' or '\n')
            {
                at++;
                quoted = false;
                EndCommand();
            }
            else if (c == '"')
            {
                quoted = !quoted;
                Take();
            }
            else if (quoted || c is not ('^' or '&' or '|' or '<' or '>'))
            {
                Take();
            }
            else if (c == '^')
            {
                Caret();
            }
            else
            {
                Operator();
            }
        }

        EndCommand();
    }

    private void Take()
    {
        line.Add((text[at], at, false));
        at++;
    }

    // A caret takes the next character as it is; at the end of a line it joins the next one, whose first character it takes so.
    private void Caret()
    {
        at++;
        if (SkipLineEnd()) SkipOrTakeLineEnd();
        else if (at < text.Length) Take();
    }

    private void SkipOrTakeLineEnd()
    {
        var start = at;
        if (SkipLineEnd()) line.Add(('\n', start, false));
        else if (at < text.Length && text[at] is not ('"' or '^' or '%')) Take();
    }

    private bool SkipLineEnd()
    {
        var start = at;
        if (at < text.Length && text[at] == '\r') at++;
        if (at < text.Length && text[at] == '\n') at++;
        return at > start;
    }

    private void Operator()
    {
        var start = at;
        var c = text[at++];
        while (at < text.Length && text[at] == c) at++;
        if (c is '<' or '>')
        {
            // A number before it (2>) is of the redirection.
            if (line.Count > 0 && char.IsAsciiDigit(line[^1].C) && (line.Count == 1 || line[^2].C is ' ' or '\t')) line.RemoveAt(line.Count - 1);
            if (at < text.Length && text[at] == '&') at++;
            while (at < text.Length && text[at] is ' ' or '\t') at++;
            while (at < text.Length && text[at] is not (' ' or '\t' or '\r' or '\n' or '&' or '|')) at++;
            if (c == '<') Say(start, "standard input comes from a file by redirection: it is left out");
            return;
        }

        EndCommand();
        if (c == '|')
        {
            Say(start, "what stands behind the pipe works on the answer: it is left out");
            while (at < text.Length && text[at] is not ('\r' or '\n')) at++;
        }
        else if (at < text.Length && text[at] is not (' ' or '\t' or '\r' or '\n') && at - start == 1)
        {
            Say(start, "an `&` outside quotes ends the command for cmd: put the address in quotes");
        }
    }

    // `%NAME%`, but not `%20foo%`: what cmd knows no variable of stays as it is, and percent-encoded octets are none.
    private int? Variable()
    {
        var end = at + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
        if (end >= text.Length || text[end] != '%' || end - at < 3 || !char.IsAsciiLetter(text[at + 1])) return null;
        return char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]) ? null : end - at + 1;
    }

    /// <summary>The C runtime's part: 2n backslashes before a quote are n, one more makes the quote literal; `""` inside quotes is one quote.</summary>
    private void EndCommand()
    {
        var words = new List<Word>();
        for (var i = 0; i < line.Count;)
        {
            if (line[i].C is ' ' or '\t' && !line[i].Unknown)
            {
                i++;
                continue;
            }

            var start = line[i].At;
            var word = new StringBuilder();
            var inside = false;
            var unknown = false;
            for (; i < line.Count && (inside || line[i].C is not (' ' or '\t') || line[i].Unknown); i++)
            {
                if (line[i].Unknown)
                {
                    unknown = true;
                }
                else if (line[i].C == '\\')
                {
                    var slashes = 0;
                    while (i < line.Count && line[i].C == '\\')
                    {
                        slashes++;
                        i++;
                    }

                    var quote = i < line.Count && line[i].C == '"';
                    word.Append('\\', quote ? slashes / 2 : slashes);
                    if (quote && slashes % 2 == 1) word.Append('"');
                    else i--;
                }
                else if (line[i].C == '"')
                {
                    if (inside && i + 1 < line.Count && line[i + 1].C == '"')
                    {
                        word.Append('"');
                        i++;
                    }
                    else
                    {
                        inside = !inside;
                    }
                }
                else
                {
                    word.Append(line[i].C);
                }
            }

            if (inside) Say(start, "this quote is never closed");
            words.Add(new(Octets.Of(word.ToString()), start, unknown));
            count++;
        }

        if (words.Count > 0) commands.Add(new(words));
        line.Clear();
    }

    private void Say(int position, string what)
    {
        if (leftOut.Count < ShellReading.MaxLeftOut) leftOut.Add(new(position, InputPlace.Character, what));
    }
}
