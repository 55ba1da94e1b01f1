using Gatehouse.Addresses;

namespace Gatehouse.Policy;

/// <summary>Finds by reasoning, before any request comes, what a policy can't mean: conditions that exclude each other, rules that decide nothing, challenges that nobody can answer.</summary>
internal static class PolicyReasoning
{
    // Steps of one search through a refuse list whose entries are joined conditions; beyond it a rule counts as reachable.
    private const int MaximumSteps = 2000;

    // Up to here each entry of a refuse list is compared with each other one.
    private const int MaximumPairs = 400;

    /// <summary>One rule by itself: what of it can ever hold, and what of it changes nothing.</summary>
    public static CompiledRule? Compile(RuleText text, PathPattern? pattern, Alternatives alternatives, Expression expression, PolicySurroundings surroundings, PolicyReader reader)
    {
        if (alternatives.Sets.Length == 0 && expression is not Expression.Constant)
        {
            reader.AtWords(text, 0, "nobody can ever pass, which the words hide", "write `nobody` alone", true);
            return null;
        }

        var space = RequestSpace.Of(pattern);
        List<ulong> possible = [];
        List<ulong> impossible = [];
        foreach (var set in alternatives.Sets)
            (alternatives.Of(set).Aggregate(space, (left, condition) => left.With(condition)).IsEmpty ? impossible : possible).Add(set);
        foreach (var set in impossible)
        {
            var (message, advice) = Contradiction([.. alternatives.Of(set)], space, pattern);
            reader.AtWords(text, OffsetOf(set), message, advice, possible.Count == 0);
        }

        if (impossible.Count > 0 && possible.Count == 0) return null;

        // Of two alternatives one of which holds wherever the other does, the wider is enough.
        List<ulong> kept = [];
        foreach (var set in possible)
        {
            if (kept.Exists(other => Within(alternatives, set, alternatives, other))) continue;
            kept.RemoveAll(other => Within(alternatives, other, alternatives, set));
            kept.Add(set);
        }

        var used = kept.Concat(impossible).Aggregate(0UL, (bits, set) => bits | set);
        foreach (var leaf in expression.Leaves)
        {
            var bit = Array.FindIndex(alternatives.Conditions, condition => condition.Key == leaf.Condition.Key);
            if ((used & 1UL << bit) != 0) continue;
            used |= 1UL << bit;
            reader.AtWords(text, leaf.Offset, kept is [0UL] ? $"`{leaf.Condition.Text}` has no effect: `anyone` passes" : $"`{leaf.Condition.Text}` has no effect: whoever meets it passes, or fails, without it", "remove it, or join it with `and`", false);
        }

        return new(text, pattern, alternatives.With(kept), surroundings.Schemes.Values);

        int OffsetOf(ulong set)
        {
            var first = alternatives.Of(set).FirstOrDefault();
            return expression.Leaves.FirstOrDefault(leaf => leaf.Condition.Key == first?.Key)?.Offset ?? 0;
        }
    }

    /// <summary>All rules together.</summary>
    public static void Check(RefuseList refuse, RuleIndex index, PolicySurroundings surroundings, PolicyReader reader)
    {
        var everybodyRefused = CheckRefusals(refuse, reader);
        foreach (var rule in index.Rules)
        {
            if (!everybodyRefused) CheckReach(rule, refuse, reader);
            CheckAnswers(rule, surroundings, reader);
        }

        CheckTies(index, reader);
        foreach (var rule in index.Rules)
        {
            CheckEffect(rule, index, reader);
            CheckTwin(rule, index, reader);
        }
    }

    /// <summary>Whether two rules let the same pass and refuse in the same way.</summary>
    public static bool SameMeaning(CompiledRule a, CompiledRule b) =>
        a.Text.Say == b.Text.Say && a.Text.Contact == b.Text.Contact && a.Text.Hide == b.Text.Hide && a.Text.ReportOnly == b.Text.ReportOnly && a.Text.Strict == b.Text.Strict
        && IsAsStrict(a, b) && IsAsStrict(b, a);

