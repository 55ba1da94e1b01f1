using System.Globalization;
using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Rewriting;

/// <summary>mod_alias' Redirect, RedirectMatch, RedirectTemp, RedirectPermanent and RedirectRelative of one section or of the server's level, compiled; and how they merge.</summary>
public sealed class Redirects
{
    private sealed record Line(Directive Directive, int Status, string Path, HttpdPattern? Pattern, string? Target);

    /// <summary>A redirect of the whole section, its target an expression; without one the status is the answer.</summary>
    private sealed record Whole(Directive Directive, int Status, Expression? Target);

    private IReadOnlyList<Line> lines = [];
    private Whole? whole;
    private bool? relative;

    /// <summary>Whether a directive is one of these.</summary>
    public static bool Concerns(Directive directive) => directive.Name.ToLowerInvariant() is "redirect" or "redirectmatch" or "redirecttemp" or "redirectpermanent" or "redirectrelative";

    /// <summary>Compiles the directives of one section; those of other modules are left out.</summary>
    /// <param name="directives">In order.</param>
    /// <param name="restricted">Whether it is a .htaccess file.</param>
    /// <param name="faults">Takes what httpd would refuse.</param>
    /// <returns>Null where no directive is one of these.</returns>
    public static Redirects? Read(IEnumerable<Directive> directives, bool restricted, ICollection<ConfigFault> faults)
    {
        Redirects? redirects = null;
        var lines = new List<Line>();
        foreach (var directive in directives)
        {
            if (!Concerns(directive)) continue;
            redirects ??= new();
            if (redirects.ReadLine(directive, restricted, lines) is { } wrong) faults.Add(new(directive.At, ConfigFaultKind.Syntax, $"`{directive.Name}`: {wrong}", directive.Name));
        }

        if (redirects is not null) redirects.lines = lines;
        return redirects;
    }

    private string? ReadLine(Directive directive, bool restricted, List<Line> lines)
    {
        var words = directive.Arguments;
        if (directive.Is("RedirectRelative"))
        {
            if (words is not [var flag] || flag.ToLowerInvariant() is not ("on" or "off")) return "must be On or Off";
            relative = flag.Equals("on", StringComparison.OrdinalIgnoreCase);
            return null;
        }

        var plain = directive.Is("RedirectTemp") || directive.Is("RedirectPermanent");
        if (plain ? words.Count != 2 : words.Count is 0 or > 3) return plain ? "takes a path and a target" : "takes a status, a path and a target";
        if (directive.Is("RedirectMatch") && words.Count < 2) return "takes a status, a pattern and a target";
        var status = directive.Is("RedirectPermanent") ? 301 : 302;
        var named = words[0].ToLowerInvariant() switch
        {
            "permanent" => 301,
            "temp" => 302,
            "seeother" => 303,
            "gone" => 410,
            _ when words[0].Length > 0 && char.IsAsciiDigit(words[0][0]) => Numbers.Read32(words[0]),
            _ => -1,
        };
        if (words.Count == 3 && named < 0) return "the first of three arguments must be a status";
        if (named >= 0) status = named;
        var redirecting = StatusCodes.IsRedirect(status);

        // A target alone, or a status alone, holds for all that the section covers.
        if ((named >= 0 && words.Count == 2 && redirecting) || (named < 0 && words.Count == 1)) return ReadWhole(directive, status, words[^1], restricted);
        if (named >= 0 && words.Count == 1)
        {
            if (redirecting) return "the target is missing";
            whole = new(directive, status, null);
            return null;
        }

        var (path, target) = named >= 0 ? (words[1], words.Count == 3 ? words[2] : null) : (words[0], words[1]);
        if (redirecting && target is null) return "the target is missing";
        if (!redirecting && target is not null) return "a target does not go with this status";
        HttpdPattern? pattern = null;
        if (directive.Is("RedirectMatch"))
        {
            if (!HttpdPattern.TryCompile(path, PatternOptions.Default, out pattern, out var error)) return $"the pattern `{path}` does not compile: {error}";
        }
        else if (target is not null && !target.StartsWith('/') && !IsUrl(target))
        {
            return "the target is neither a URL nor a path";
        }

        lines.Add(new(directive, status, path, pattern, target));
        return null;
    }

