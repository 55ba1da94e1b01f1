using System.Text.RegularExpressions;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Caddy;

/// <summary>Evaluates request matchers (caddyserver.com/docs/caddyfile/matchers).</summary>
internal sealed class CaddyMatcher(AskedRequest request, IReadOnlyDictionary<string, CaddyDirective> named)
{
    /// <summary>The tests of a matcher token: <c>*</c>, <c>/path*</c>, <c>@name</c>.</summary>
    public IReadOnlyList<RuleTest> Token(string token, CaddyDirective at)
    {
        if (token == "*") return [];
        if (token.StartsWith('/')) return [Paths([token], at, token)];
        if (!token.StartsWith('@')) return [];
        if (!named.TryGetValue(token, out var definition)) return [new(Subject.Other, false, Truth.Unknown, token, at.File, at.Line)];
        var name = token;
        if (definition.Words.Count > 1) return [.. Tests(definition.Words.Skip(1).ToList(), definition, false).Select(test => test with { Name = test.Name ?? name })];
        return [.. Grouped(definition.Block).SelectMany(line => Tests(line.Words, line, false)).Select(test => test with { Name = test.Name ?? name })];
    }

    /// <summary>Lines of one kind (and, for headers, of one field) are alternatives.</summary>
    private static IEnumerable<CaddyDirective> Grouped(IReadOnlyList<CaddyDirective> block)
    {
        foreach (var group in block.GroupBy(line => line.Name is "path" or "method" or "host" or "remote_ip" or "client_ip" ? line.Name : line.Name + "\n" + line.Text + "\n" + line.Line, StringComparer.Ordinal))
            yield return group.First() with { Words = [.. group.First().Words, .. group.Skip(1).SelectMany(line => line.Words.Skip(1))] };
    }

    private IEnumerable<RuleTest> Tests(IReadOnlyList<string> words, CaddyDirective line, bool negated)
    {
        var text = string.Join(' ', words);
        var arguments = words.Skip(1).ToList();
        RuleTest One(Subject subject, Truth value, string? name = null) => new(subject, negated, value, (negated ? "not " : "") + text, line.File, line.Line) { Name = name };
        switch (words[0])
        {
            case "not":
                if (words.Count > 1)
                {
                    // A row of negations is made to exhaust the stack.
                    if (words.TakeWhile(word => word == "not").Count() > 8) yield return One(Subject.Other, Truth.Unknown);
                    else foreach (var test in Tests(words.Skip(1).ToList(), line, !negated)) yield return test;
                    break;
                }

                // not { a b }: refused only where all of them hold; told as one test where there are several.
                var inner = Grouped(line.Block).SelectMany(each => Tests(each.Words, each, false)).ToList();
                if (inner.Count == 1) yield return inner[0] with { Negated = !negated, Text = "not " + inner[0].Text };
                else if (inner.Count > 1) yield return new(inner[0].Subject, !negated, inner.Aggregate(Truth.True, (all, test) => all.And(test.Holds)), "not { " + string.Join("; ", inner.Select(test => test.Text)) + " }", line.File, line.Line);
                break;
            case "path":
                yield return Paths(arguments, line, text) with { Negated = negated, Text = (negated ? "not " : "") + text };
                break;
            case "path_regexp":
                yield return One(Subject.Path, ServerExpression.Matches(request.Path, arguments.LastOrDefault() ?? ""));
                break;
            case "method":
                yield return One(Subject.Method, TruthTables.Of(arguments.Contains(request.Method, StringComparer.OrdinalIgnoreCase)));
                break;
            case "host":
                yield return One(Subject.Host, TruthTables.Of(arguments.Any(host => Host(host, request.Host))));
                break;
            case "protocol":
                yield return One(Subject.Scheme, arguments is ["https"] ? TruthTables.Of(request.Secure) : arguments is ["http"] ? TruthTables.Of(!request.Secure) : Truth.Unknown);
                break;
            case "remote_ip" or "client_ip":
                var ranges = CaddyClient.Ranges(arguments);
                yield return One(Subject.Address, (words[0] == "client_ip" ? request with { Address = request.Client ?? request.Address } : arguments.Contains("forwarded", StringComparer.Ordinal) ? request with { Address = CaddyClient.Forwarded(request) } : request).AddressIn(ranges));
                break;
            case "header":
                yield return One(HeaderSubjects.OfHeader(arguments.FirstOrDefault()?.TrimStart('!')), Header(arguments), arguments.FirstOrDefault());
                break;
            case "header_regexp":
                var field = arguments.Count > 2 ? arguments[1] : arguments.FirstOrDefault() ?? "";
                yield return One(HeaderSubjects.OfHeader(field), request.Header(field) is { } value ? ServerExpression.Matches(value, arguments[^1]) : Truth.False, field);
                break;
            case "query":
                yield return One(Subject.Path, TruthTables.Of(arguments.Any(pair => Query(pair))));
                break;
            case "maxmind_geolocation" or "geoip" or "maxmind_geo":
                yield return One(Subject.Country, Truth.Unknown);
                break;
            case "expression":
                foreach (var test in CaddyExpression.Tests(string.Join(' ', arguments), request, line, negated)) yield return test;
                break;
            case "file" or "vars" or "vars_regexp":
                yield return One(Subject.Other, Truth.Unknown);
                break;
            default:
                yield return One(words[0].Contains("geo", StringComparison.Ordinal) ? Subject.Country : Subject.Other, Truth.Unknown);
                break;
        }
    }

