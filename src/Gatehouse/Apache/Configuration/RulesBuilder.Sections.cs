using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Configuration;

/// <summary>The sections that may stand inside a directory section or an .htaccess file.</summary>
internal sealed partial class RulesBuilder
{
    private void TakeSection(Directive section, string name, RulesContext context)
    {
        // In the server's own configuration a section inside opens all classes again; in .htaccess AllowOverride goes on to count.
        var inner = context.Htaccess is null ? context with { Allowed = Allowed.All | Allowed.DirectorySection } : context;
        switch (name)
        {
            case "limit" or "limitexcept":
                if (name == "limit" && section.Arguments.Contains("TRACE", StringComparer.Ordinal)) Fault(section, "TRACE cannot be controlled by <Limit>, see TraceEnable");
                var limit = new MethodLimit(name == "limitexcept", section.Arguments, section);
                foreach (var directive in section.Inside!) Take(directive, context with { Limit = limit });
                break;
            case "requireall" or "requireany" or "requirenone" or "requirenotall":
                TakeContainer(section, name, context);
                break;
            case "files" or "filesmatch":
                if (context.Limit is not null) Fault(section, $"`<{section.Name}>` cannot occur within <Limit> section");
                else if (Matched(SectionKind.Files, section, section.Arguments, name == "filesmatch") is { } match)
                    files.Add(match with { Rules = Build(section.Inside!, inner with { Path = match.Pattern }, modules, aliases, faults) });
                break;
            case "if" or "elseif" or "else":
                var kind = name switch { "if" => SectionKind.If, "elseif" => SectionKind.ElseIf, _ => SectionKind.Else };
                if (kind != SectionKind.If && ifs.Count == 0) Fault(section, $"`<{section.Name}>` without a preceding <If>");
                else if (kind != SectionKind.Else && section.Arguments.Count == 0) Fault(section, $"`<{section.Name}>` directive requires additional arguments");
                else ifs.Add(new(kind, section.Arguments.FirstOrDefault(""), null, Build(section.Inside!, inner with { Path = "*If" }, modules, aliases, faults), section));
                break;
            default:
                settings["<" + name] = section;
                break;
        }
    }

    private void TakeContainer(Directive section, string name, RulesContext context)
    {
        if (section.Arguments.Count > 0)
        {
            Fault(section, $"`<{section.Name}>` directive doesn't take additional arguments");
            return;
        }

        var (outer, outerInside) = (required, insideAll);
        required = null;
        insideAll = name != "requireany" && name != "requirenone";
        foreach (var directive in section.Inside!)
            Take(directive, context with { Allowed = Allowed.AuthConfig });
        var members = required;
        (required, insideAll) = (outer, outerInside);
        if (members is null)
        {
            Fault(section, $"`<{section.Name}>` directive contains no authorization directives");
            return;
        }

        var negated = name is "requirenone" or "requirenotall";
        if (negated && !insideAll)
        {
            Fault(section, $"<{section.Name}> directive has no effect in <RequireAny> directive");
            return;
        }

        (required ??= []).Add(new AuthorizationNode { By = section, Logic = name is "requireall" or "requirenotall" ? AuthorizationLogic.All : AuthorizationLogic.Any, Negated = negated, Members = members });
    }

    /// <summary>A section by its pattern, without rules yet; null with a fault where it has none or the expression is wrong.</summary>
    public static Section? Matched(SectionKind kind, Directive section, IReadOnlyList<string> words, bool isExpression, List<ConfigFault> faults)
    {
        if (words.Count > 0 && words[0] == "~")
        {
            isExpression = true;
            words = [.. words.Skip(1)];
        }

        if (words.Count != 1)
        {
            faults.Add(new(section.At, ConfigFaultKind.Syntax, words.Count == 0 ? $"`<{section.Name}>` directive requires additional arguments" : $"multiple `<{section.Name}>` arguments not supported", "<" + section.Name));
            return null;
        }

        HttpdPattern? expression = null;
        if (isExpression && !HttpdPattern.TryCompile(words[0], PatternOptions.Default, out expression, out _))
        {
            faults.Add(new(section.At, ConfigFaultKind.Syntax, $"regex `{words[0]}` could not be compiled", "<" + section.Name));
            return null;
        }

        var pattern = kind == SectionKind.Directory && !isExpression && !words[0].EndsWith('/') ? words[0] + "/" : words[0];
        return new(kind, pattern, expression, DirectoryRules.Empty, section);
    }

    private Section? Matched(SectionKind kind, Directive section, IReadOnlyList<string> words, bool isExpression) => Matched(kind, section, words, isExpression, faults);

    private void Fault(Directive section, string message) => faults.Add(new(section.At, ConfigFaultKind.Syntax, message, "<" + section.Name));
}
