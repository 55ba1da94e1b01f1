using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>Evaluates ACLs: a fetch with converters, a method of matching, patterns (configuration manual, chapter 7).</summary>
internal sealed class HaproxyAcl(AskedRequest request, HaproxyConfiguration configuration, TimeZoneInfo zone)
{
    /// <summary>Patterns read of one file: a list of networks, not a way to fill memory.</summary>
    private const int MaxPatterns = 200_000;

    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    /// <summary>Remembers what <c>set-var(name) expr</c> sets.</summary>
    public void Set(string name, string expression) => variables[name] = expression;

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
        string? list = null;
        for (var i = 1; i < words.Count; i++)
        {
            if (words[i] == "-i") ignoreCase = true;
            else if (words[i] == "-m" && i + 1 < words.Count) matching = words[++i];
            else if (words[i] == "-f" && i + 1 < words.Count) unreadable |= !FromFile(list = words[++i], line, patterns);
            else if (words[i] is "-M" or "-n") continue;
            else if (words[i] == "-u" && i + 1 < words.Count) i++;
            else if (words[i] == "--") continue;
            else patterns.Add(words[i]);
        }

        // A variable is what it was set to.
        if (fetch.StartsWith("var(", StringComparison.Ordinal) && fetch.IndexOf(')', StringComparison.Ordinal) is > 4 and var close && variables.TryGetValue(fetch[4..close], out var meant)) fetch = meant + fetch[(close + 1)..];
        var (subject, value, header) = Evaluate(fetch, matching, ignoreCase, patterns, line);
        if (unreadable && value != Truth.True) value = Truth.Unknown;
        var above = subject == Subject.Path && value == Truth.False && (fetch is "path" or "path,url_dec" && matching is null or "str")
            && patterns.Any(pattern => pattern.Length > 1 && request.Path.StartsWith(pattern.TrimEnd('/') + "/", StringComparison.Ordinal));
        return new(subject, false, value, text, line.File, line.Number) { Name = header ?? list, JustAbove = above };
    }

    private bool FromFile(string path, HaproxyLine line, List<string> patterns)
    {
        if (configuration.Files.Named(line.File, path, line.Number) is not { } file) return false;
        patterns.AddRange(file.Lines.Select(entry => entry.Trim()).Where(entry => entry.Length > 0 && entry[0] != '#').Take(MaxPatterns));
        return true;
    }

    private (Subject Subject, Truth Value, string? Name) Evaluate(string fetch, string? matching, bool ignoreCase, List<string> patterns, HaproxyLine line)
    {
        var parts = SplitConverters(fetch);
        var (name, argument) = Call(parts[0]);
        var subject = SubjectOf(name, argument, fetch);
        if (name == "src" && parts.Count == 1) return (Subject.Address, request.AddressIn(patterns), null);
        switch (name)
        {
            case "always_true": return (Subject.Anything, Truth.True, null);
            case "always_false": return (Subject.Anything, Truth.False, null);
            case "ssl_fc": return (Subject.Scheme, TruthTables.Of(request.Secure == (patterns.Count == 0 || patterns[0] is "1" or "true")), null);
            case "ssl_c_used" or "ssl_fc_has_crt": return (Subject.Certificate, TruthTables.Of(request.Certificate), null);
            case "http_auth": return (Subject.Credentials, Authenticated(argument, null), argument);
            case "http_auth_group": return (Subject.Credentials, Authenticated(argument, patterns), argument);
        }

        var (known, value) = Fetch(name, argument);
        if (!known) return (subject, Truth.Unknown, argument);
        for (var i = 1; i < parts.Count && value is not null; i++)
        {
            if (Convert(parts[i], value, out var converted)) value = converted;
            else return (subject, Truth.Unknown, argument);
        }

        matching ??= MatchingOf(name, parts.Count > 1);
        if (matching == "found") return (subject, TruthTables.Of(value is not null), argument);
        if (value is null) return (subject, Truth.False, argument);
        if (patterns.Count == 0) return (subject, TruthTables.Of(value is not ("0" or "")), argument);
        return (subject, Matches(value, matching, ignoreCase, patterns), argument);
    }

    private (bool Known, string? Value) Fetch(string name, string? argument)
    {
        var url = request.RawPath + (request.Query.Length > 0 ? "?" + request.Query : "");
        switch (name)
        {
            case "path" or "path_beg" or "path_end" or "path_sub" or "path_reg" or "path_dir" or "path_dom" or "path_len" or "baseq": return (true, name == "baseq" ? request.Header("Host") + url : request.RawPath);
            case "pathq": return (true, url);
            case "url" or "url_beg" or "url_end" or "url_sub" or "url_reg" or "url_dir": return (true, url);
            case "base" or "base_beg" or "base_end" or "base_sub" or "base_reg" or "base_dir": return (true, request.Host + request.RawPath);
            case "query": return (true, request.Query);
            case "method": return (true, request.Method);
            case "dst_port": return (true, request.Port.ToString(CultureInfo.InvariantCulture));
            case "date": return (true, request.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            case "http_auth_bearer":
                var bearer = request.Header("Authorization");
                return (true, bearer?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true ? bearer[7..].Trim() : null);
            case "http_auth_type": return (true, request.Header("Authorization")?.Split(' ')[0]);
            case "http_auth_user": return (true, request.Credentials()?.User);
            case "ssl_fc_sni" or "req.ssl_sni" or "req_ssl_sni": return (request.Secure, request.Host);
            case "str" or "int" or "bool": return (true, argument);
            case "req.ver": return (true, "1.1");
            case "src": return (request.Address is not null, request.Address?.ToString());
            case "urlp" or "url_param" or "urlp_reg" or "urlp_sub": return (true, Parameter(request.Query, argument));
            case "cook" or "req.cook" or "cook_beg" or "cook_sub" or "cook_reg": return (true, Cookie(argument));
        }

        if (name is "hdr" or "req.hdr" or "req.fhdr" or "hdr_beg" or "hdr_end" or "hdr_sub" or "hdr_reg" or "hdr_dom" or "hdr_dir" or "hdr_val" or "hdr_ip" or "req.hdr_ip")
            return argument is null ? (false, null) : (true, request.Header(argument.Split(',')[0].Trim()) ?? (argument.StartsWith("host", StringComparison.OrdinalIgnoreCase) ? request.Host : null));
        if (name is "hdr_cnt" or "req.hdr_cnt" or "req.fhdr_cnt")
            return argument is null ? (false, null) : (true, request.Fields.Count(field => field.Name.Equals(argument, StringComparison.OrdinalIgnoreCase)).ToString(CultureInfo.InvariantCulture));
        return (false, null);
    }

    private bool Convert(string converter, string value, out string? result)
    {
        var (name, argument) = Call(converter);
        result = value;
        switch (name)
        {
            case "lower":
                result = value.ToLowerInvariant();
                return true;
            case "upper":
                result = value.ToUpperInvariant();
                return true;
            case "url_dec":
                result = Uri.UnescapeDataString(value);
                return true;
            case "ltime" or "utime" when long.TryParse(value, out var seconds) && argument is not null:
                var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
                result = Strftime(argument.Split(',')[0], name == "utime" ? at : TimeZoneInfo.ConvertTime(at, zone));
                return result is not null;
            case "length":
                result = value.Length.ToString(CultureInfo.InvariantCulture);
                return true;
            case "bool":
                result = value is "0" or "" ? "0" : "1";
                return true;
            case "host_only" or "port_only":
                return name == "host_only";
            case "field" or "word" when argument?.Split(',') is [var index, var separator] && int.TryParse(index, out var at1) && at1 > 0 && separator.Length > 0:
                var fields = value.Split(separator[0]);
                result = at1 <= fields.Length ? fields[at1 - 1] : "";
                return true;
        }

        return false;
    }

    private static string? Strftime(string format, DateTimeOffset at)
    {
        var result = new System.Text.StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                result.Append(format[i]);
                continue;
            }

            var piece = format[++i] switch
            {
                'H' => at.ToString("HH", CultureInfo.InvariantCulture),
                'M' => at.ToString("mm", CultureInfo.InvariantCulture),
                'S' => at.ToString("ss", CultureInfo.InvariantCulture),
                'd' => at.ToString("dd", CultureInfo.InvariantCulture),
                'm' => at.ToString("MM", CultureInfo.InvariantCulture),
                'Y' => at.ToString("yyyy", CultureInfo.InvariantCulture),
                'w' => ((int)at.DayOfWeek).ToString(CultureInfo.InvariantCulture),
                'u' => (at.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)at.DayOfWeek).ToString(CultureInfo.InvariantCulture),
                'a' => at.ToString("ddd", CultureInfo.InvariantCulture),
                'R' => at.ToString("HH:mm", CultureInfo.InvariantCulture),
                'T' => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                'F' => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                _ => null,
            };
            if (piece is null) return null;
            result.Append(piece);
        }

        return result.ToString();
    }

    private Truth Matches(string value, string matching, bool ignoreCase, List<string> patterns)
    {
        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var result = Truth.False;
        string? op = null;
        foreach (var pattern in patterns)
        {
            if (matching == "int" && pattern is "eq" or "ge" or "gt" or "le" or "lt")
            {
                op = pattern;
                continue;
            }

            result = result.Or(matching switch
            {
                "str" => TruthTables.Of(value.Equals(pattern, comparison)),
                "beg" => TruthTables.Of(value.StartsWith(pattern, comparison)),
                "end" => TruthTables.Of(value.EndsWith(pattern, comparison)),
                "sub" => TruthTables.Of(value.Contains(pattern, comparison)),
                "dir" => TruthTables.Of(('/' + value.Trim('/') + '/').Contains('/' + pattern.Trim('/') + '/', comparison)),
                "dom" => TruthTables.Of(Domain(value, pattern.Trim('.'), comparison)),
                "reg" => Matches(value, pattern, ignoreCase),
                "len" => TruthTables.Of(int.TryParse(pattern, out var length) && value.Length == length),
                "int" => Compare(value, op, pattern),
                "ip" => Gatehouse.Doctor.Logs.Formats.Values.Client(value) is { } address ? request with { Address = address } is var other ? other.AddressIn([pattern]) : Truth.Unknown : Truth.False,
                _ => Truth.Unknown,
            });
            if (result == Truth.True) break;
        }

        return result;
    }

    /// <summary>The pattern stands between marks that part a host's name from what is around it.</summary>
    private static bool Domain(string value, string pattern, StringComparison comparison)
    {
        for (var at = value.IndexOf(pattern, comparison); at >= 0; at = at + 1 < value.Length ? value.IndexOf(pattern, at + 1, comparison) : -1)
        {
            var end = at + pattern.Length;
            if ((at == 0 || value[at - 1] is '/' or '.' or ':' or '?' or '@') && (end == value.Length || value[end] is '/' or '.' or ':' or '?')) return true;
            if (pattern.Length == 0) return true;
        }

        return false;
    }

    private static Truth Matches(string value, string pattern, bool ignoreCase)
    {
        try
        {
            return TruthTables.Of(new Regex(pattern, ignoreCase ? RegexOptions.IgnoreCase | RegexOptions.CultureInvariant : RegexOptions.CultureInvariant, RegexLimit).IsMatch(value));
        }
        catch (ArgumentException)
        {
            return Truth.Unknown;
        }
        catch (RegexMatchTimeoutException)
        {
            return Truth.Unknown;
        }
    }

    private static Truth Compare(string value, string? op, string pattern)
    {
        if (!long.TryParse(value, out var number)) return Truth.Unknown;
        var range = pattern.Split(':');
        if (range.Length == 2)
            return TruthTables.Of((range[0].Length == 0 || (long.TryParse(range[0], out var low) && number >= low)) && (range[1].Length == 0 || (long.TryParse(range[1], out var high) && number <= high)));
        if (!long.TryParse(pattern, out var other)) return Truth.Unknown;
        return TruthTables.Of(op switch { "ge" => number >= other, "gt" => number > other, "le" => number <= other, "lt" => number < other, _ => number == other });
    }

    private Truth Authenticated(string? list, List<string>? groups)
    {
        if (request.Credentials() is null) return Truth.False;
        if (configuration.Sections.FirstOrDefault(section => section.Kind == "userlist" && section.Name == list) is not { } users) return Truth.Unknown;
        var lack = Users(users, groups).Lack;
        return lack == Lack.Nothing ? Truth.True : lack == Lack.BadHash ? Truth.Unknown : Truth.False;
    }

    /// <summary>What a userlist says of the credentials that came.</summary>
    public (Lack Lack, string Detail, HaproxyLine? Line) Users(HaproxySection list, List<string>? groups = null)
    {
        var users = list.Lines.Where(line => line.Words[0] == "user" && line.Words.Count >= 2).ToList();
        var passwords = users.GroupBy(line => line.Words[1], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First() is { Words.Count: > 3 } line ? line.Words[2] + " " + line.Words[3] : "", StringComparer.Ordinal);
        var (lack, detail) = PasswordLook.Users(request, passwords, (kept, sent) => kept.StartsWith("insecure-password ", StringComparison.Ordinal) ? PasswordLook.Same(kept[18..], sent) ? Lack.Nothing : Lack.WrongPassword : kept.StartsWith("password ", StringComparison.Ordinal) ? PasswordLook.Hash(kept[9..], sent, out _) : Lack.BadHash);
        var name = request.Credentials()?.User;
        var line = users.FirstOrDefault(user => user.Words[1] == name);
        if (lack != Lack.Nothing || groups is null) return (lack, detail, line);
        var own = line is not null && line.Words.ToList().IndexOf("groups") is > 0 and var at && at + 1 < line.Words.Count ? line.Words[at + 1].Split(',') : [];
        var inGroups = list.Lines.Where(group => group.Words[0] == "group" && group.Words.Count > 3 && group.Words[3].Split(',').Contains(name)).Select(group => group.Words[1]);
        return groups.Intersect(own.Concat(inGroups), StringComparer.Ordinal).Any() ? (Lack.Nothing, detail, line) : (Lack.Group, $"{name} is in none of the groups {string.Join(", ", groups)}", line);
    }

    private static Subject SubjectOf(string name, string? argument, string fetch)
    {
        if (fetch.Contains("geo", StringComparison.OrdinalIgnoreCase) || fetch.Contains("country", StringComparison.OrdinalIgnoreCase)) return Subject.Country;
        if (name.StartsWith("sc_", StringComparison.Ordinal) || name.StartsWith("sc0_", StringComparison.Ordinal) || name.StartsWith("sc1_", StringComparison.Ordinal) || name.StartsWith("sc2_", StringComparison.Ordinal) || name.StartsWith("src_http", StringComparison.Ordinal) || name.StartsWith("src_conn", StringComparison.Ordinal) || name.Contains("_rate", StringComparison.Ordinal) || name.StartsWith("src_get", StringComparison.Ordinal)) return Subject.Rate;
        if (name is "src" || name.StartsWith("src,", StringComparison.Ordinal)) return Subject.Address;
        if (name is "hdr_ip" or "req.hdr_ip") return Subject.Address;
        if (name.StartsWith("path", StringComparison.Ordinal) || name.StartsWith("url", StringComparison.Ordinal) || name.StartsWith("base", StringComparison.Ordinal) || name is "query") return Subject.Path;
        if (name is "method") return Subject.Method;
        if (name is "date" or "date_us") return Subject.Time;
        if (name.StartsWith("ssl_c", StringComparison.Ordinal) || name.StartsWith("ssl_fc_has", StringComparison.Ordinal)) return Subject.Certificate;
        if (name.StartsWith("ssl_fc", StringComparison.Ordinal) && name.Contains("sni", StringComparison.Ordinal)) return Subject.Host;
        if (name is "ssl_fc") return Subject.Scheme;
        if (name.StartsWith("http_auth", StringComparison.Ordinal) || name.StartsWith("jwt", StringComparison.Ordinal)) return Subject.Credentials;
        if (name.StartsWith("cook", StringComparison.Ordinal) || name is "req.cook") return Subject.Cookie;
        if (name.Contains("hdr", StringComparison.Ordinal)) return HeaderSubjects.OfHeader(argument?.Split(',')[0]);
        return Subject.Other;
    }

    private static string MatchingOf(string name, bool converted)
    {
        var mark = name.LastIndexOf('_');
        if (mark > 0 && name[(mark + 1)..] is "beg" or "end" or "sub" or "reg" or "dir" or "dom" or "len" or "ip") return name[(mark + 1)..];
        return !converted && (name.EndsWith("_cnt", StringComparison.Ordinal) || name.EndsWith("_port", StringComparison.Ordinal) || name.EndsWith("_val", StringComparison.Ordinal) || name is "date" or "int") ? "int" : "str";
    }

    private static List<string> SplitConverters(string fetch)
    {
        var parts = new List<string>();
        int depth = 0, from = 0;
        for (var i = 0; i < fetch.Length; i++)
        {
            if (fetch[i] == '(') depth++;
            else if (fetch[i] == ')') depth--;
            else if (fetch[i] == ',' && depth == 0)
            {
                parts.Add(fetch[from..i]);
                from = i + 1;
            }
        }

        parts.Add(fetch[from..]);
        return parts;
    }

    private static (string Name, string? Argument) Call(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        return open < 0 || !text.EndsWith(')') ? (text, null) : (text[..open], text[(open + 1)..^1]);
    }

    private static string? Parameter(string query, string? name)
    {
        foreach (var pair in query.Split('&'))
            if (pair.Split('=', 2) is [var key, ..] && key == name?.Split(',')[0]) return pair.Contains('=', StringComparison.Ordinal) ? pair.Split('=', 2)[1] : "";
        return null;
    }

    private string? Cookie(string? name)
    {
        foreach (var pair in (request.Header("Cookie") ?? "").Split(';'))
            if (pair.Trim().Split('=', 2) is [var key, var value] && (name is null || key == name)) return value;
        return null;
    }
}
