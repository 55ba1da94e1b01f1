using System.Text;

namespace Gatehouse.Doctor.Inputs.PowerShell;

/// <summary>The part of PowerShell that copied requests are written in (about_Parsing): assignments, calls on variables, one command a line. Nothing is run.</summary>
internal sealed class PowerShellReader
{
    private readonly PowerShellText source;
    private readonly PowerShellExpressions expressions;
    private readonly Action<int, string> say;

    internal PowerShellReader(string text, Action<int, string> say)
    {
        source = new(text);
        expressions = new(source, say);
        this.say = say;
    }

    /// <summary>The commands in order: name and arguments. Assignments and calls on variables are followed on the way.</summary>
    public IEnumerable<(string Name, int Start, List<PowerShellArgument> Arguments)> Commands()
    {
        for (var statements = 0; statements < 2000; statements++)
        {
            source.SkipSeparators();
            source.SkipPrompt();
            if (source.IsAtEnd) yield break;
            var start = source.At;
            if (source.Peek() == '$' && Statement()) continue;
            if (source.IsAtEnd) yield break;
            var name = source.Bare();
            if (name.Length == 0)
            {
                say(source.At, "this is not read as PowerShell and left out");
                source.SkipLine();
                continue;
            }

            yield return (name, start, Arguments());
        }
    }

    // $x = value | $x.Cookies.Add(...) | $x.UserAgent = value | $x["k"] = value | $x.Add("k", "v"); false: a command stands behind `=`.
    private bool Statement()
    {
        var start = source.At++;
        var name = source.Identifier();
        source.SkipBlanks();
        if (source.Peek() == '=')
        {
            source.At++;
            source.SkipBlanks();
            if (char.IsAsciiLetter(source.Peek()) && !expressions.IsNewObject()) return false;
            expressions.Variables[name] = expressions.Expression();
            source.SkipLine();
            return true;
        }

        var value = expressions.Variables.GetValueOrDefault(name);
        if (source.Peek() == '[')
        {
            source.At++;
            var key = expressions.Expression();
            source.SkipTo(']');
            source.SkipBlanks();
            if (source.Peek() == '=')
            {
                source.At++;
                source.SkipBlanks();
                var set = expressions.Expression();
                if (key.Text is { } known) value?.Table?.Add(new(known, set));
            }

            source.SkipLine();
            return true;
        }

        var path = "";
        while (source.Peek() == '.')
        {
            source.At++;
            path += "." + source.Identifier();
        }

        source.SkipBlanks();
        if (path.Equals(".UserAgent", StringComparison.OrdinalIgnoreCase) && source.Peek() == '=')
        {
            source.At++;
            source.SkipBlanks();
            if (value is not null) value.UserAgent = expressions.Expression().Text;
        }
        else if (path.EndsWith(".Add", StringComparison.OrdinalIgnoreCase) && source.Peek() == '(')
        {
            var arguments = expressions.List();
            if (path.Equals(".Cookies.Add", StringComparison.OrdinalIgnoreCase) && arguments.LastOrDefault()?.Cookies is { Count: 1 } cookie) value?.Cookies?.Add(cookie[0]);
            else if (arguments is [{ Text: { } key }, var set]) value?.Table?.Add(new(key, set));
            else say(start, "this line is not read and left out");
        }
        else
        {
            say(start, $"`${name}{path}` is not read and left out");
        }

        source.SkipLine();
        return true;
    }

    private List<PowerShellArgument> Arguments()
    {
        var arguments = new List<PowerShellArgument>();
        while (true)
        {
            source.SkipBlanks();
            if (source.IsAtEnd || source.Peek() is '\n' or '\r' or ';') return arguments;
            var start = source.At;
            if (source.Peek() is '|' or '>' or '&')
            {
                if (source.Peek() == '|') say(start, "what stands behind the pipe works on the answer: it is left out");
                source.SkipLine();
                return arguments;
            }

            if (arguments.Count == Curl.ShellReading.MaxWords) return arguments;
            if (source.Peek() == '-' && char.IsAsciiLetter(source.Peek(1)))
            {
                source.At++;
                var name = source.Identifier();
                // -Name:value; behind a native option (-H"...") more may follow.
                if (source.Peek() == ':') source.At++;
                if (source.IsAtEnd || char.IsWhiteSpace(source.Peek()) || source.Peek(-1) == ':' || source.Peek() is ';')
                {
                    arguments.Add(new(name, null, source.Since(start), start));
                    continue;
                }

                source.At = start;
            }

            var value = Word();
            arguments.Add(new(null, value, source.Since(start), start));
            if (source.At == start) source.At++;
        }
    }

    /// <summary>Pieces without blanks between them are one word.</summary>
    private PowerShellValue Word()
    {
        if (source.Peek() is '(' or '@' or '[') return expressions.Expression();
        var word = new StringBuilder();
        PowerShellValue? only = null;
        var pieces = 0;
        var unknown = false;
        while (!source.IsAtEnd && !char.IsWhiteSpace(source.Peek()) && source.Peek() is not (';' or '|'))
        {
            var before = source.At;
            if (source.Peek() == '`' && source.IsLineEnd(source.At + 1)) break;
            if (source.Peek() is '"' or '\'' or '$')
            {
                only = expressions.Expression();
                if (only.Text is { } known) word.Append(known);
                else unknown = true;
            }
            else if (source.Peek() == '`')
            {
                source.At++;
                expressions.Escape(word);
            }
            else
            {
                word.Append(source.Take());
            }

            pieces++;
            if (source.At == before && !source.IsAtEnd) source.At++;
        }

        return pieces == 1 && only is not null ? only : unknown ? PowerShellValue.Nothing : new() { Text = word.ToString() };
    }
}
