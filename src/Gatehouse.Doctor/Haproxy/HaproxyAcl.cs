using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>Evaluates ACLs: a fetch with converters, a method of matching, patterns (configuration manual, chapter 7).</summary>
internal sealed class HaproxyAcl(AskedRequest asked, HaproxyConfiguration configuration, TimeZoneInfo zone)
{
    /// <summary>Patterns read of one file: a list of networks, not a way to fill memory.</summary>
    private const int MaxPatterns = 200_000;

    private readonly Dictionary<string, string?> variables = new(StringComparer.Ordinal);

    /// <summary>The request as the rules so far have left it.</summary>
    private AskedRequest request = asked;

    private HaproxySample Samples => new(request);

    /// <summary>Who the userlists take it to be from.</summary>
    public HaproxyUserlist Users => new(request, configuration);

    /// <summary>Remembers what <c>set-var(name) expr</c> sets; null: whether it is set hangs on what is not visible.</summary>
    public void Set(string name, string? expression) => variables[name] = expression;

    /// <summary>Carries out what a rule does to the fields of the request; a value that is computed is not known.</summary>
    /// <param name="action"><c>set-header</c>, <c>add-header</c>, <c>del-header</c>.</param>
    /// <param name="name">Of the field.</param>
    /// <param name="value">As written; null: taken out.</param>
    public void Change(string action, string name, string? value)
    {
        var fields = request.Fields.Where(field => action == "add-header" || !field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        if (action != "add-header") computed.Remove(name);
        if (value is not null && value.Contains('%', StringComparison.Ordinal)) computed.Add(name);
        else if (value is not null) fields.Add(new(name, value));
        request = request with { Fields = fields };
    }

    /// <summary>Remembers that what stands in a field can't be told from here.</summary>
    public void Blur(string name) => computed.Add(name);

    private readonly HashSet<string> computed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All tests of a condition, and what it comes to.</summary>
    /// <param name="words">Behind if or unless.</param>
    /// <param name="acls">Named ones of the proxy.</param>
    /// <param name="line">Of the rule.</param>
    /// <param name="unless">Whether the whole is negated.</param>
    public (Truth Value, IReadOnlyList<RuleTest> Tests) Condition(IReadOnlyList<string> words, IReadOnlyList<HaproxyLine> acls, HaproxyLine line, bool unless)
    {
        var any = Truth.False;
        var all = Truth.True;
        var tests = new List<RuleTest>();
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] is "or" or "||")
            {
                any = any.Or(all);
                all = Truth.True;
                continue;
            }

            if (words[i] is "and" or "&&") continue;
            var negated = false;
            var word = words[i];
            while (word.StartsWith('!'))
            {
                negated = !negated;
                word = word[1..];
            }

