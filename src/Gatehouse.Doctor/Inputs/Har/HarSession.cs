using Gatehouse.Doctor.Http;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Inputs.Har;

/// <summary>Goes through a recording entry by entry: keeps what a later refusal may need, and the refusals by kind. Everything it keeps is bounded.</summary>
internal sealed class HarSession
{
    /// <summary>How many preflights and redirects are remembered: they stand close before the request that they belong to.</summary>
    private const int MaxRemembered = 256;

    /// <summary>Most cookies remembered.</summary>
    private const int MaxCookies = 1000;

    /// <summary>Most hops of one redirect.</summary>
    private const int MaxHops = 20;

    /// <summary>So often sent to the sign-in, a page is in a loop.</summary>
    private const int TimesOfLoop = 3;

    private readonly LinkedList<HarEntry> preflights = [];
    private readonly LinkedList<HarEntry> redirects = [];
    private readonly LinkedList<CookieSetBefore> set = [];
    private readonly Dictionary<string, Kind> kinds = new(StringComparer.Ordinal);
    private readonly List<Kind> order = [];
    private readonly List<LeftOut> leftOut = [];
    private int entries;
    private int refused;
    private int withoutFields;
    private int firstWithoutFields;
    private readonly Dictionary<string, int> sentToLogin = new(StringComparer.Ordinal);
    private bool signedIn;
    private bool sawCookie;
    private bool sawRequestFields;

    private sealed class Kind(IReadOnlyList<Exchange> exchanges, IReadOnlyList<Observation> beside)
    {
        public IReadOnlyList<Exchange> Exchanges => exchanges;

        public IReadOnlyList<Observation> Beside => beside;

        public int Count { get; set; }

        public List<int> Entries { get; } = [];

        public List<string> Requests { get; } = [];
    }

    /// <summary>Takes the next entry in.</summary>
    public void Add(HarNode node)
    {
        entries++;
        var entry = HarEntry.Of(node, entries, out var fault);
        if (entry is null)
        {
            if (fault is not null) Say(entries, fault);
            return;
        }

        sawRequestFields |= !entry.RequestFieldsMissing;
        sawCookie |= entry.Request.Value("Cookie") is not null;
        if (HarRefusal.Is(entry) || IsLoop(entry)) AddRefusal(entry);
        else if (entry.Answer is null && HarRefusal.Silence(entry, preflights.LastOrDefault(other => SameTarget(other, entry))) is { } silence) Say(entries, silence);
        if (entry.IsPreflight) Remember(preflights, entry);
        if (entry.Answer is { Status: >= 300 and < 400 } && entry.Answer.Value("Location") is not null) Remember(redirects, entry);
        RememberCookies(entry);
    }

    /// <summary>A page that asks for a sign-in once is none; one that asks again after a sign-in that went well, or over and over, is refused.</summary>
    private bool IsLoop(HarEntry entry)
    {
        if (HarRefusal.EndsSignIn(entry)) signedIn = true;
        if (!HarRefusal.LeadsToLogin(entry)) return false;
        var address = Address(entry.Request.Url);
        if (!sentToLogin.TryGetValue(address, out var times) && sentToLogin.Count == MaxRemembered) return false;
        sentToLogin[address] = ++times;
        return times == TimesOfLoop || (signedIn && times == 2);
    }

    /// <summary>What came of it.</summary>
    public HarReading Finish(string? fault)
    {
        if (withoutFields > 0) Say(firstWithoutFields, $"{withoutFields} refused requests were recorded without their fields: what they carried was not looked at");
        if (order.Count > 0 && sawRequestFields && !sawCookie) Say(0, "no cookie stands in any request of the recording: if it was exported without sensitive data, cookies and Authorization were taken out, and what they were was not looked at");
        return new([.. order.Select(kind => new RecordedRefusal { Exchanges = kind.Exchanges, Beside = kind.Beside, Entries = kind.Entries, Count = kind.Count, Requests = kind.Requests })], entries, refused, leftOut, fault);
    }

    private void AddRefusal(HarEntry entry)
    {
        refused++;
        var key = HarRefusal.Key(entry);
        if (!kinds.TryGetValue(key, out var kind))
        {
            if (order.Count == HarFile.MaxRefusals)
            {
                Say(entry.Number, $"more than {HarFile.MaxRefusals} kinds of refusals: this one is left out");
                return;
            }

            kind = new(Belonging(entry), Beside(entry));
            kinds.Add(key, kind);
            order.Add(kind);
            if (entry.RequestFieldsMissing && withoutFields++ == 0) firstWithoutFields = entry.Number;
        }

        kind.Count++;
        if (kind.Entries.Count < 100) kind.Entries.Add(entry.Number);
        var request = $"{entry.Request.Method} {entry.Request.Url.OriginalString}";
        if (kind.Requests.Count < 20 && !kind.Requests.Contains(request)) kind.Requests.Add(request);
    }

