using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Rewriting;

/// <summary>Reads RewriteRule and RewriteCond lines; each method says what httpd refuses, in words, or null.</summary>
internal static class RewriteReader
{
    /// <summary>Reads a RewriteCond.</summary>
    public static string? Read(Directive line, bool restricted, out RewriteCondition? value)
    {
        value = null;
        if (RewriteLine.Split(line.Raw, out var input, out var pattern, out var brackets) is { } wrong) return wrong;
        var (ignoreCase, orNext) = (false, false);
        foreach (var (name, _) in brackets is null ? [] : RewriteLine.Flags(brackets))
        {
            switch (name.ToLowerInvariant())
            {
                case "nocase" or "nc": ignoreCase = true; break;
                case "ornext" or "or": orNext = true; break;
                case "novary" or "nv": break;
                default: return $"unknown flag `{name}`";
            }
        }

        var negated = pattern.StartsWith('!');
        if (negated) pattern = pattern[1..];
        var test = input.Equals("expr", StringComparison.OrdinalIgnoreCase) ? RewriteTest.Expression : TestOf(ref pattern, ref negated);
        var condition = new RewriteCondition { Line = line, Input = input, Test = test, Operand = pattern, Negated = negated, IgnoreCase = ignoreCase, OrNext = orNext };
        if (test == RewriteTest.Pattern)
        {
            if (!HttpdPattern.TryCompile(pattern, PatternOptions.Default | (ignoreCase ? PatternOptions.IgnoreCase : 0), out var compiled, out var error))
                return $"the pattern `{pattern}` does not compile: {error}";
            condition = condition with { Pattern = compiled };
        }
        else if (test == RewriteTest.Expression)
        {
            if (!Expression.TryParse(pattern, restricted ? ExpressionOptions.Restricted : ExpressionOptions.None, out var expression, out var error))
                return $"the expression `{pattern}` does not parse: {error}";
            condition = condition with { Expression = expression };
        }

        value = condition;
        return null;
    }

    // A pattern of one character is always a pattern; what does not fit any test is one too.
    private static RewriteTest TestOf(ref string pattern, ref bool negated)
    {
        if (pattern.Length < 2) return RewriteTest.Pattern;
        if (pattern.Length == 2 && pattern[0] == '-')
        {
            return pattern[1] switch
            {
                'f' => RewriteTest.IsFile,
                's' => RewriteTest.IsNotEmpty,
                'd' => RewriteTest.IsDirectory,
                'x' => RewriteTest.IsExecutable,
                'h' or 'L' or 'l' => RewriteTest.IsLink,
                'U' => RewriteTest.LooksUpUrl,
                'F' => RewriteTest.LooksUpFile,
                _ => RewriteTest.Pattern,
            };
        }

        if (pattern.Length > 3 && pattern[0] == '-')
        {
            RewriteTest? number = pattern[1..3] switch
            {
                "lt" => RewriteTest.NumberLess,
                "le" => RewriteTest.NumberLessOrEqual,
                "gt" => RewriteTest.NumberGreater,
                "ge" => RewriteTest.NumberGreaterOrEqual,
                "eq" or "ne" => RewriteTest.NumberEqual,
                _ => null,
            };
            if (number is null) return RewriteTest.Pattern;
            if (pattern[1] == 'n') negated = !negated;
            pattern = pattern[3..];
            return number.Value;
        }

        switch (pattern)
        {
            case ['>', '=', ..]:
                pattern = pattern[2..];
                return RewriteTest.TextGreaterOrEqual;
            case ['>', ..]:
                pattern = pattern[1..];
                return RewriteTest.TextGreater;
            case ['<', '=', ..]:
                pattern = pattern[2..];
                return RewriteTest.TextLessOrEqual;
            case ['<', ..]:
                pattern = pattern[1..];
                return RewriteTest.TextLess;
            case ['=', ..]:
                pattern = pattern == "=\"\"" ? "" : pattern[1..];
                return RewriteTest.TextEqual;
            default: return RewriteTest.Pattern;
        }
    }