    // Whoever passes the first passes the second.
    private static bool IsAsStrict(CompiledRule a, CompiledRule b) =>
        a.Alternatives.Sets.All(set => b.Alternatives.Sets.Any(other => Within(a.Alternatives, set, b.Alternatives, other)));

    // Whether the first set can hold only where the second does.
    private static bool Within(Alternatives a, ulong set, Alternatives b, ulong other) =>
        b.Of(other).All(wider => a.Of(set).Any(narrower => narrower.Implies(wider)));

    private static (string Message, string? Advice) Contradiction(Condition[] conditions, RequestSpace space, PathPattern? pattern)
    {
        foreach (var condition in conditions)
            if (space.With(condition).IsEmpty && pattern is { Methods.Length: > 0 }) return ($"`{condition.Text}` can't hold: the rule is for {string.Join(", ", pattern.Methods)}", "name the method in one place");
        for (var i = 0; i < conditions.Length; i++)
            for (var j = i + 1; j < conditions.Length; j++)
            {
                if (!space.With(conditions[i]).With(conditions[j]).IsEmpty) continue;
                var advice = conditions[i].Word == conditions[j].Word && conditions[i] is not HoursCondition && conditions[i].Values.Length > 0
                    ? $"write `{conditions[i].Text} {string.Join(' ', conditions[j].Values.Select(Condition.Quoted))}` if either is enough"
                    : "join them with `or` if either is enough";
                return ($"`{conditions[i].Text}` and `{conditions[j].Text}` never hold together: nobody can pass this way", advice);
            }

        return ($"{string.Join(" and ", conditions.Select(condition => $"`{condition.Text}`"))} never hold together: nobody can pass this way", "write `nobody` if that is meant");
    }

    private static bool CheckRefusals(RefuseList refuse, PolicyReader reader)
    {
        foreach (var entry in refuse.Entries)
        {
            if (entry.Alternatives.Sets.Contains(0UL)) reader.Error(entry.Text, $"`{entry.Text.Words}` refuses everybody everywhere", "take it out of the refuse list; what no rule names is refused anyway");
            else if (entry.Alternatives.Sets.Length == 0) reader.Error(entry.Text, $"`{entry.Text.Words}` refuses nothing", "remove it");
        }

        if (refuse.Entries.Any(entry => entry.Alternatives.Sets.Contains(0UL))) return true;
        if (refuse.Entries.Count > 0 && !IsReachable(new(), refuse))
        {
            reader.Error(refuse.Entries[0].Text, "the refuse list refuses every request", "remove the entry that is too wide");
            return true;
        }

        CheckRepeatedNetworks(refuse, reader);
        if (refuse.Others.Count > MaximumPairs) return false;
        foreach (var entry in refuse.Others)
        {
            var wider = refuse.Others.FirstOrDefault(other => other != entry && IsAsStrict(entry, other) && (!IsAsStrict(other, entry) || Earlier(other, entry)));
            if (wider is not null) reader.Error(entry.Text, $"`{entry.Text.Words}` has no effect: `{wider.Text.Words}` (line {wider.Source.Line}) refuses it already", "remove it", isError: false);
        }

        return false;
    }

    private static bool Earlier(CompiledRule a, CompiledRule b) => (a.Text.Line, a.Text.Column).CompareTo((b.Text.Line, b.Text.Column)) < 0;

