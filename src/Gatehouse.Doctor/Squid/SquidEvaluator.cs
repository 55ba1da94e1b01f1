using System.Globalization;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Squid;

/// <summary>Which http_access line of squid.conf decides a request: the first whose ACLs all hold (squid.conf documented, http_access).</summary>
internal sealed class SquidEvaluator(ConfigurationText main, AskedRequest asked, Place place)
{
    /// <summary>What Squid sees of it: of a request over TLS through a forward proxy the CONNECT alone.</summary>
    private readonly AskedRequest request = asked is { Secure: true, ThroughProxy: true } ? asked with { Method = "CONNECT", Path = "", RawPath = "", Query = "" } : asked;

    private const string Server = "Squid";

    /// <summary>Includes within includes: more is a circle.</summary>
    private const int MaxDepth = 16;

    /// <summary>Values read of one file: a list of networks, not a way to fill memory.</summary>
    private const int MaxValues = 200_000;

    /// <summary>Patterns of a list that time out or can't be read before the rest is left: thousands of slow ones would take hours.</summary>
    private const int MaxUnknown = 20;

    private readonly Dictionary<string, List<SquidAcl>> acls = new(StringComparer.Ordinal);
    private readonly List<(string File, int Line, string Text, string[] Words)> lines = [];
    private readonly Dictionary<List<SquidAcl>, (Subject Subject, Truth Value)> found = [];

    private sealed record SquidAcl(string Type, IReadOnlyList<string> Values, string File, int Line, string Text)
    {
        /// <summary>Whether all its values were read; a file that was not holds others.</summary>
        public bool Whole { get; init; } = true;
    }