    private string? ReadWhole(Directive directive, int status, string text, bool restricted)
    {
        var options = ExpressionOptions.GivesText | (restricted ? ExpressionOptions.Restricted : 0);
        if (!Expression.TryParse(text, options, out var target, out var error)) return $"the target `{text}` does not parse: {error}";
        whole = new(directive, status, target);
        return null;
    }

    /// <summary>A section's own over those of the sections before it, or a virtual host's over the main server's; null stays out of it.</summary>
    public static Redirects? Merge(Redirects? before, Redirects? own)
    {
        if (before is null || own is null) return own ?? before;
        return new() { lines = [.. own.lines, .. before.lines], whole = own.whole ?? before.whole, relative = own.relative ?? before.relative };
    }

    /// <summary>What they say to a request. At the server's level they are asked after <see cref="ServerRewriting"/>, in a directory after <see cref="DirectoryRewriting"/>.</summary>
    public RewriteOutcome Apply(ApacheRequest request, Surroundings surroundings, ICollection<Step> trace)
    {
        if (whole is { } all)
        {
            var text = all.Target?.Expand(request, surroundings) ?? Text.Empty;
            if (text.Value is null) return new RewriteOutcome.Unknown(text.Because ?? "the target can't be told from here");
            return Answer(all.Directive, all.Status, all.Target is null ? "" : RedirectTarget.Escaped(text.Value), request, trace);
        }

        foreach (var line in lines)
        {
            string? found;
            if (line.Pattern is { } pattern)
            {
                var match = pattern.Match(request.Path);
                if (match.Matched == Known.Unknown) return new RewriteOutcome.Unknown(match.Because ?? "the pattern can't be matched from here");
                found = match.Matched == Known.Yes ? line.Target is null ? "" : RedirectTarget.Escaped(match.Substitute(line.Target)) : null;
            }
            else
            {
                var length = PrefixLength(line.Path, request.Path);
                found = length == 0 ? null : line.Target + UriText.EscapePath(request.Path[length..]);
            }

            if (found is not null) return Answer(line.Directive, line.Status, found, request, trace);
        }

        return new RewriteOutcome.Unchanged();
    }

    private RewriteOutcome Answer(Directive directive, int status, string target, ApacheRequest request, ICollection<Step> trace)
    {
        if (!StatusCodes.IsRedirect(status))
        {
            var answered = StatusCodes.Exists(status) ? status : 500;
            trace.Add(new(directive.At, directive.Text, $"answers {answered}"));
            return new RewriteOutcome.Status(answered);
        }

        if (target.StartsWith('/') && relative != true)
        {
            var host = ServerVariables.HostName(request);
            if (host.Value is null) return new RewriteOutcome.Unknown(host.Because ?? "the server's name is not known");
            var port = ServerVariables.Port(request);
            var shown = port == ServerVariables.DefaultPort(request) ? "" : ":" + port.ToString(CultureInfo.InvariantCulture);
            target = $"{ServerVariables.Scheme(request)}://{host.Value}{shown}{target}";
        }

        if (!IsUrl(target) && !(relative == true && target.StartsWith('/')))
        {
            trace.Add(new(directive.At, directive.Text, $"redirects to `{target}`, which is neither a URL nor a path (500)"));
            return new RewriteOutcome.Status(500);
        }

        if (request.Query is { } query && !target.Contains('?', StringComparison.Ordinal)) target += "?" + query;
        trace.Add(new(directive.At, directive.Text, $"redirects to `{target}` ({status})"));
        return new RewriteOutcome.Redirect(status, target);
    }

    // A scheme and a colon (ap_is_url).
    private static bool IsUrl(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>How much of a path the prefix of an Alias or Redirect covers (alias_matches): slashes count as one, and segments as a whole; 0: it does not match.</summary>
    public static int PrefixLength(string prefix, string path)
    {
        var (p, at) = (0, 0);
        while (p < prefix.Length)
        {
            if (prefix[p] != '/')
            {
                if (at >= path.Length || path[at++] != prefix[p++]) return 0;
                continue;
            }

            if (at >= path.Length || path[at] != '/') return 0;
            while (p < prefix.Length && prefix[p] == '/') p++;
            while (at < path.Length && path[at] == '/') at++;
        }

        return prefix.EndsWith('/') || at >= path.Length || path[at] == '/' ? at : 0;
    }
}