    // Sorted, a range that holds another comes before it: one pass finds what is inside of what.
    private static void CheckRepeatedNetworks(RefuseList refuse, PolicyReader reader)
    {
        foreach (var v6 in new[] { false, true })
        {
            var single = refuse.Entries
                .Select(entry => (Entry: entry, Ranges: RefuseList.PlainNetwork(entry) is { } network ? Ranges.Of(network.Addresses) : null))
                .Where(pair => pair.Ranges is not null && pair.Ranges.V4.Count == (v6 ? 0 : 1) && pair.Ranges.V6.Count == (v6 ? 1 : 0))
                .Select(pair => (pair.Entry, Range: v6 ? pair.Ranges!.V6[0] : pair.Ranges!.V4[0]))
                .OrderBy(pair => pair.Range.First).ThenByDescending(pair => pair.Range.Last).ThenBy(pair => pair.Entry.Text.Line).ToList();
            for (int i = 1, outer = 0; i < single.Count; i++)
            {
                if (single[i].Range.Last > single[outer].Range.Last) outer = i;
                else reader.Error(single[i].Entry.Text, $"`{single[i].Entry.Text.Words}` has no effect: `{single[outer].Entry.Text.Words}` (line {single[outer].Entry.Source.Line}) refuses it already", "remove it", isError: false);
            }
        }
    }

    private static void CheckReach(CompiledRule rule, RefuseList refuse, PolicyReader reader)
    {
        if (refuse.Entries.Count == 0 || rule.Alternatives.Sets.Length == 0) return;
        var blocked = rule.Alternatives.Sets.Where(set => !IsReachable(SpaceOf(rule, set), refuse)).ToList();
        if (blocked.Count == 0) return;
        var all = blocked.Count == rule.Alternatives.Sets.Length;
        var entry = refuse.Entries.FirstOrDefault(entry => blocked.All(set => !IsReachable(SpaceOf(rule, set), new RefuseList([entry]))));
        var by = entry is null ? "the refuse list" : $"`{entry.Text.Words}` (line {entry.Source.Line}) in the refuse list";
        reader.AtWords(rule.Text, 0, all
            ? $"nobody can pass: everybody whom this lets in is refused by {by}"
            : $"the way over {Joined(rule.Alternatives.Of(blocked[0]))} has no effect: it is refused by {by}", all ? "change one of the two, or write `nobody`" : "remove it, or change the refuse list", all);
    }

    private static RequestSpace SpaceOf(CompiledRule rule, ulong set) => rule.Alternatives.Of(set).Aggregate(RequestSpace.Of(rule.Pattern), (space, condition) => space.With(condition));

    private static bool IsReachable(RequestSpace space, RefuseList refuse)
    {
        if (!refuse.Networks.IsEmpty && (space.NamesAddresses || refuse.Networks.Count < 64)) space = space.WithoutAddresses(refuse.Ranges);
        List<Condition[]> joined = [];
        foreach (var entry in refuse.Others)
            foreach (var set in entry.Alternatives.Sets)
            {
                Condition[] conditions = [.. entry.Alternatives.Of(set)];
                if (conditions.Length == 1) space = space.Without(conditions[0]);
                else joined.Add(conditions);
            }

        var steps = 0;
        return Search(space, 0);

        // Every joined entry must fail in one of its conditions.
        bool Search(RequestSpace left, int at)
        {
            if (left.IsEmpty) return false;
            if (at == joined.Count || ++steps > MaximumSteps) return true;
            return joined[at].Any(condition => Search(left.Without(condition), at + 1));
        }
    }

    private static void CheckAnswers(CompiledRule rule, PolicySurroundings surroundings, PolicyReader reader)
    {
        var sets = rule.Alternatives.Sets;
        var unanswerable = Enumerable.Range(0, sets.Length).Where(i => !rule.IsAnswerable(i)).ToList();
        if (unanswerable.Count == 0) return;
        var all = unanswerable.Count == sets.Length;
        var conditions = rule.Alternatives.Of(sets[unanswerable[0]]).Where(condition => condition.OfIdentity).ToList();
        var lacking = conditions.Where(condition => condition.Possible != SchemeAbilities.None && !surroundings.Schemes.Values.Any(scheme => (scheme & condition.Possible) != SchemeAbilities.None)).ToList();
        var message = surroundings.Schemes.Count == 0
            ? $"{Joined(conditions)} asks for a sign-in, and there is none"
            : lacking.Count > 0
                ? $"{Joined(lacking)} can't be answered: no way of signing in that is switched on tells {string.Join(" or ", lacking.Select(Subject).Distinct(StringComparer.Ordinal))}"
                : $"{Joined(conditions)} can't be answered: no single way of signing in that is switched on tells all of it";
        reader.AtWords(rule.Text, 0, message, surroundings.Schemes.Count == 0 ? "add `sign-in:`" : "switch on a way of signing in that does, or ask for something else", all);
    }

