using System.Globalization;
using Gatehouse.Addresses;
using Gatehouse.Grammar;

namespace Gatehouse.Policy;

/// <summary>
/// Reads the words of one rule.
/// <code>
/// words     = all *( "or" all )
/// all       = one *( "and" one )
/// one       = "not" one / "(" words ")" / condition
/// condition = word *value             ; the words and their values: RuleVocabulary
/// value     = 1*VCHAR / quoted        ; blanks or commas between values
/// </code>
/// </summary>
internal sealed class RuleParser
{
    // A rule is written by hand; these only keep a generated or hostile file from exhausting memory or the stack.
    private const int MaximumLength = 16 * 1024;
    private const int MaximumDepth = 32;

    private readonly PolicySurroundings _surroundings;
    private readonly bool _refuses;
    private readonly Action<int, string, string?, bool> _fault;
    private readonly List<Token> _tokens = [];
    private readonly int _end;
    private int _at;
    private int _depth;
    private bool _failed;

    private readonly record struct Token(string Text, int Offset, bool Quoted)
    {
        public bool Is(string text) => !Quoted && string.Equals(Text, text, StringComparison.Ordinal);
    }

    private RuleParser(string words, PolicySurroundings surroundings, bool refuses, Action<int, string, string?, bool> fault)
    {
        (_surroundings, _refuses, _fault, _end) = (surroundings, refuses, fault, words.Length);
        Tokenize(words);
    }

    /// <summary>Reads the words; null where any fault is an error. Faults are told with their offset, message, advice and whether they are errors.</summary>
    public static Expression? Parse(string words, PolicySurroundings surroundings, bool refuses, Action<int, string, string?, bool> fault)
    {
        if (words.Length > MaximumLength)
        {
            fault(0, $"a rule of {words.Length} characters; at most {MaximumLength} are read", "use a role, a group or a list instead of naming everybody", true);
            return null;
        }

        var parser = new RuleParser(words, surroundings, refuses, fault);
        if (parser._failed) return null;
        if (parser._tokens.Count == 0)
        {
            fault(0, "no words: nothing says who may pass", "write `anyone`, `nobody`, `signed-in` or another condition", true);
            return null;
        }

        var expression = parser.Any();
        if (!parser._failed && parser._at < parser._tokens.Count)
        {
            var rest = parser._tokens[parser._at];
            parser.Error(rest.Offset, $"expected `and`, `or` or the end, found `{rest.Text}`", parser.JointAdvice(rest));
        }

        return parser._failed ? null : expression;
    }

    private void Tokenize(string words)
    {
        for (var at = 0; at < words.Length;)
        {
            var c = words[at];
            if (c is ' ' or '\t' or '\r' or '\n' or ',')
            {
                at++;
            }
            else if (c is '(' or ')')
            {
                _tokens.Add(new(c.ToString(), at++, false));
            }
            else if (c is '"' or '\'')
            {
                var start = at++;
                var text = new System.Text.StringBuilder();
                while (at < words.Length && words[at] != c)
                {
                    if (c == '"' && words[at] == '\\' && at + 1 < words.Length) at++;
                    text.Append(words[at++]);
                }

                if (at >= words.Length)
                {
                    Error(start, "a quotation that does not end", $"add {c} at its end");
                    return;
                }

                at++;
                if (text.Length == 0)
                {
                    Error(start, "an empty name", "write the name between the quotes");
                    return;
                }

                _tokens.Add(new(text.ToString(), start, true));
            }
            else
            {
                var start = at;
                while (at < words.Length && words[at] is not (' ' or '\t' or '\r' or '\n' or ',' or '(' or ')' or '"')) at++;
                _tokens.Add(new(words[start..at], start, false));
            }
        }
    }

    private Expression? Any()
    {
        if (++_depth > MaximumDepth)
        {
            Error(Offset, $"parentheses more than {MaximumDepth} deep", "split the rule");
            return null;
        }

        List<Expression> parts = [];
        do
        {
            if (All() is not { } part) return null;
            parts.Add(part);
        }
        while (Take("or"));
        _depth--;
        return parts.Count == 1 ? parts[0] : new Expression.Any(parts);
    }

    private Expression? All()
    {
        List<Expression> parts = [];
        do
        {
            if (One() is not { } part) return null;
            parts.Add(part);
        }
        while (Take("and"));
        return parts.Count == 1 ? parts[0] : new Expression.All(parts);
    }