    /// <summary>Reads a RewriteRule, which takes the conditions that were read before it.</summary>
    public static string? Read(Directive line, IReadOnlyList<RewriteCondition> conditions, out RewriteRule? value)
    {
        value = null;
        if (RewriteLine.Split(line.Raw, out var pattern, out var output, out var brackets) is { } wrong) return wrong;
        var flags = brackets is null ? [] : RewriteLine.Flags(brackets).ToList();
        var negated = pattern.StartsWith('!');
        if (negated) pattern = pattern[1..];
        var ignoreCase = flags.Exists(flag => flag.Name.Equals("NC", StringComparison.OrdinalIgnoreCase) || flag.Name.Equals("nocase", StringComparison.OrdinalIgnoreCase));
        var compiles = HttpdPattern.TryCompile(pattern, PatternOptions.Default | (ignoreCase ? PatternOptions.IgnoreCase : 0), out var compiled, out var error);
        var rule = compiles ? new RewriteRule { Line = line, Pattern = compiled!, Negated = negated, Output = output, Conditions = conditions } : null;
        foreach (var (name, text) in flags)
            if (rule is not null && SetFlag(rule, name, text) is { } unknown) return unknown;
        if (rule is null) return $"the pattern `{pattern}` does not compile: {error}";
        if (output == "-") rule.Flags |= RewriteFlags.NoSubstitution;
        value = rule;
        return null;
    }

    private static string? SetFlag(RewriteRule rule, string name, string value)
    {
        switch (name.ToLowerInvariant())
        {
            case "b" or "backrefescaping":
                rule.Flags |= RewriteFlags.EscapeBackreferences;
                if (value.Length > 0) rule.Escaped = value;
                return null;
            case "bnp" or "backrefernoplus": return Set(RewriteFlags.NoPlus);
            case "bctls": return Set(RewriteFlags.EscapeControls);
            case "bne":
                rule.NotEscaped = value;
                return value.Length > 0 ? null : "the flag `BNE` wants a list of characters";
            case "c" or "chain": return Set(RewriteFlags.Chain);
            case "co" or "cookie":
                rule.Cookies.Add(value);
                return null;
            case "d" or "dpi" or "discardpath": return Set(RewriteFlags.DiscardPathInfo);
            case "e" or "env":
                rule.Environment.Add(value);
                return null;
            case "end": return Set(RewriteFlags.End);
            case "f" or "forbidden": return SetStatus(rule, 403);
            case "g" or "gone": return SetStatus(rule, 410);
            case "h" or "handler":
                rule.Handler = value;
                return null;
            case "l" or "last": return Set(RewriteFlags.Last);
            case "ne" or "noescape": return Set(RewriteFlags.NoEscape);
            case "n" or "next":
                if (value.Length > 0) rule.MaximumRounds = Numbers.Read32(value);
                return Set(RewriteFlags.NextRound);
            case "ns" or "nosubreq": return Set(RewriteFlags.NotInSubRequests);
            case "nc" or "nocase": return Set(RewriteFlags.IgnoreCase);
            case "p" or "proxy": return Set(RewriteFlags.Proxy);
            case "pt" or "passthrough": return Set(RewriteFlags.PassThrough);
            case "qsa" or "qsappend": return Set(RewriteFlags.AppendQuery);
            case "qsd" or "qsdiscard": return Set(RewriteFlags.DiscardQuery);
            case "qsl" or "qslast": return Set(RewriteFlags.QueryLast);
            case "r" or "redirect": return SetRedirect(rule, value);
            case "s" or "skip":
                rule.Skip = Numbers.Read32(value);
                return null;
            case "t" or "type":
                rule.MediaType = value;
                return null;
            case "unsafeallow3f": return Set(RewriteFlags.UnsafeAllow3F);
            case "unsafeprefixstat": return Set(RewriteFlags.UnsafePrefixStat);
            case "unc": return Set(RewriteFlags.Unc);

            // httpd takes whatever begins with a d.
            case ['d', ..]: return null;
            default: return $"unknown flag `{name}`";
        }

        string? Set(RewriteFlags flag)
        {
            rule.Flags |= flag;
            return null;
        }
    }

    private static string? SetStatus(RewriteRule rule, int status)
    {
        rule.Flags |= RewriteFlags.Status | RewriteFlags.NoSubstitution;
        rule.Status = status;
        return null;
    }

    private static string? SetRedirect(RewriteRule rule, string value)
    {
        rule.Flags |= RewriteFlags.ForceRedirect;
        if (value.Length == 0) return null;
        var status = value.ToLowerInvariant() switch
        {
            "permanent" => 301,
            "temp" => 302,
            "seeother" => 303,
            _ when char.IsAsciiDigit(value[0]) => Numbers.Read32(value),
            _ => 0,
        };
        if (char.IsAsciiDigit(value[0]) && !StatusCodes.Exists(status)) return $"`{value}` is no status for the flag `R`";
        if (char.IsAsciiDigit(value[0]) && !StatusCodes.IsRedirect(status)) rule.Flags |= RewriteFlags.Status | RewriteFlags.NoSubstitution;
        rule.Status = status;
        return null;
    }
}
