using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Where mod_setenvif, mod_rewrite, mod_alias' Redirect and expressions are asked.</summary>
internal sealed partial class RequestRun
{
    private void SetEnvironment(IReadOnlyList<RuleLayer> layers)
    {
        foreach (var directive in layers.SelectMany(layer => layer.Directives))
        {
            var browser = directive.Is("BrowserMatch") || directive.Is("BrowserMatchNoCase");
            if (!browser && !directive.Is("SetEnvIf") && !directive.Is("SetEnvIfNoCase")) continue;
            var words = directive.Arguments;
            if (words.Count < (browser ? 2 : 3)) continue;
            var subject = browser ? request.Header("User-Agent") ?? "" : Subject(words[0]);
            var options = directive.Name.EndsWith("NoCase", StringComparison.OrdinalIgnoreCase) ? PatternOptions.Default | PatternOptions.IgnoreCase : PatternOptions.Default;
            if (!HttpdPattern.TryCompile(words[browser ? 0 : 1], options, out var pattern, out _)) continue;
            var match = pattern!.Match(subject ?? "");
            foreach (var variable in words.Skip(browser ? 1 : 2))
            {
                var (name, value) = variable.IndexOf('=') is var equals and >= 0 ? (variable[..equals], match.Matched == Known.Yes ? match.Substitute(variable[(equals + 1)..]) : "") : (variable.TrimStart('!'), "1");
                if (match.Matched == Known.Unknown || subject is null) unknownVariables.Add(name);
                else if (match.Matched != Known.Yes) continue;
                else if (variable.StartsWith('!')) request.Environment.Remove(name);
                else request.Environment[name] = value;
                if (match.Matched == Known.Yes && subject is not null) Say(directive, $"matches, sets {name}");
            }
        }
    }

    /// <summary>What a SetEnvIf looks at; null: something else sets it, and it is not known.</summary>
    private string? Subject(string attribute) => attribute.ToLowerInvariant() switch
    {
        "remote_addr" => request.Client.ToString(),
        "remote_host" => request.Client.ToString(),
        "request_method" => request.Method,
        "request_protocol" => request.Protocol,
        "request_uri" => request.Path,
        "server_addr" => request.ServerAddress?.ToString() ?? "",
        _ when request.Header(attribute) is { } field => field,
        _ when request.Environment.TryGetValue(attribute, out var set) => set,
        _ when attribute.StartsWith("GEOIP_", StringComparison.OrdinalIgnoreCase) || attribute.StartsWith("MM_", StringComparison.Ordinal) || attribute.StartsWith("SSL_", StringComparison.Ordinal) => null,
        _ => "",
    };

    private HttpdAnswer? ServerRewriting(out bool toFile)
    {
        toFile = false;
        return null;
    }

    private HttpdAnswer? DirectoryRewriting() => null;

    private HttpdAnswer? ServerRedirect() => null;

    private HttpdAnswer? Fixups() => null;

    private (Known Holds, string? Because) Expression(string text)
    {
        if (!Expressions.Expression.TryParse(text, ExpressionOptions.None, out var expression, out _) || expression is null) return (Known.Unknown, "the expression does not parse");
        var answer = expression.Evaluate(request, new Surroundings(evaluator.Files));
        return (answer.Is, answer.Because);
    }
}
