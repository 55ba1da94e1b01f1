namespace Gatehouse.Doctor.Inputs.PowerShell;

/// <summary>A PowerShell text with a position: the characters from there on, names, and what is skipped between them (about_Parsing).</summary>
internal sealed class PowerShellText(string text)
{
    /// <summary>The offset of the next character.</summary>
    internal int At { get; set; }

    /// <summary>Whether nothing is left.</summary>
    internal bool IsAtEnd => At >= text.Length;

    /// <summary>Whether something stands at the position.</summary>
    internal bool StandsHere(string word) => string.Compare(text, At, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>From an offset up to the position.</summary>
    internal string Since(int start) => text[start..Math.Min(At, text.Length)];

    /// <summary>Between two offsets.</summary>
    internal string Between(int start, int end) => text[start..end];

    /// <summary>The offset of a text from an offset on; -1: it does not come any more.</summary>
    internal int Find(string wanted, int from) => text.IndexOf(wanted, from, StringComparison.Ordinal);

    /// <summary>The character so many places on; NUL behind the end.</summary>
    internal char Peek(int ahead = 0) => At + ahead < text.Length ? text[At + ahead] : '\0';

    /// <summary>The character at the position, which moves on.</summary>
    internal char Take() => text[At++];

    /// <summary>To the end.</summary>
    internal void SkipAll() => At = text.Length;

    /// <summary>A name of letters, digits, `_` and `-`.</summary>
    internal string Identifier()
    {
        var start = At;
        while (At < text.Length && (char.IsAsciiLetterOrDigit(text[At]) || text[At] is '_' or '-')) At++;
        return text[start..At];
    }

    /// <summary>A word without quotes.</summary>
    internal string Bare()
    {
        var start = At;
        while (At < text.Length && !char.IsWhiteSpace(text[At]) && text[At] is not (';' or '|' or '(' or ')' or '{' or '}' or ',' or '"' or '\'' or '`')) At++;
        return text[start..At];
    }

    /// <summary>Whether a line ends at an offset.</summary>
    internal bool IsLineEnd(int index) => index >= text.Length || text[index] is '\n' or '\r';

    /// <summary>Blanks, and line ends behind a backtick.</summary>
    internal void SkipBlanks()
    {
        while (At < text.Length)
        {
            if (text[At] is ' ' or '\t') At++;
            else if (text[At] == '`' && IsLineEnd(At + 1))
            {
                At++;
                if (Peek() == '\r') At++;
                if (Peek() == '\n') At++;
            }
            else return;
        }
    }

    /// <summary>All white space.</summary>
    internal void SkipSpace()
    {
        while (At < text.Length && (char.IsWhiteSpace(text[At]) || (text[At] == '`' && IsLineEnd(At + 1)))) At++;
    }

    /// <summary>What stands between commands, comments too.</summary>
    internal void SkipSeparators()
    {
        while (At < text.Length)
        {
            if (char.IsWhiteSpace(text[At]) || text[At] is ';' or ')' or '}') At++;
            else if (text[At] == '#') SkipLine();
            else return;
        }
    }

    // `PS C:\Users\me>` and `>>`, which come along when a console is copied.
    internal void SkipPrompt()
    {
        var end = text.AsSpan(At).IndexOfAny(">\n\"'");
        if (end >= 0 && text[At + end] == '>' && (end == 0 || (string.Compare(text, At, "PS", 0, 2, StringComparison.Ordinal) == 0 && (end == 2 || text[At + 2] == ' ')))) At += end + 1;
        while (Peek() is '>' or ' ' or '\t') At++;
    }

    /// <summary>To the end of the command.</summary>
    internal void SkipLine()
    {
        while (At < text.Length && text[At] is not ('\n' or ';')) At++;
    }

    /// <summary>Behind the next such character.</summary>
    internal void SkipTo(char end)
    {
        while (At < text.Length && text[At] != end) At++;
        if (At < text.Length) At++;
    }

    /// <summary>Behind the parenthesis that closes the one here.</summary>
    internal void SkipParentheses()
    {
        for (var open = 0; At < text.Length; At++)
        {
            if (text[At] == '(') open++;
            else if (text[At] == ')' && --open == 0)
            {
                At++;
                return;
            }
        }
    }
}
