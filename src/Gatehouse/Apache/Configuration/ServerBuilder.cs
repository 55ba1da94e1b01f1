using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Rewriting;

namespace Gatehouse.Apache.Configuration;

/// <summary>Turns a configuration that was read into a server.</summary>
public static class ServerBuilder
{
    /// <summary>Sections that hold rules for requests.</summary>
    private static readonly Dictionary<string, (SectionKind Kind, bool Expression)> RequestSections = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Directory"] = (SectionKind.Directory, false),
        ["DirectoryMatch"] = (SectionKind.Directory, true),
        ["Location"] = (SectionKind.Location, false),
        ["LocationMatch"] = (SectionKind.Location, true),
        ["Proxy"] = (SectionKind.Proxy, false),
        ["ProxyMatch"] = (SectionKind.Proxy, true),
    };

    /// <summary>Builds the server.</summary>
    public static HttpdServer Build(ServerConfiguration configuration)
    {
        var faults = new List<ConfigFault>(configuration.Faults);
        var aliases = new Dictionary<string, ProviderAlias>(StringComparer.Ordinal);
        foreach (var directive in configuration.Directives) TakeAlias(directive, configuration, aliases, faults);
        var main = Host(null, configuration.Directives, null, configuration, aliases, faults);
        var hosts = new List<HttpdHost>();
        foreach (var section in configuration.Directives)
            if (section.Is("VirtualHost") && section.Inside is { } inside) hosts.Add(Host(section, inside, main, configuration, aliases, faults));
        return new HttpdServer
        {
            Configuration = configuration,
            Main = main,
            Hosts = hosts,
            Aliases = aliases,
            Faults = faults,
            Listens = [.. configuration.Directives.Where(directive => directive.Is("Listen") && directive.Arguments.Count > 0).Select(directive => HostAddress.Parse(directive.Arguments[0]))],
        };
    }

    private static void TakeAlias(Directive section, ServerConfiguration configuration, Dictionary<string, ProviderAlias> aliases, List<ConfigFault> faults)
    {
        var authn = section.Is("AuthnProviderAlias");
        if (section.Inside is not { } inside || !(authn || section.Is("AuthzProviderAlias")) || section.Arguments.Count < 2) return;
        var rules = RulesBuilder.Build(inside, RulesContext.Inside(null), configuration.Modules, aliases, faults);
        aliases[(authn ? "authn:" : "") + section.Arguments[1]] = new(section.Arguments[0], section.Arguments.ElementAtOrDefault(2) ?? "", rules, section);
    }

    private static HttpdHost Host(Directive? by, IReadOnlyList<Directive> directives, HttpdHost? main, ServerConfiguration configuration, Dictionary<string, ProviderAlias> aliases, List<ConfigFault> faults)
    {
        var loose = new List<Directive>();
        var (folders, locations, proxies) = (new List<Section>(), new List<Section>(), new List<Section>());
        foreach (var directive in directives)
        {
            if (directive.Inside is not { } inside)
            {
                loose.Add(directive);
                continue;
            }

            if (RequestSections.TryGetValue(directive.Name, out var kind))
            {
                if (!DirectiveCheck.Passes(directive, RulesContext.Server, configuration.Modules, faults)) continue;
                if (RulesBuilder.Matched(kind.Kind, directive, directive.Arguments, kind.Expression, faults) is not { } section) continue;
                var folder = kind.Kind == SectionKind.Directory && section.Expression is null ? section.Pattern : null;
                section = section with { Rules = RulesBuilder.Build(inside, RulesContext.Inside(folder, section.Pattern), configuration.Modules, aliases, faults) };
                (kind.Kind switch { SectionKind.Directory => folders, SectionKind.Location => locations, _ => proxies }).Add(section);
            }
            else if (!directive.Is("VirtualHost") && !directive.Is("AuthzProviderAlias") && !directive.Is("AuthnProviderAlias"))
            {
                loose.Add(directive);
            }
        }

        var defaults = RulesBuilder.Build(loose, RulesContext.Server, configuration.Modules, aliases, faults);
        var rewrite = RewriteSettings.MergeServers(main?.Rewrite, defaults.Rewrite);
        defaults = defaults.WithRewrite(defaults.Rewrite?.AsDirectoryDefaults());
        var settings = new Dictionary<string, Directive>(main?.Settings ?? new Dictionary<string, Directive>(StringComparer.Ordinal), StringComparer.Ordinal);
        if (main is not null) foreach (var own in NotInherited) settings.Remove(own);
        foreach (var directive in loose) settings[directive.Name.ToLowerInvariant()] = directive;
        var ordered = (main?.Directories ?? []).Concat(folders).ToList();
        return new HttpdHost
        {
            By = by,
            Addresses = by is null ? [] : [.. by.Arguments.Select(HostAddress.Parse)],
            Name = NameOf(loose.LastOrDefault(directive => directive.Is("ServerName"))?.Arguments.FirstOrDefault()),
            Aliases = [.. loose.Where(directive => directive.Is("ServerAlias")).SelectMany(directive => directive.Arguments)],
            Settings = settings,
            Own = loose,
            Inherited = main?.Own ?? [],
            Rewrite = rewrite,
            Defaults = main is null ? defaults : main.Defaults.With(defaults),
            Directories = [.. ordered.Where(section => section.Expression is null).OrderBy(section => section.Depth), .. ordered.Where(section => section.Expression is not null)],
            Locations = [.. main?.Locations ?? [], .. locations],
            Proxies = [.. main?.Proxies ?? [], .. proxies],
        };
    }

    /// <summary>Server settings that a virtual host does not take over from the main server.</summary>
    private static readonly string[] NotInherited = ["servername", "serveralias", "rewriteengine", "sslengine", "serverpath"];

    private static string? NameOf(string? text)
    {
        if (text is null) return null;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0) text = text[(scheme + 3)..];
        var colon = text.LastIndexOf(':');
        return (colon > text.LastIndexOf(']') ? text[..colon] : text).ToLowerInvariant();
    }
}
