using System.Text;

namespace Gatehouse.Cli.Output;

/// <summary>The manual page gatehouse(1), made from the command tree.</summary>
internal static class ManualPage
{
    /// <summary>Roff with the man macros.</summary>
    public static string Of(IReadOnlyList<CommandLine> tree, string version)
    {
        var page = new StringBuilder($".TH GATEHOUSE 1 \"\" \"gatehouse {Roff(version)}\" \"User Commands\"\n.SH NAME\ngatehouse \\- find out why a web server refuses a request, and mend it\n.SH SYNOPSIS\n");
        foreach (var command in tree) page.Append("\\fBgatehouse ").Append(Roff(command.Name)).Append("\\fR").Append(command.Arguments.Count > 0 ? $" \\fI{Roff(string.Join(' ', command.Arguments))}\\fR" : "").Append(command.Options.Count > 0 ? " [\\fIoptions\\fR]" : "").Append("\n.br\n");
        page.Append(".SH EXAMPLES\n");
        foreach (var (line, what) in Examples.All) page.Append(".TP\n.B ").Append(Roff(line)).Append('\n').Append(Roff(what)).Append('\n');
        page.Append(".SH COMMANDS\n");
        foreach (var command in tree)
        {
            page.Append(".SS gatehouse ").Append(Roff(command.Name)).Append('\n').Append(Roff(command.What)).Append(".\n");
            foreach (var option in command.Options)
            {
                page.Append(".TP\n\\fB").Append(Roff(string.Join(", ", option.Names))).Append("\\fR");
                if (option.Value is { } value) page.Append(" \\fI").Append(Roff(value)).Append("\\fR");
                page.Append('\n').Append(Roff(option.What)).Append('\n');
            }
        }

        page.Append(".SH EXIT STATUS\n");
        foreach (var (status, what) in ExitStatus) page.Append(".TP\n.B ").Append(status).Append('\n').Append(Roff(what)).Append('\n');
        page.Append(".SH ENVIRONMENT\n");
        foreach (var (name, what) in Environment) page.Append(".TP\n.B ").Append(name).Append('\n').Append(Roff(what)).Append('\n');
        return page.ToString();
    }

    private static readonly (string Status, string What)[] ExitStatus =
    [
        ("0", "nothing is refused"),
        ("1", "refused, and the cause was found"),
        ("2", "bad usage"),
        ("3", "refused, cause unknown"),
        ("4", "the target could not be reached or read"),
        ("130", "interrupted"),
    ];

    private static readonly (string Name, string What)[] Environment =
    [
        ("GATEHOUSE_USER", "user:password, where -u is not given"),
        ("GATEHOUSE_BEARER", "a token, where --bearer is not given"),
        ("GATEHOUSE_COOKIE", "cookies, where --cookie is not given"),
        ("GATEHOUSE_SERVER", "the server program, where it does not stand beside this one"),
        ("NO_COLOR", "no colours"),
    ];

    private static string Roff(string text)
    {
        var safe = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
        return safe.StartsWith('.') || safe.StartsWith('\'') ? "\\&" + safe : safe;
    }
}
