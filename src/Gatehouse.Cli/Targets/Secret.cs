using System.Text;
using Gatehouse.Doctor.Inputs;

namespace Gatehouse.Cli.Targets;

/// <summary>Values that may stand elsewhere: <c>@FILE</c>, <c>@-</c> for standard input, <c>env:NAME</c>; an option that was not given may come from <c>GATEHOUSE_…</c>.</summary>
internal static class Secret
{
    /// <summary>The value itself, as octets; null: not given. One line end at the end of a file is not part of it.</summary>
    public static string? Of(string option, string? given, string? variable, InputSources sources)
    {
        given ??= variable is null ? null : sources.Environment(variable) is { Length: > 0 } set ? set : null;
        if (given is null) return null;
        if (given.StartsWith("env:", StringComparison.Ordinal) && given.Length > 4)
            return Octets.Of(sources.Environment(given[4..]) ?? throw new UsageFault($"{option}: the environment has no variable `{given[4..]}`"));
        if (!given.StartsWith('@') || given.Length == 1) return Octets.Of(given);
        var read = sources.File(given[1..]);
        if (read.Fault is { } fault) throw new UsageFault($"{option}: {fault}", 4);
        var text = Encoding.Latin1.GetString(read.Content.Span);
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
    }
}