    /// <summary>The redirects that led to it, its preflight, and itself.</summary>
    private List<Exchange> Belonging(HarEntry entry)
    {
        var chain = new List<HarEntry>();
        for (var at = entry; chain.Count < MaxHops && From(at) is { } before && !chain.Contains(before); at = before) chain.Insert(0, before);
        var belonging = new List<Exchange>();
        foreach (var hop in chain)
        {
            var exchange = hop.ToExchange($"entry {hop.Number}, redirects");
            belonging.Add(belonging.Count > 0 ? exchange with { RedirectedFrom = belonging[^1] } : exchange);
        }

        if (!entry.IsPreflight && preflights.LastOrDefault(other => SameTarget(other, entry)) is { } preflight) belonging.Add(preflight.ToExchange($"entry {preflight.Number}, preflight"));
        var itself = entry.ToExchange($"entry {entry.Number}");
        belonging.Add(chain.Count > 0 ? itself with { RedirectedFrom = belonging[chain.Count - 1] } : itself);
        return belonging;
    }

    private HarEntry? From(HarEntry entry) => redirects.LastOrDefault(other =>
        other.Number < entry.Number && Uri.TryCreate(other.Request.Url, other.Answer!.Value("Location"), out var target) && Address(target) == Address(entry.Request.Url));

    private List<Observation> Beside(HarEntry entry)
    {
        var beside = new List<Observation>();
        var host = CookieJar.RequestOf(entry.Request.Url).Host;
        foreach (var before in set)
        {
            // Of its own host, and of hosts that share a parent with it: a cookie set for another name of the same site is the one that is missed.
            if (!Related(host, CookieJar.RequestOf(before.Url).Host)) continue;
            if (before.Decision.Cookie is { } kept) beside.Add(new JarCookie($"set by {before.Source}", kept));
            beside.Add(before);
        }

        foreach (var blocked in entry.BlockedCookies) beside.Add(new CookieKeptBack(blocked.Split(": ", 2)[0], blocked.Split(": ", 2)[1]));
        return beside;
    }

    private static bool Related(string host, string other)
    {
        if (host == other) return true;
        if (Grammar.Address.TryParse(host.Trim('[', ']'), out _, out _)) return false;
        static string Parent(string name) => string.Join('.', name.Split('.')[^Math.Min(2, name.Split('.').Length)..]);
        return Parent(host) == Parent(other) && Parent(host).Contains('.', StringComparison.Ordinal);
    }

    private void RememberCookies(HarEntry entry)
    {
        if (entry.Answer is null) return;
        var target = CookieJar.RequestOf(entry.Request.Url);
        var fromElsewhere = entry.Request.Value("Sec-Fetch-Site") is "cross-site";
        var navigation = entry.Request.Value("Sec-Fetch-Mode") is "navigate" or null;
        foreach (var value in entry.Answer.Values("Set-Cookie"))
        {
            if (!SetCookie.TryParse(value, out var cookie, out _) || cookie is null) continue;
            var decision = CookieStorage.Decide(cookie, new(target.Host, target.Path, target.IsSecure, !fromElsewhere, navigation), entry.Started ?? default);
            for (var old = set.First; old is not null; old = old.Next)
            {
                if (old.Value.Cookie.Name != cookie.Name || old.Value.Cookie.Domain != cookie.Domain || old.Value.Cookie.Path != cookie.Path || old.Value.Url.Host != entry.Request.Url.Host) continue;
                set.Remove(old);
                break;
            }

            set.AddLast(new CookieSetBefore($"entry {entry.Number}", entry.Request.Url, cookie, decision));
            if (set.Count > MaxCookies) set.RemoveFirst();
        }
    }

    private static bool SameTarget(HarEntry preflight, HarEntry entry) =>
        Address(preflight.Request.Url) == Address(entry.Request.Url) && (preflight.Request.Value("Access-Control-Request-Method") ?? entry.Request.Method).Equals(entry.Request.Method, StringComparison.OrdinalIgnoreCase);

    private static string Address(Uri url) => url.GetLeftPart(UriPartial.Authority) + url.PathAndQuery;

    private static void Remember(LinkedList<HarEntry> list, HarEntry entry)
    {
        list.AddLast(entry);
        if (list.Count > MaxRemembered) list.RemoveFirst();
    }

    private void Say(int number, string what)
    {
        if (leftOut.Count < 50) leftOut.Add(new(number, InputPlace.Entry, what));
    }
}