    private Expression? One()
    {
        var start = Offset;
        var negations = 0;
        while (Take("not")) negations++;
        Expression? inner;
        if (Take("("))
        {
            inner = Any();
            if (inner is null) return null;
            if (!Take(")"))
            {
                Error(Offset, _at < _tokens.Count ? $"expected `and`, `or` or `)`, found `{_tokens[_at].Text}`" : "a parenthesis that does not end", _at < _tokens.Count ? JointAdvice(_tokens[_at]) : "add `)`");
                return null;
            }
        }
        else
        {
            inner = Condition();
        }

        if (inner is null || negations % 2 == 0) return inner;
        if (inner.Negated(out var ofIdentity) is { } negated) return negated;
        Error(start, $"`not` over `{ofIdentity!.Condition.Text}`: what somebody is not can't be known before they are", "name those who may pass instead, or refuse by network, country, method or hours");
        return null;
    }

    private Expression? Condition()
    {
        if (_at >= _tokens.Count)
        {
            Error(_end, "expected a condition, found the end", null);
            return null;
        }

        var token = _tokens[_at++];
        var word = RuleVocabulary.Words.FirstOrDefault(word => token.Is(word.Word));
        if (word is null)
        {
            Error(token.Offset, token.Text is ")" or "and" or "or" ? $"expected a condition, found `{token.Text}`" : $"`{token.Text}` is not a condition", Meant(token));
            return null;
        }

        if (word.Values is null) return WithoutValues(token);
        var values = Values();
        if (values.Count == 0 && word.Word != "subscription")
        {
            Error(_at < _tokens.Count ? Offset : _end, $"`{word.Word}` says nothing without a value", $"write for instance `{word.Word} {word.Values}`");
            return null;
        }

        return WithValues(token, values) is { } condition ? new Expression.Leaf(condition, token.Offset) : null;
    }

    private Expression WithoutValues(Token token) => token.Text switch
    {
        "anyone" => new Expression.Constant(true),
        "nobody" => new Expression.Constant(false),
        "signed-in" => new Expression.Leaf(new SignedInCondition(), token.Offset),
        "two-factor" => new Expression.Leaf(new TwoFactorCondition(), token.Offset),
        "https" => new Expression.Leaf(new HttpsCondition(), token.Offset),
        _ => throw new InvalidOperationException($"the word `{token.Text}` stands in the vocabulary and not here"),
    };

    private Condition? WithValues(Token word, List<Token> values)
    {
        string[] texts = [.. values.Select(value => value.Text).Distinct(StringComparer.Ordinal)];
        switch (word.Text)
        {
            case "user": return new UserCondition(texts);
            case "role": return new RoleCondition(texts);
            case "group": return new GroupCondition(texts);
            case "scope": return new ScopeCondition(texts);
            case "subscription": return new SubscriptionCondition(texts);
            case "claim": return Claim(values);
            case "within": return Within(values);
            case "network": return Networks(values);
            case "list": return List(values);
            case "country": return Countries(values);
            case "method": return Methods(values);
            case "hours":
                if (OpenHours.TryParse([.. values.Select(value => value.Text)], out var hours, out var at, out var expected)) return new HoursCondition([.. values.Select(value => value.Text)], hours);
                Error(at < values.Count ? values[at].Offset : _at < _tokens.Count ? Offset : _end, at < values.Count ? $"`{values[at].Text}`: expected {expected}" : $"expected {expected}", null);
                return null;
            default: throw new InvalidOperationException($"the word `{word.Text}` stands in the vocabulary and not here");
        }
    }

    // Values go on until a joint, a parenthesis or the end; the first is taken as it stands, so that `role user` can be said.
    private List<Token> Values()
    {
        List<Token> values = [];
        while (_at < _tokens.Count)
        {
            var token = _tokens[_at];
            if (token.Is("and") || token.Is("or") || token.Is("(") || token.Is(")")) break;
            if (token.Is("not") || (values.Count > 0 && RuleVocabulary.Words.Any(word => token.Is(word.Word))))
            {
                Error(token.Offset, $"`{token.Text}` begins another condition", $"write `and` or `or` before it, or put it in quotes if it is a name");
                break;
            }

            values.Add(token);
            _at++;
        }

        return values;
    }

    private ClaimCondition Claim(List<Token> values)
    {
        var (name, rest) = (values[0].Text, values.Skip(1).Select(value => value.Text));
        var equals = name.IndexOf('=');
        // department=sales is how people write it elsewhere; a name with an equals sign goes into quotes.
        return !values[0].Quoted && equals > 0 && equals < name.Length - 1
            ? new(name[..equals], [name[(equals + 1)..], .. rest])
            : new(name, [.. rest.Distinct(StringComparer.Ordinal)]);
    }

    private WithinCondition? Within(List<Token> values)
    {
        if (values.Count == 1 && TryParseDuration(values[0].Text, out var limit)) return new(values[0].Text, limit);
        Error(values[^1].Offset, $"`{values[^1].Text}`: expected one duration such as `90s`, `10m`, `12h` or `30d`", null);
        return null;
    }