    public static bool Recognise(ConfigurationText text) => text.Lines.Any(line => line.StartsWith("http_access ", StringComparison.Ordinal) || line.StartsWith("http_port ", StringComparison.Ordinal)) && !text.Text.Contains("http_port {", StringComparison.Ordinal);

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request, Place place) => new SquidEvaluator(text, request, place).Run();

    private IReadOnlyList<Observation> Run()
    {
        Read(main, 0);
        foreach (var (name, type, value) in new[] { ("all", "src", "all"), ("localhost", "src", "127.0.0.0/8 ::1"), ("to_localhost", "dst", ""), ("manager", "url_regex", "^cache_object://|/squid-internal-mgr/"), ("CONNECT", "method", "CONNECT") })
            if (!acls.ContainsKey(name)) acls[name] = [new(type, value.Split(' ', StringSplitOptions.RemoveEmptyEntries), main.Path, 0, name)];
        var walk = new RuleWalk(Server, request);
        var last = default((string File, int Line, string Text, string[] Words)?);
        foreach (var line in lines.Where(line => line.Words[0] == "http_access" && line.Words.Length > 1))
        {
            var tests = line.Words.Skip(2).Select(word => Test(word, line.File, line.Line)).ToList();
            var denies = line.Words[1] == "deny";
            last = line;
            var rule = new DecidingRule { Server = Server, File = line.File, Line = line.Line, Text = line.Text, Outcome = denies ? RuleOutcome.Denies : RuleOutcome.Allows, Status = denies ? 403 : null, Tests = tests };
            // An acl that asks who it is ends the list with a challenge where nobody says so, whether the line allows or denies.
            var login = tests.FindIndex(test => test.Subject == Subject.Credentials);
            if (login >= 0 && Login(defined: acls[tests[login].Name!]) is var (lack, detail, further) && lack != Lack.Nothing)
            {
                var reached = tests.Take(login).Aggregate(Truth.True, (all, test) => all.And(test.Holds));
                if (lack is not (Lack.NotListed or Lack.RefusedElsewhere)) walk.Take(rule with { Outcome = RuleOutcome.Challenges, Status = Challenge, Lack = lack, Detail = detail, Further = further }, reached);
                else walk.Take(lack == Lack.NotListed && denies ? rule with { Lack = lack, Detail = detail, Further = further } : rule);
                continue;
            }

            walk.Take(rule);
        }

        // Without a rule that holds, the opposite of the last one is done; without any rule, all is denied.
        if (walk.Decided is null && (last is null || last.Value.Words[1] == "allow"))
            walk.Take(new DecidingRule { Server = Server, File = last?.File ?? main.Path, Line = last?.Line ?? 1, Text = last?.Text ?? "no http_access", Outcome = RuleOutcome.DeniesByDefault, Status = 403 });
        var peer = lines.FirstOrDefault(line => line.Words[0] == "cache_peer" && line.Words.Length > 3);
        var refusal = walk.Answer();
        var result = new List<Observation>
        {
            new Evaluated
            {
                Server = Server,
                File = main.Path,
                Status = walk.Status(200),
                UnknownBecause = walk.Status(200) is null ? "an acl depends on what is not visible from here" : null,
                HandedOn = refusal is null,
                AccessLogs = [.. lines.Where(line => line.Words[0] is "access_log" && line.Words.Length > 1 && line.Words[1] != "none").Select(line => line.Words[1].Split(':') is [_, var path] ? path : line.Words[1])],
                Trace = walk.Trace,
            },
        };
        result.AddRange(walk.Observations());
        if (refusal is null && peer.Words is not null) result.Add(new HandsOn(Server, peer.File, peer.Line, peer.Text, peer.Words[1] + ":" + peer.Words[3]));
        return result;
    }

    /// <summary>In front of a site it is the server that asks, else the proxy.</summary>
    private int Challenge => IsAccelerator ? 401 : 407;

    private bool IsAccelerator => lines.Any(line => line.Words[0] is "http_port" or "https_port" && line.Words.Skip(2).Any(word => word is "accel" or "intercept" or "tproxy"));

    /// <summary>What the password file of the basic helper says of who came, where it is one that is kept in a file.</summary>
    private (Lack Lack, string Detail, IReadOnlyList<Evidence> Further) Login(List<SquidAcl> defined)
    {
        var field = IsAccelerator ? "Authorization" : "Proxy-Authorization";
        if (defined[0].Type is not ("proxy_auth" or "proxy_auth_regex")) return (Lack.RefusedElsewhere, "", []);
        if (request.Header(field) is null) return (Lack.Missing, $"no {field} header was sent, and {defined[0].Text} asks for one", []);
        var helper = lines.FirstOrDefault(line => line.Words is ["auth_param", "basic", "program", var program, _, ..] && program.EndsWith("basic_ncsa_auth", StringComparison.Ordinal));
        if (helper.Words is null) return (Lack.RefusedElsewhere, "the authentication helper decides", []);
        var (lack, detail, evidence) = PasswordLook.File(request, helper.Words[^1], place.Disk, field: field);
        if (lack != Lack.Nothing) return (lack, detail, evidence);
        var user = request.Credentials(field)!.Value.User;
        var names = defined.SelectMany(acl => acl.Values).Where(value => value != "-i").ToList();
        if (defined[0].Type == "proxy_auth_regex") return (Lack.RefusedElsewhere, "", []);
        return names.Contains("REQUIRED") || names.Contains(user, StringComparer.OrdinalIgnoreCase) ? (Lack.Nothing, detail, evidence) : (Lack.NotListed, $"{user} is not among {string.Join(", ", names.Take(8))}", evidence);
    }

    private void Read(ConfigurationText text, int depth)
    {
        for (var i = 0; i < text.Lines.Length; i++)
        {
            var line = text.Lines[i].Trim();
            var number = i + 1;
            while (line.EndsWith('\\') && i + 1 < text.Lines.Length) line = line[..^1] + " " + text.Lines[++i].Trim();
            var comment = line.IndexOf(" #", StringComparison.Ordinal);
            if (comment >= 0) line = line[..comment].TrimEnd();
            if (line.Length == 0 || line[0] == '#') continue;
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "include")
            {
                if (depth >= MaxDepth) main.Files.Say($"{text.Name}:{number}: files include each other in a circle, or deeper than {MaxDepth} levels");
                else foreach (var included in words.Skip(1).SelectMany(pattern => main.Files.Included(text.Path, pattern.Trim('"'), number))) Read(included, depth + 1);
                continue;
            }

            if (words[0] == "acl" && words.Length > 3)
            {
                if (!acls.TryGetValue(words[1], out var list)) acls[words[1]] = list = [];
                list.Add(new(words[2], Values(words.Skip(3), text, number, out var whole), text.Path, number, line) { Whole = whole });
            }
            else lines.Add((text.Path, number, line, words));
        }
    }

    /// <summary>A value in quotes is a file with one value a line.</summary>
    private List<string> Values(IEnumerable<string> words, ConfigurationText text, int line, out bool whole)
    {
        var values = new List<string>();
        whole = true;
        foreach (var word in words)
        {
            if (word.Length <= 2 || word[0] != '"' || word[^1] != '"') values.Add(word);
            else if (main.Files.Named(text.Path, word.Trim('"'), line) is { } file)
            {
                values.AddRange(file.Lines.Select(value => value.Split('#')[0].Trim()).Where(value => value.Length > 0).Take(MaxValues));
                whole &= file.Lines.Length <= MaxValues;
            }
            else whole = false;
        }

        return values;
    }

    private RuleTest Test(string word, string file, int line)
    {
        var negated = word.StartsWith('!');
        var name = word.TrimStart('!');
        if (!acls.TryGetValue(name, out var defined)) return new(Subject.Other, negated, Truth.Unknown, name, file, line) { Name = name };
        if (name == "all") return new(Subject.Anything, negated, Truth.True, "all", file, line);
        var (subject, value) = AnyOf(defined, 0);
        return new(subject, negated, value, defined[0].Text, defined[0].File, defined[0].Line > 0 ? defined[0].Line : line) { Name = name };
    }

    /// <summary>The lines of one name together; each is looked at once, however many lists of lists name it.</summary>
    private (Subject Subject, Truth Value) AnyOf(List<SquidAcl> defined, int depth)
    {
        if (found.TryGetValue(defined, out var before)) return before;
        var result = (Subject: Subject.Other, Value: Truth.False);
        foreach (var acl in defined)
        {
            var (of, holds) = One(acl, depth);
            result = (of, result.Value.Or(acl.Whole ? holds : holds.Or(Truth.Unknown)));
        }

        return found[defined] = result;
    }

    private (Subject Subject, Truth Value) One(SquidAcl acl, int depth)
    {
        var ignoreCase = acl.Values.Contains("-i", StringComparer.Ordinal);
        var values = acl.Values.Where(value => !value.StartsWith('-') || value.Length != 2).ToList();
        var url = request.Method == "CONNECT" ? $"{request.Host}:{request.Port}" : $"{(request.Secure ? "https" : "http")}://{request.Host}{request.RawPath}{(request.Query.Length > 0 ? "?" + request.Query : "")}";
        switch (acl.Type)
        {
            case "src" or "client_ip":
                return (Subject.Address, values.Contains("all") ? Truth.True : InRanges(values));
            case "dstdomain" or "srcdomain" when acl.Type == "dstdomain":
                return (Subject.Host, TruthTables.Of(values.Any(domain => domain.StartsWith('.') ? ("." + request.Host).EndsWith(domain, StringComparison.OrdinalIgnoreCase) : request.Host.Equals(domain, StringComparison.OrdinalIgnoreCase))));
            case "dstdom_regex":
                return (Subject.Host, Any(values, request.Host, ignoreCase));
            case "url_regex":
                return (Subject.Path, Any(values, url, ignoreCase));
            case "urlpath_regex":
                return (Subject.Path, Any(values, request.RawPath + (request.Query.Length > 0 ? "?" + request.Query : ""), ignoreCase));
            case "port" or "localport" or "myportname":
                return (Subject.Port, acl.Type == "myportname" ? Truth.Unknown : TruthTables.Of(values.Any(port => Port(port))));
            case "method":
                return (Subject.Method, TruthTables.Of(values.Contains(request.Method, StringComparer.OrdinalIgnoreCase)));
            case "proto":
                return (Subject.Scheme, TruthTables.Of(values.Contains(request.Secure ? "https" : "http", StringComparer.OrdinalIgnoreCase)));
            case "browser":
                return (Subject.UserAgent, request.Header("User-Agent") is { } agent ? Any(values, agent, ignoreCase) : Truth.False);
            case "referer_regex":
                return (Subject.Referrer, request.Header("Referer") is { } referrer ? Any(values, referrer, ignoreCase) : Truth.False);
            case "req_header" when values.Count > 1:
                return (HeaderSubjects.OfHeader(values[0]), request.Header(values[0]) is { } header ? Any(values.Skip(1), header, ignoreCase) : Truth.False);
            case "time":
                return (Subject.Time, Time(values));
            case "proxy_auth" or "proxy_auth_regex" or "ext_user" or "ident":
                return (Subject.Credentials, Login([acl]).Lack switch { Lack.Nothing => Truth.True, Lack.RefusedElsewhere => Truth.Unknown, _ => Truth.False });
            case "maxconn" or "max_user_ip" or "random":
                return (Subject.Rate, Truth.Unknown);
            case "user_cert" or "ca_cert":
                return (Subject.Certificate, request.Certificate ? Truth.Unknown : Truth.False);
            case "any-of" or "all-of" when depth < 16:
                var subject = Subject.Other;
                var value = acl.Type == "any-of" ? Truth.False : Truth.True;
                foreach (var word in values)
                {
                    if (!acls.TryGetValue(word.TrimStart('!'), out var inner)) return (subject, Truth.Unknown);
                    (subject, var holds) = AnyOf(inner, depth + 1);
                    if (word.StartsWith('!')) holds = holds.Not();
                    value = acl.Type == "any-of" ? value.Or(holds) : value.And(holds);
                }

                return (subject, value);
            default:
                return (acl.Type.Contains("country", StringComparison.Ordinal) || acl.Type == "geo" ? Subject.Country : Subject.Other, Truth.Unknown);
        }
    }

    private Truth InRanges(IReadOnlyList<string> values)
    {
        var result = Truth.False;
        foreach (var value in values)
        {
            var dash = value.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && request.Address is { } address && Gatehouse.Grammar.Address.TryParse(value.AsSpan(0, dash), out var low, out _) && Gatehouse.Grammar.Address.TryParse(value.AsSpan(dash + 1).ToString().Split('/')[0], out var high, out _))
            {
                var octets = address.GetAddressBytes();
                var inside = octets.Length == low!.GetAddressBytes().Length && octets.AsSpan().SequenceCompareTo(low.GetAddressBytes()) >= 0 && octets.AsSpan().SequenceCompareTo(high!.GetAddressBytes()) <= 0;
                result = result.Or(TruthTables.Of(inside));
            }
            else result = result.Or(request.AddressIn([value]));
        }

        return result;
    }

    private bool Port(string text) => text.Split('-') switch
    {
        [var one] => int.TryParse(one, out var port) && port == request.Port,
        [var low, var high] => int.TryParse(low, out var from) && int.TryParse(high, out var to) && request.Port >= from && request.Port <= to,
        _ => false,
    };

    /// <summary>Days as letters (SMTWHFA, D for the working days) and hours as <c>h1:m1-h2:m2</c>.</summary>
    private Truth Time(IReadOnlyList<string> values)
    {
        var now = TimeZoneInfo.ConvertTime(request.At, place.Zone);
        var days = true;
        var hours = true;
        foreach (var value in values)
        {
            if (value.Contains(':', StringComparison.Ordinal))
            {
                var range = value.Split('-');
                if (range.Length != 2 || !TimeOnly.TryParseExact(range[0], ["H:m", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var from) || !TimeOnly.TryParseExact(range[1] == "24:00" ? "23:59" : range[1], ["H:m", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var to)) return Truth.Unknown;
                var minute = new TimeOnly(now.Hour, now.Minute);
                hours = minute >= from && minute <= to;
            }
            else
            {
                var letter = "SMTWHFA"[(int)now.DayOfWeek];
                days = value.Contains(letter, StringComparison.Ordinal) || (value.Contains('D', StringComparison.Ordinal) && now.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));
            }
        }

        return TruthTables.Of(days && hours);
    }

    private static Truth Any(IEnumerable<string> patterns, string value, bool ignoreCase)
    {
        var result = Truth.False;
        var unknown = 0;
        foreach (var pattern in patterns)
        {
            if (result == Truth.True || unknown > MaxUnknown) break;
            var fits = ServerExpression.Matches(value, pattern, ignoreCase);
            if (fits == Truth.Unknown) unknown++;
            result = result.Or(fits);
        }

        return result;
    }
}
