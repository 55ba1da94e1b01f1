using System.Net;
using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Variables;

/// <summary>
/// mod_setenvif: SetEnvIf, SetEnvIfNoCase, BrowserMatch, BrowserMatchNoCase and SetEnvIfExpr of one section or of the server's level,
/// compiled; and how they merge. The server's are carried out as soon as the request is read, a directory's after the path is mapped
/// and before access is decided; both again when a request starts anew.
/// </summary>
public sealed class VariableRules
{
    private enum Attribute
    {
        Field,
        FieldPattern,
        RemoteAddress,
        RemoteHost,
        Path,
        Method,
        Protocol,
        ServerAddress,
        Certificate,
    }

    /// <param name="Directive">The line.</param>
    /// <param name="Source">Which text is looked at.</param>
    /// <param name="Name">Its name, the same instance within a section for the same name.</param>
    /// <param name="NamePattern">The pattern of header names.</param>
    /// <param name="Literal">What is looked for as it stands; null: a pattern or an expression.</param>
    /// <param name="IgnoreCase">For <paramref name="Literal"/>.</param>
    /// <param name="Pattern">The pattern; null: a literal or an expression.</param>
    /// <param name="Condition">The expression; null: a literal or a pattern.</param>
    /// <param name="Sets">Names with their values; a value that begins with <c>!</c> removes.</param>
    private sealed record Line(Directive Directive, Attribute Source, string Name, HttpdPattern? NamePattern, string? Literal, bool IgnoreCase, HttpdPattern? Pattern, Expression? Condition, IReadOnlyList<KeyValuePair<string, string>> Sets);

    private IReadOnlyList<Line> lines = [];

    /// <summary>Whether a directive is one of these.</summary>
    public static bool Concerns(Directive directive) => directive.Name.ToLowerInvariant() is "setenvif" or "setenvifnocase" or "browsermatch" or "browsermatchnocase" or "setenvifexpr";

    /// <summary>Compiles the directives of one section; those of other modules are left out.</summary>
    /// <param name="directives">In order.</param>
    /// <param name="faults">Takes what httpd would refuse.</param>
    /// <returns>Null where no directive is one of these.</returns>
    public static VariableRules? Read(IEnumerable<Directive> directives, ICollection<ConfigFault> faults)
    {
        var lines = new List<Line>();
        var any = false;
        foreach (var directive in directives)
        {
            if (!Concerns(directive)) continue;
            any = true;
            if (ReadLine(directive, lines) is { } wrong) faults.Add(new(directive.At, ConfigFaultKind.Syntax, $"`{directive.Name}`: {wrong}", directive.Name));
        }

        return any ? new() { lines = lines } : null;
    }