    private static string Subject(Condition condition) => condition switch
    {
        RoleCondition => "roles",
        GroupCondition => "groups",
        ScopeCondition => "scopes",
        ClaimCondition => "claims",
        SubscriptionCondition => "subscriptions",
        TwoFactorCondition => "a second factor",
        WithinCondition => "the time of the sign-in",
        _ => "who it is",
    };

    private static void CheckTies(RuleIndex index, PolicyReader reader)
    {
        var groups = index.Rules.GroupBy(rule => (rule.Pattern!.Kind, rule.Pattern.Literal, Folder: rule.Pattern.Kind == PatternKind.FileName ? "" : rule.Pattern.Folder, rule.Pattern.Methods.Length == 0));
        foreach (var group in groups)
        {
            CompiledRule[] rules = [.. group.OrderBy(rule => rule.Text.Line).ThenBy(rule => rule.Text.Column)];
            for (var later = 1; later < rules.Length; later++)
                for (var earlier = 0; earlier < later; earlier++)
                {
                    var (a, b) = (rules[earlier], rules[later]);
                    if (!a.Pattern!.Ties(b.Pattern!)) continue;
                    // Alike but for the name is fine (`/**/*.key` and `/**/id*` both `nobody`): each has paths of its own.
                    if (!SameMeaning(a, b)) reader.Error(b.Text, $"`{b.Text.Pattern}` and `{a.Text.Pattern}` (line {a.Text.Line}) name the same requests equally exactly and say different things", "make one of them more specific, or join their words");
                    else if (a.Pattern.Text == b.Pattern!.Text) reader.Error(b.Text, $"`{b.Text.Pattern}` has no effect: line {a.Text.Line} says the same", "remove one of the two");
                }
        }
    }

    // A rule without which everything would be decided alike.
    private static void CheckEffect(CompiledRule rule, RuleIndex index, PolicyReader reader)
    {
        var pattern = rule.Pattern!;
        if (pattern.Kind == PatternKind.FileName) return;
        var beaten = index.Beaten(rule);
        foreach (var other in beaten)
        {
            if (!SameMeaning(rule, other)) return;
            if (other.Pattern!.Methods.Length > 0 && !(pattern.Methods.Length > 0 && pattern.Methods.All(other.Pattern.Names))) continue;
            reader.Error(rule.Text, $"`{rule.Text.Pattern}` has no effect: `{other.Text.Pattern}` (line {other.Text.Line}) says the same", "remove it");
            return;
        }
    }

    // `/admin` and `/admin/` are two paths; many applications take them for one.
    private static void CheckTwin(CompiledRule rule, RuleIndex index, PolicyReader reader)
    {
        var pattern = rule.Pattern!;
        var path = pattern.Folder;
        if (pattern.Kind != PatternKind.Exact || path == "/" || path.AsSpan(path.TrimEnd('/').LastIndexOf('/') + 1).Contains('.')) return;
        var twin = path.EndsWith('/') ? path[..^1] : path + "/";
        var method = pattern.Methods.Length > 0 ? pattern.Methods[0] : "GET";
        if (index.Find(twin, method) is not { } other || other.Pattern!.Kind == PatternKind.Exact || IsAsStrict(other, rule)) return;
        reader.Error(rule.Text, $"`{twin}` is another path than `{path}`, and `{other.Text.Pattern}: {other.Text.Words}` (line {other.Text.Line}) decides it", path.EndsWith('/') ? $"write `{twin}/**` if both are meant" : $"write `{path}/**` if both are meant", isError: false);
    }

    private static string Joined(IEnumerable<Condition> conditions) => string.Join(" and ", conditions.Select(condition => $"`{condition.Text}`"));
}