            if (word.Length == 0 && i + 1 < words.Count) word = words[++i];
            RuleTest test;
            if (word == "{")
            {
                var end = i + 1;
                while (end < words.Count && words[end] != "}") end++;
                test = Anonymous(words.Skip(i + 1).Take(end - i - 1).ToList(), line);
                i = end;
            }
            else test = Named(word, acls, line);
            test = test with { Negated = negated ^ unless };
            tests.Add(test);
            all = all.And(negated ? test.Value.Not() : test.Value);
        }

        var value = any.Or(all);
        return (unless ? value.Not() : value, tests);
    }

    /// <summary>A text with <c>%[expression]</c> in it; null: it hangs on what is not visible from here.</summary>
    public string? Text(string format, HaproxyLine line)
    {
        var result = new System.Text.StringBuilder();
        for (var at = 0; at < format.Length;)
        {
            var open = format.IndexOf("%[", at, StringComparison.Ordinal);
            if (open < 0) return result.Append(format.AsSpan(at)).ToString();
            var close = format.IndexOf(']', open);
            if (close < 0) return null;
            result.Append(format.AsSpan(at, open - at));
            var parts = HaproxySample.SplitConverters(Meant(format[(open + 2)..close]) ?? "");
            if (!Value(parts, line, out var value) || value is null) return null;
            result.Append(value);
            at = close + 1;
        }

        return result.ToString();
    }

    /// <summary>A variable is what it was set to; null: it is not set, or that can't be told.</summary>
    private string? Meant(string fetch)
    {
        if (!fetch.StartsWith("var(", StringComparison.Ordinal) || fetch.IndexOf(')', StringComparison.Ordinal) is not (> 4 and var close)) return fetch;
        return variables.TryGetValue(fetch[4..close].Split(',')[0], out var meant) && meant is not null ? meant + fetch[(close + 1)..] : null;
    }

    /// <summary>The value behind all converters; false: it can't be told from here.</summary>
    private bool Value(IReadOnlyList<string> parts, HaproxyLine line, out string? value)
    {
        var (name, argument) = HaproxySample.Call(parts[0]);
        (var known, value) = Samples.Fetch(name, argument);
        return known && !IsComputed(name, argument) && Converted(parts, line, ref value);
    }

    private bool IsComputed(string name, string? argument) => argument is not null && name.Contains("hdr", StringComparison.Ordinal) && computed.Contains(argument.Split(',')[0]);

    private bool Converted(IReadOnlyList<string> parts, HaproxyLine line, ref string? value)
    {
        var converter = new HaproxyConverter(request, configuration.Files, zone);
        for (var i = 1; i < parts.Count && value is not null; i++)
        {
            if (!converter.Convert(parts[i], value, line, out var converted)) return false;
            value = converted;
        }

        return true;
    }

    private RuleTest Named(string name, IReadOnlyList<HaproxyLine> acls, HaproxyLine line)
    {
        var defined = acls.Where(acl => acl.Words.Count > 2 && acl.Words[1] == name).ToList();
        if (defined.Count == 0) return Predefined(name, line);
        RuleTest? result = null;
        foreach (var acl in defined)
        {
            var test = Anonymous(acl.Words.Skip(2).ToList(), acl) with { Name = name };
            result = result is null ? test : result with { Value = result.Value.Or(test.Value), JustAbove = result.JustAbove || test.JustAbove };
        }

        return result!;
    }

    private RuleTest Predefined(string name, HaproxyLine line)
    {
        var (subject, value) = name switch
        {
            "TRUE" => (Subject.Anything, Truth.True),
            "FALSE" => (Subject.Anything, Truth.False),
            "LOCALHOST" => (Subject.Address, request.AddressIn(["127.0.0.0/8", "::1"])),
            "HTTP_CONTENT" => (Subject.Other, Truth.Unknown),
            "HTTP_URL_SLASH" => (Subject.Path, TruthTables.Of(request.RawPath.StartsWith('/'))),
            _ when name.StartsWith("METH_", StringComparison.Ordinal) => (Subject.Method, TruthTables.Of(request.Method == name[5..] || (name == "METH_GET" && request.Method == "HEAD"))),
            _ when name.StartsWith("HTTP_1", StringComparison.Ordinal) || name == "HTTP" => (Subject.Other, TruthTables.Of(name is "HTTP" or "HTTP_1.1")),
            _ => (Subject.Other, Truth.Unknown),
        };
        return new(subject, false, value, name, line.File, line.Number);
    }

    private RuleTest Anonymous(IReadOnlyList<string> words, HaproxyLine line)
    {
        var text = string.Join(' ', words);
        var fetch = words.Count > 0 ? words[0] : "";
        string? matching = null;
        var ignoreCase = false;
        var patterns = new List<string>();
        var unreadable = false;
        var keys = words.Contains("-M", StringComparer.Ordinal);
        string? list = null;
        for (var i = 1; i < words.Count; i++)
        {
            if (words[i] == "-i") ignoreCase = true;
            else if (words[i] == "-m" && i + 1 < words.Count) matching = words[++i];
            else if (words[i] == "-f" && i + 1 < words.Count) unreadable |= !FromFile(list = words[++i], line, keys, patterns);
            else if (words[i] is "-M" or "-n") continue;
            else if (words[i] == "-u" && i + 1 < words.Count) i++;
            else if (words[i] == "--") continue;
            else patterns.Add(words[i]);
        }

        // A variable is what it was set to; one that nothing set is not there.
        if (fetch.StartsWith("var(", StringComparison.Ordinal) && fetch.IndexOf(')', StringComparison.Ordinal) is > 4 and var close)
        {
            if (!variables.TryGetValue(fetch[4..close].Split(',')[0], out var meant)) return new(Subject.Other, false, configuration.Sets(fetch[4..close]) ? Truth.False : Truth.Unknown, text, line.File, line.Number);
            fetch = meant is null ? fetch : meant + fetch[(close + 1)..];
        }

        // A list that holds nothing fits nothing; a condition without a list asks whether there is something.
        var (subject, value, header) = Evaluate(fetch, list is not null && patterns.Count == 0 && matching != "found" ? "none" : matching, ignoreCase, patterns, line);
        if (unreadable && (value != Truth.True || patterns.Count == 0)) value = Truth.Unknown;
        var above = subject == Subject.Path && value == Truth.False && (fetch is "path" or "path,url_dec" && matching is null or "str")
            && patterns.Any(pattern => pattern.Length > 1 && request.Path.StartsWith(pattern.TrimEnd('/') + "/", StringComparison.Ordinal));
        return new(subject, false, value, text, line.File, line.Number) { Name = header ?? list, JustAbove = above };
    }

    private bool FromFile(string path, HaproxyLine line, bool keys, List<string> patterns)
    {
        if (configuration.Files.Named(line.File, path, line.Number) is not { } file) return false;
        patterns.AddRange(file.Lines.Select(entry => entry.Trim()).Where(entry => entry.Length > 0 && entry[0] != '#').Select(entry => keys ? entry.Split([' ', '\t'], 2)[0] : entry).Take(MaxPatterns));
        return file.Lines.Length <= MaxPatterns;
    }

    private (Subject Subject, Truth Value, string? Name) Evaluate(string fetch, string? matching, bool ignoreCase, List<string> patterns, HaproxyLine line)
    {
        var parts = HaproxySample.SplitConverters(fetch);
        var (name, argument) = HaproxySample.Call(parts[0]);
        var subject = HaproxySample.SubjectOf(name, argument, fetch);
        if (name == "src" && parts.Count == 1) return (Subject.Address, request.AddressIn(patterns), null);
        switch (name)
        {
            case "always_true": return (Subject.Anything, Truth.True, null);
            case "always_false": return (Subject.Anything, Truth.False, null);
            case "ssl_fc": return (Subject.Scheme, TruthTables.Of(request.Secure == (patterns.Count == 0 || patterns[0] is "1" or "true")), null);
            case "ssl_c_used" or "ssl_fc_has_crt": return (Subject.Certificate, TruthTables.Of(request.Certificate), null);
            case "http_auth": return (Subject.Credentials, Users.Authenticated(argument, null), argument);
            case "http_auth_group": return (Subject.Credentials, Users.Authenticated(argument, patterns), argument);
        }

        var (known, candidates) = Samples.Candidates(name, argument);
        if (!known || IsComputed(name, argument)) return (subject, Truth.Unknown, argument);
        matching ??= HaproxyPattern.MatchingOf(name, parts.Count > 1);
        var result = Truth.False;
        foreach (var candidate in candidates)
        {
            var value = candidate;
            result = result.Or(!Converted(parts, line, ref value) ? Truth.Unknown
                : matching == "found" ? TruthTables.Of(value is not null)
                : value is null || matching == "none" ? Truth.False
                : patterns.Count == 0 ? TruthTables.Of(value is not ("0" or ""))
                : HaproxyPattern.Matches(request, value, matching, ignoreCase, patterns));
            if (result == Truth.True) break;
        }

        return (subject, result, argument);
    }
}
