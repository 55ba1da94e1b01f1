using System.Collections.Immutable;
using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Apache.Variables;

namespace Gatehouse.Apache.Configuration;

/// <summary>Turns directives into the rules of a section, checking each as httpd does while it carries them out: known, permitted here, arguments right.</summary>
internal sealed partial class RulesBuilder
{
    private static readonly ImmutableHashSet<string> ListSettings = ["directoryindex", "authbasicprovider", "authdigestprovider", "authformprovider", "allowmethods"];

    private static readonly ImmutableHashSet<string> LayeredDirectives =
    [
        "setenvif", "setenvifnocase", "setenvifexpr", "browsermatch", "browsermatchnocase", "setenv", "unsetenv", "passenv", "redirect", "redirectmatch", "redirecttemp", "redirectpermanent", "redirectrelative",
        "alias", "scriptalias", "addhandler", "removehandler", "addtype", "removetype", "action", "header", "requestheader", "proxypass", "proxypassmatch",
    ];

    private readonly IReadOnlySet<string> modules;
    private readonly IReadOnlyDictionary<string, ProviderAlias> aliases;
    private readonly List<ConfigFault> faults;

    private OptionState options = OptionState.Empty;
    private OverrideState overrides = OverrideState.Default;
    private AuthMerging? merging;
    private bool? forbidden;
    private List<AuthorizationNode>? required;
    private CompatRules? compat;
    private readonly Dictionary<string, Directive> settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Directive>> lists = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Directive> errorDocuments = [];
    private readonly List<Directive> layer = [];
    private readonly List<Directive> rewriting = [];
    private readonly List<Section> files = [];
    private readonly List<Section> ifs = [];

    private RulesBuilder(IReadOnlySet<string> modules, IReadOnlyDictionary<string, ProviderAlias> aliases, List<ConfigFault> faults)
    {
        this.modules = modules;
        this.aliases = aliases;
        this.faults = faults;
    }

    /// <summary>The rules that directives make; faults are added to a list, and the directive at fault has no effect.</summary>
    public static DirectoryRules Build(IEnumerable<Directive> directives, RulesContext context, IReadOnlySet<string> modules, IReadOnlyDictionary<string, ProviderAlias> aliases, List<ConfigFault> faults)
    {
        var builder = new RulesBuilder(modules, aliases, faults);
        foreach (var directive in directives) builder.Take(directive, context);
        return builder.Done(context);
    }

    private DirectoryRules Done(RulesContext context) => new()
    {
        Options = options,
        Override = overrides,
        Authorization = required is null && merging is null && forbidden is null ? null
            : new(merging, required is null ? null : new AuthorizationNode { Logic = AuthorizationLogic.Any, Members = required }, forbidden),
        Compat = compat,
        Settings = settings.ToImmutableDictionary(StringComparer.Ordinal),
        Lists = lists.ToImmutableDictionary(entry => entry.Key, entry => (IReadOnlyList<Directive>)entry.Value, StringComparer.Ordinal),
        ErrorDocuments = errorDocuments.ToImmutableDictionary(),
        Layers = layer.Count == 0 ? [] : [new(context.Folder, layer) { Redirects = Redirects.Read(layer, context.Htaccess is not null, faults), Variables = VariableRules.Read(layer, faults), Fixed = FixedVariables.Read(layer) }],
        Rewrite = rewriting.Count == 0 ? null : RewriteSettings.Read(rewriting, context.Path, context.Htaccess is not null, faults),
        Rewriting = rewriting.Count == 0 ? [] : [new(context.Folder, rewriting)],
        Files = files,
        Ifs = ifs,
    };

    private void Take(Directive directive, RulesContext context)
    {
        if (!DirectiveCheck.Passes(directive, context, modules, faults)) return;
        var name = directive.Name.ToLowerInvariant();
        if (directive.Inside is not null) TakeSection(directive, name, context);
        else TakeDirective(directive, name, context);
    }

    private void TakeDirective(Directive directive, string name, RulesContext context)
    {
        string? fault = null;
        switch (name)
        {
            case "options":
                options = options.With(directive, context.Htaccess?.Options ?? OverrideState.Default.Options, out fault);
                break;
            case "allowoverride":
                overrides = overrides.WithAllowOverride(directive, out fault);
                break;
            case "allowoverridelist":
                overrides = overrides with { List = directive.Arguments is [var none] && none.Equals("None", StringComparison.OrdinalIgnoreCase) ? [] : [.. directive.Arguments], ListBy = directive };
                break;
            case "require":
                if (RequireLine.Read(directive, context.Limit, modules, aliases, out fault, out var foreign) is { } node)
                {
                    if (node.Negated && !insideAll) fault = "negative Require directive has no effect in <RequireAny> directive";
                    else (required ??= []).Add(node);
                }
                else if (foreign)
                {
                    faults.Add(new(directive.At, ConfigFaultKind.NotKnown, fault!, directive.Name));
                    return;
                }

                break;
            case "authmerging":
                merging = directive.Arguments[0].ToLowerInvariant() switch { "off" => AuthMerging.Off, "and" => AuthMerging.And, "or" => AuthMerging.Or, _ => null };
                if (merging is null) fault = "AuthMerging must be one of: Off | And | Or";
                break;
            case "authzsendforbiddenonfailure":
                forbidden = directive.Arguments[0].Equals("on", StringComparison.OrdinalIgnoreCase);
                break;
            case "order" or "allow" or "deny" or "satisfy":
                fault = (compat ??= new()).Take(directive, context.Limit);
                break;
            case "errordocument":
                if (!int.TryParse(directive.Arguments[0], out var status) || status is < 100 or > 599) fault = $"unsupported HTTP response code `{directive.Arguments[0]}`";
                else errorDocuments[status] = directive;
                break;
            default:
                if (RewriteSettings.Concerns(directive))
                {
                    rewriting.Add(directive);
                }
                else if (LayeredDirectives.Contains(name))
                {
                    layer.Add(directive);
                }
                else if (ListSettings.Contains(name))
                {
                    if (!lists.TryGetValue(name, out var list)) lists[name] = list = [];
                    list.Add(directive);
                    if (name == "authbasicprovider") fault = directive.Arguments.Select(AuthnProvider).FirstOrDefault(text => text is not null);
                }
                else
                {
                    settings[name] = directive;
                }

                break;
        }

        if (fault is not null) faults.Add(new(directive.At, ConfigFaultKind.Syntax, fault, directive.Name));
    }

    /// <summary>Whether the Require lines that are being read stand directly in a RequireAll or RequireNone.</summary>
    private bool insideAll;

    private string? AuthnProvider(string name)
    {
        var module = name switch
        {
            "file" => "authn_file_module",
            "dbm" => "authn_dbm_module",
            "dbd" => "authn_dbd_module",
            "anon" => "authn_anon_module",
            "ldap" => "authnz_ldap_module",
            "socache" => "authn_socache_module",
            _ => null,
        };
        return module is null ? aliases.ContainsKey("authn:" + name) || modules.Any(other => !DirectiveTable.Knows(other)) ? null : $"unknown Authn provider: `{name}`"
            : modules.Contains(module) ? null : $"unknown Authn provider: `{name}` ({module} is not loaded)";
    }
}