    // duration = 1*( 1*6DIGIT ( "s" / "m" / "h" / "d" ) )
    private static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            while (at < text.Length && at - start < 6 && char.IsAsciiDigit(text[at])) at++;
            if (at == start || at >= text.Length) return false;
            var number = int.Parse(text.AsSpan(start, at - start), NumberStyles.None);
            switch (text[at++])
            {
                case 's': duration += TimeSpan.FromSeconds(number); break;
                case 'm': duration += TimeSpan.FromMinutes(number); break;
                case 'h': duration += TimeSpan.FromHours(number); break;
                case 'd': duration += TimeSpan.FromDays(number); break;
                default: return false;
            }
        }

        return duration > TimeSpan.Zero;
    }

    private NetworkCondition? Networks(List<Token> values)
    {
        var builder = new RangeSetBuilder();
        List<string> texts = [];
        foreach (var value in values)
        {
            if (!Grammar.Network.TryParse(value.Text, out var network, out var hadHostBits, out var error))
            {
                Error(value.Offset + error.Offset, $"`{value.Text}` is not a network: expected {error.Expected}", null);
                continue;
            }

            if (hadHostBits)
                _fault(value.Offset, $"`{value.Text}` has bits behind its prefix and means all of `{network}`", $"write `{network}`, or the address alone", false);
            builder.Add(network);
            texts.Add(network.PrefixLength == (network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128) ? network.BaseAddress.ToString() : network.ToString());
        }

        return texts.Count == values.Count ? new([.. texts.Distinct(StringComparer.Ordinal)], builder.Build()) : null;
    }

    private ListCondition? List(List<Token> values)
    {
        if (values.Count > 1)
        {
            Error(values[1].Offset, $"`list` names one list, found `{values[1].Text}` as well", $"write `list {values[0].Text} or list {values[1].Text}`");
            return null;
        }

        var (contains, reason) = _surroundings.OpenList(values[0].Text);
        var name = values[0].Text;
        if (contains is not null) return new(name, contains, () => _surroundings.IsEmptyList(name));
        // A reason that names the list itself need not be told which it is.
        if (reason is ['`', ..]) Error(values[0].Offset, $"the list {reason}", "name a file of addresses and networks, one a line, that may be read");
        else Error(values[0].Offset, $"the list `{values[0].Text}` can't be read: {reason ?? "no reason was given"}", null);
        return null;
    }

    private CountryCondition? Countries(List<Token> values)
    {
        if (!_surroundings.CountriesKnown)
        {
            Error(values[0].Offset, "a rule speaks of countries and there is no country database", "name one with `geo:`");
            return null;
        }

        List<string> codes = [];
        foreach (var value in values)
        {
            var code = value.Text.ToUpperInvariant();
            if (CountryCodes.Contains(code)) codes.Add(code);
            else Error(value.Offset, $"`{value.Text}` is not the code of a country (ISO 3166-1, two letters)", CountryCodes.Meant(code) is { } meant ? $"write `{meant}`" : null);
        }

        return codes.Count == values.Count ? new([.. codes.Distinct(StringComparer.Ordinal)]) : null;
    }

    private MethodCondition? Methods(List<Token> values)
    {
        List<string> methods = [];
        foreach (var value in values)
        {
            if (MethodNames.Fault(value.Text, out var advice) is { } fault) Error(value.Offset, fault, advice);
            else methods.Add(value.Text);
        }

        return methods.Count == values.Count ? new([.. methods.Distinct(StringComparer.Ordinal)]) : null;
    }

    private string? Meant(Token token)
    {
        if (token.Text is ")" or "and" or "or") return null;
        var meant = RuleVocabulary.Meant(token.Text, RuleVocabulary.Words.Select(word => word.Word).Concat(RuleVocabulary.Joints));
        return meant is null ? $"use one of {string.Join(", ", RuleVocabulary.Words.Where(word => _refuses ? !word.OfIdentity : true).Select(word => word.Word))}" : $"did you mean `{meant}`?";
    }

    private string? JointAdvice(Token token) =>
        token.Quoted ? null
        : RuleVocabulary.Words.Any(word => token.Is(word.Word)) ? "write `and` or `or` before it"
        : RuleVocabulary.Meant(token.Text, RuleVocabulary.Joints) is { } meant ? $"did you mean `{meant}`?" : null;

    private int Offset => _at < _tokens.Count ? _tokens[_at].Offset : _end;

    private bool Take(string text)
    {
        if (_at >= _tokens.Count || !_tokens[_at].Is(text)) return false;
        _at++;
        return true;
    }

    private void Error(int offset, string message, string? advice)
    {
        _failed = true;
        _fault(offset, message, advice, true);
    }
}
