using System.Collections.Frozen;
using System.Net;
using Gatehouse.Addresses;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Proxy;
using Gatehouse.Guard.Settings;
using Gatehouse.Guard.StaticFiles;
using Gatehouse.Policy;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Guard.Hosting;

/// <summary>All sites of one configuration as they run, and which of them answers for a host. Immutable; a changed configuration is a new set.</summary>
public sealed class SiteSet : IDisposable
{
    /// <summary>The name under which the policy finds what administrators blocked; no file can be called so.</summary>
    private const string BlockedByAdministrators = "/dev/null/blocked";

    /// <summary>Where the entries of that list "stand".</summary>
    private const string BlockCommand = "gatehouse block";

    private const string BlockListStep = "refuse block list";

    private readonly FrozenDictionary<string, GuardedSite> byHost;
    private readonly FrozenDictionary<string, GuardedSite> byDomain;
    private readonly GuardedSite? otherwise;
    private readonly List<IDisposable> _resources;

    private SiteSet(IReadOnlyList<(SiteConfiguration Configuration, GuardedSite Site)> sites, List<IDisposable> resources)
    {
        _resources = resources;
        Sites = [.. sites.Select(pair => pair.Site)];
        var named = sites.SelectMany(pair => pair.Configuration.Hosts.Select(host => (Host: host, pair.Site))).ToList();
        byHost = named.Where(pair => !pair.Host.StartsWith("*.", StringComparison.Ordinal)).ToFrozenDictionary(pair => pair.Host, pair => pair.Site, StringComparer.Ordinal);
        byDomain = named.Where(pair => pair.Host.StartsWith("*.", StringComparison.Ordinal)).ToFrozenDictionary(pair => pair.Host[2..], pair => pair.Site, StringComparer.Ordinal);
        otherwise = sites.FirstOrDefault(pair => pair.Configuration.Hosts.Count == 0).Site;
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<GuardedSite> Sites { get; }

    /// <summary>The site of a canonical host: its own name before <c>*.domain</c> (the longest) before the one without hosts. Null: nobody answers for it.</summary>
    public GuardedSite? Of(string host)
    {
        if (byHost.TryGetValue(host, out var site)) return site;
        if (byDomain.Count > 0)
        {
            var domains = byDomain.GetAlternateLookup<ReadOnlySpan<char>>();
            for (var dot = host.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = host.IndexOf('.', dot + 1))
                if (domains.TryGetValue(host.AsSpan(dot + 1), out site)) return site;
        }

        return otherwise;
    }

    /// <summary>Builds the sites. Null where there is an error; all faults are collected.</summary>
    /// <param name="configuration">What the file says.</param>
    /// <param name="signIn">What accounts, sessions, tokens and keys give.</param>
    /// <param name="countriesKnown">Whether a country database is open.</param>
    /// <param name="forwarder">YARP's; null: sites with an upstream can be judged and not served (`check`).</param>
    /// <param name="time">The clock.</param>
    /// <param name="faults">Errors and remarks.</param>
    public static SiteSet? Build(GuardConfiguration configuration, SignInWiring signIn, bool countriesKnown, IHttpForwarder? forwarder, TimeProvider time, out IReadOnlyList<ConfigurationFault> faults)
    {
        var found = new List<ConfigurationFault>();
        var sites = new List<(SiteConfiguration, GuardedSite)>();
        var resources = new List<IDisposable>();
        var lists = new AddressLists(configuration.Folder, time);
        resources.Add(lists);
        var surroundings = new PolicySurroundings
        {
            OpenList = name => name == BlockedByAdministrators ? (signIn.IsBlocked, null) : lists.Open(name),
            IsEmptyList = name => name == BlockedByAdministrators && signIn.NobodyIsBlocked?.Invoke() == true,
            CountriesKnown = countriesKnown,
            Schemes = signIn.Authenticators.GroupBy(authenticator => authenticator.Scheme).ToDictionary(group => group.Key, group => group.Aggregate(SchemeAbilities.None, (sum, one) => sum | one.Abilities)),
        };
        foreach (var site in configuration.Sites)
        {
            IReadOnlyList<RuleText> refuse = signIn.IsBlocked is null ? site.Refuse : [.. site.Refuse, new RuleText { Words = "list " + BlockedByAdministrators, File = BlockCommand, Line = 0 }];
            var policy = AccessPolicy.Load(refuse, site.Rules, surroundings, out var policyFaults);
            found.AddRange(policyFaults.Select(fault => new ConfigurationFault(fault.File, fault.Line, fault.Column, fault.Message, fault.Advice, fault.IsError)));
            if (policy is null) continue;
            if (site.Root is { } folder && forwarder is not null && !new SiteFolder(folder, ignoresHtaccess: true).IsSearchable())
                found.Add(new ConfigurationFault(configuration.File, site.Line, 0, $"this account may not pass into the folder {folder}: every request for it will be refused", $"let it: `setfacl -m u:ACCOUNT:x {folder}`, or put its group on the folder", IsError: false));
            sites.Add((site, new GuardedSite
            {
                Name = site.Name,
                Policy = policy,
                Authenticators = signIn.Authenticators,
                Content = Content(site, policy, signIn, forwarder, time, resources),
                Explain = configuration.Explain,
                Retell = signIn.BlockedBy is { } blockedBy ? (decision, facts) => Retell(decision, facts, blockedBy) : null,
                OwnPages = signIn.OwnPages,
                SignInForm = signIn.SignInForm,
                OwnContent = signIn.OwnContent,
                ClearSessionCookie = signIn.ClearSessionCookie,
                ClearSecureSessionCookie = signIn.ClearSecureSessionCookie,
            }));
        }

        faults = found;
        if (!found.Exists(fault => fault.IsError)) return new SiteSet(sites, resources);
        resources.ForEach(one => one.Dispose());
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _resources.ForEach(one => one.Dispose());

    /// <summary>What administrators blocked is told as they wrote it, not as the list that the policy sees.</summary>
    private static Decision Retell(Decision decision, Facts facts, Func<IPAddress, (IPNetwork Network, string Why)?> blockedBy)
    {
        if (decision.Rule is not { File: BlockCommand } || facts.Address is not { } address || blockedBy(address) is not { } block)
            return decision with { Trace = [.. decision.Trace.Select(step => IsBlockList(step) ? step with { Condition = BlockListStep } : step)] };
        var why = block.Why.Length > 0 ? $" ({block.Why})" : "";
        return decision with
        {
            Rule = new RuleSource(BlockCommand, 0, $"network {block.Network}{why}"),
            Trace = [.. decision.Trace.Select(step => IsBlockList(step) ? new TraceStep(BlockListStep, step.Value, $"an administrator blocked {block.Network}{why}") : step)],
            NearestChange = $"take it off the block list: `gatehouse block remove {block.Network}`",
        };
    }

    private static bool IsBlockList(TraceStep step) => step.Condition.EndsWith(BlockedByAdministrators, StringComparison.Ordinal);

    private static SiteContent Content(SiteConfiguration site, AccessPolicy policy, SignInWiring signIn, IHttpForwarder? forwarder, TimeProvider time, List<IDisposable> resources)
    {
        if (site.Root is { } root)
        {
            var settings = new StaticSiteSettings { Root = root, IndexFiles = site.IndexFiles, IgnoresHtaccess = site.Htaccess == HtaccessMode.Ignore, Policy = policy, Time = time };
            return site.Htaccess == HtaccessMode.Honour ? new HtaccessSite(settings, site.Hosts.FirstOrDefault(host => !host.StartsWith("*.", StringComparison.Ordinal))).ServeAsync : new StaticSite(settings).ServeAsync;
        }

        if (forwarder is null) return (_, _, _) => throw new InvalidOperationException("a site that is only judged serves nothing");
        var proxy = new ProxyContent(forwarder, new ProxySettings { Upstream = site.Upstream!, ForwardsCredentials = site.ForwardsCredentials, CredentialFields = signIn.CredentialFields, Cookies = signIn.Cookies });
        resources.Add(proxy);
        return proxy.ServeAsync;
    }
}