    private RuleTest Paths(IReadOnlyList<string> patterns, CaddyDirective line, string text)
    {
        var value = TruthTables.Of(patterns.Any(pattern => Path(pattern, request.Path)));
        var above = value == Truth.False && patterns.Any(pattern => pattern.Length > 1 && !pattern.Contains('*', StringComparison.Ordinal) && request.Path.StartsWith(pattern.TrimEnd('/') + "/", StringComparison.OrdinalIgnoreCase));
        return new(Subject.Path, false, value, text, line.File, line.Line) { JustAbove = above };
    }

    /// <summary>Exact unless a star stands at its end, its start or within; without regard to case.</summary>
    public static bool Path(string pattern, string path)
    {
        if (pattern == "*") return true;
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) return path.Equals(pattern, StringComparison.OrdinalIgnoreCase);
        if (star == pattern.Length - 1) return path.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase);
        if (star == 0 && pattern.IndexOf('*', 1) < 0) return path.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase);
        if (star == 0 && pattern.EndsWith('*') && pattern.Count(c => c == '*') == 2) return path.Contains(pattern[1..^1], StringComparison.OrdinalIgnoreCase);
        return ServerExpression.Matches(path, "(?i)^" + string.Join("[^/]*", pattern.Split('*').Select(Regex.Escape)) + "$") == Truth.True;
    }

    /// <summary>A host name with a star for one label.</summary>
    public static bool Host(string pattern, string host)
    {
        if (pattern.Equals(host, StringComparison.OrdinalIgnoreCase)) return true;
        var labels = pattern.Split('.');
        var own = host.Split('.');
        return pattern.Contains('*', StringComparison.Ordinal) && labels.Length == own.Length && labels.Zip(own).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    private Truth Header(List<string> arguments)
    {
        if (arguments.Count == 0) return Truth.Unknown;
        var name = arguments[0];
        if (name.StartsWith('!')) return TruthTables.Of(request.Header(name[1..]) is null);
        var value = request.Header(name) ?? (name.Equals("Host", StringComparison.OrdinalIgnoreCase) ? request.Host : null);
        if (arguments.Count == 1) return TruthTables.Of(value is not null);
        if (value is null) return Truth.False;
        return TruthTables.Of(arguments.Skip(1).Any(pattern => pattern.Contains('{', StringComparison.Ordinal) ? false
            : pattern == "*" || (pattern.StartsWith('*') && pattern.EndsWith('*') && pattern.Length > 1 ? value.Contains(pattern[1..^1], StringComparison.OrdinalIgnoreCase)
            : pattern.StartsWith('*') ? value.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : pattern.EndsWith('*') ? value.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
            : value.Equals(pattern, StringComparison.OrdinalIgnoreCase))));
    }

    private bool Query(string pair)
    {
        var (key, wanted) = pair.Split('=', 2) is [var left, var right] ? (left, right) : (pair, "*");
        return request.Query.Split('&').Any(part => part.Split('=', 2) is [var name, .. var rest] && name == key && (wanted == "*" || (rest.Length > 0 ? rest[0] : "") == wanted));
    }
}

/// <summary>The commonest CEL expressions: calls of matchers joined by <c>&amp;&amp;</c>; anything else can't be told.</summary>
internal static class CaddyExpression
{
    public static IEnumerable<RuleTest> Tests(string expression, AskedRequest request, CaddyDirective line, bool negated)
    {
        if (expression.Contains("||", StringComparison.Ordinal) || (negated && expression.Contains("&&", StringComparison.Ordinal)))
        {
            yield return new(Guess(expression), negated, Truth.Unknown, "expression " + expression, line.File, line.Line);
            yield break;
        }

        foreach (var part in expression.Split("&&", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var not = part.StartsWith('!');
            var call = part.TrimStart('!').Trim();
            var open = call.IndexOf('(', StringComparison.Ordinal);
            var name = open < 0 ? call : call[..open];
            var arguments = open < 0 ? [] : call[(open + 1)..].TrimEnd(')').Split(',').Select(argument => argument.Trim().Trim('\'', '"', '`')).ToList();
            var (subject, value) = name switch
            {
                "path" => (Subject.Path, TruthTables.Of(arguments.Any(pattern => CaddyMatcher.Path(pattern, request.Path)))),
                "method" => (Subject.Method, TruthTables.Of(arguments.Contains(request.Method, StringComparer.OrdinalIgnoreCase))),
                "host" => (Subject.Host, TruthTables.Of(arguments.Any(pattern => CaddyMatcher.Host(pattern, request.Host)))),
                "remote_ip" => (Subject.Address, request.AddressIn(CaddyClient.Ranges(arguments))),
                "client_ip" => (Subject.Address, (request with { Address = request.Client ?? request.Address }).AddressIn(CaddyClient.Ranges(arguments))),
                _ => (Guess(call), Truth.Unknown),
            };
            yield return new(subject, negated ^ not, value, "expression " + part, line.File, line.Line);
        }
    }

    private static Subject Guess(string text) =>
        text.Contains("remote", StringComparison.Ordinal) || text.Contains("client_ip", StringComparison.Ordinal) ? Subject.Address
        : text.Contains("method", StringComparison.Ordinal) ? Subject.Method
        : text.Contains("header", StringComparison.Ordinal) ? Subject.Header
        : text.Contains("path", StringComparison.Ordinal) ? Subject.Path : Subject.Other;
}