    private static string? ReadLine(Directive directive, List<Line> lines)
    {
        var words = directive.Arguments;
        var at = 0;
        var (source, name, namePattern, ignoreCase) = (Attribute.Field, "User-Agent", default(HttpdPattern), directive.Name.EndsWith("NoCase", StringComparison.OrdinalIgnoreCase));
        string? literal = null;
        HttpdPattern? pattern = null;
        Expression? condition = null;
        if (directive.Is("SetEnvIfExpr"))
        {
            if (words.Count == 0) return "takes an expression and variables";
            if (!Expression.TryParse(words[at++], ExpressionOptions.None, out condition, out var error)) return $"the expression `{words[0]}` does not parse: {error}";
        }
        else
        {
            var options = PatternOptions.Default | (ignoreCase ? PatternOptions.IgnoreCase : 0);
            if (directive.Name.StartsWith("SetEnvIf", StringComparison.OrdinalIgnoreCase))
            {
                if (words.Count == 0 || words[0].Length == 0) return "the name of a header field is missing";
                name = words[at++];
                source = SourceOf(name);
                if (source == Attribute.Field && name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
                {
                    source = Attribute.FieldPattern;
                    if (!HttpdPattern.TryCompile(name, options, out namePattern, out var wrong)) return $"the pattern `{name}` does not compile: {wrong}";
                }
            }

            if (at >= words.Count || words[at].Length == 0) return "the pattern is missing";
            literal = PlainText.Of(words[at]);
            if (literal is null && !HttpdPattern.TryCompile(words[at], options, out pattern, out var error)) return $"the pattern `{words[at]}` does not compile: {error}";
            at++;
        }

        if (at >= words.Count) return "the variables are missing";
        var sets = words.Skip(at).Select(Setting).ToList();
        name = lines.Find(line => line.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name ?? new string(name);
        lines.Add(new(directive, source, name, namePattern, literal, ignoreCase, pattern, condition, sets));
        return null;
    }

    // variable = name [ "=" value ] / "!" name; an empty value counts as none.
    private static KeyValuePair<string, string> Setting(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0 && equals + 1 < word.Length) return new(word[..equals], word[(equals + 1)..]);
        var name = equals < 0 ? word : word[..equals];
        return name.StartsWith('!') ? new(name[1..], "!") : new(name, "1");
    }

    private static Attribute SourceOf(string name) => name.ToLowerInvariant() switch
    {
        "remote_addr" => Attribute.RemoteAddress,
        "remote_host" => Attribute.RemoteHost,
        "request_uri" => Attribute.Path,
        "request_method" => Attribute.Method,
        "request_protocol" => Attribute.Protocol,
        "server_addr" => Attribute.ServerAddress,
        ['o', 'i', 'd', '(', ..] => Attribute.Certificate,
        _ => Attribute.Field,
    };

    /// <summary>The sections before it and then its own; null stays out of it.</summary>
    public static VariableRules? Merge(VariableRules? before, VariableRules? own) =>
        before is null || own is null ? own ?? before : new() { lines = [.. before.lines, .. own.lines] };

    /// <summary>Sets and removes variables of the request; those of a line that can't be told become <see cref="ApacheRequest.UnknownVariables"/>.</summary>
    public void Apply(ApacheRequest request, Surroundings surroundings, ICollection<Step> trace)
    {
        string? last = null;
        var subject = Text.Empty;
        foreach (var line in lines)
        {
            // Lines in a row that look at the same name see the same text, whatever was set in between.
            if (line.Condition is null && !ReferenceEquals(line.Name, last))
            {
                last = line.Name;
                subject = Subject(line, request);
            }

            var match = Match(line, subject, request, surroundings);
            if (match.Matched == Known.No) continue;
            foreach (var (name, value) in line.Sets) Set(name, value, line.Literal is null, match, request);
            trace.Add(new(line.Directive.At, line.Directive.Text, match.Because is { } because ? $"can't be told from here: {because}" : "matches"));
        }
    }

    private static void Set(string name, string value, bool substitutes, PatternMatch match, ApacheRequest request)
    {
        if (match.Matched == Known.Unknown)
        {
            request.UnknownVariables[name] = match.Because ?? "the line that sets it can't be told from here";
            return;
        }

        request.UnknownVariables.Remove(name);
        if (value.StartsWith('!')) request.Environment.Remove(name);
        else request.Environment[name] = substitutes ? match.Substitute(value) : value;
    }

    private static Text Subject(Line line, ApacheRequest request)
    {
        switch (line.Source)
        {
            case Attribute.RemoteAddress: return Shown(request.Client);
            case Attribute.RemoteHost: return request.HostnameLookups ? Text.Unknown("the client's name is looked up by the server") : Shown(request.Client);
            case Attribute.Path: return request.Path;
            case Attribute.Method: return request.Method;
            case Attribute.Protocol: return request.Protocol;
            case Attribute.ServerAddress: return request.ServerAddress is { } address ? Shown(address) : Text.Unknown("the server's address is not known");
            case Attribute.Certificate: return request.Https ? Text.Unknown("the client's certificate is known to the server alone") : "";
            case Attribute.FieldPattern:
                string? found = null;
                foreach (var (name, _) in request.Headers)
                {
                    var match = line.NamePattern!.Match(name);
                    if (match.Matched == Known.Unknown) return Text.Unknown(match.Because ?? "the name can't be matched from here");
                    if (match.Matched == Known.Yes) found = request.Header(name);
                }

                return found ?? "";
            default:
                if (request.Header(line.Name) is { } field) return field;
                return ServerVariables.OfRequest(line.Name, request) ?? Text.Empty;
        }
    }

    private static PatternMatch Match(Line line, Text subject, ApacheRequest request, Surroundings surroundings)
    {
        if (line.Condition is { } condition)
        {
            var answer = condition.Evaluate(request, surroundings, out var captured);
            return answer.Is switch
            {
                Known.Yes => PatternMatch.Found(captured),
                Known.No => PatternMatch.None,
                Known.Unknown => PatternMatch.Unknown(answer.Because ?? "the expression can't be told from here"),
            };
        }

        if (subject.Value is not { } text) return PatternMatch.Unknown(subject.Because ?? "the text is not known");
        if (line.Pattern is { } pattern) return pattern.Match(text);
        return text.Contains(line.Literal!, line.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal) ? PatternMatch.Found([]) : PatternMatch.None;
    }

    private static string Shown(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
