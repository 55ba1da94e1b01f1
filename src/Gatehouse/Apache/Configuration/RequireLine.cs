using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Syntax;

namespace Gatehouse.Apache.Configuration;

/// <summary>Reads one Require as mod_authz_core and the providers' own parsers do.</summary>
internal static class RequireLine
{
    /// <summary>Providers and the modules that bring them.</summary>
    private static readonly Dictionary<string, string> Providers = new(StringComparer.Ordinal)
    {
        ["all"] = "authz_core_module",
        ["env"] = "authz_core_module",
        ["method"] = "authz_core_module",
        ["expr"] = "authz_core_module",
        ["ip"] = "authz_host_module",
        ["host"] = "authz_host_module",
        ["local"] = "authz_host_module",
        ["forward-dns"] = "authz_host_module",
        ["valid-user"] = "authz_user_module",
        ["user"] = "authz_user_module",
        ["group"] = "authz_groupfile_module",
        ["file-group"] = "authz_owner_module|authz_groupfile_module",
        ["file-owner"] = "authz_owner_module",
        ["ssl"] = "ssl_module",
        ["ssl-verify-client"] = "ssl_module",
        ["dbm-group"] = "authz_dbm_module",
        ["dbm-file-group"] = "authz_dbm_module",
        ["dbd-group"] = "authz_dbd_module",
        ["dbd-login"] = "authz_dbd_module",
        ["dbd-logout"] = "authz_dbd_module",
        ["ldap-user"] = "authnz_ldap_module",
        ["ldap-group"] = "authnz_ldap_module",
        ["ldap-dn"] = "authnz_ldap_module",
        ["ldap-attribute"] = "authnz_ldap_module",
        ["ldap-filter"] = "authnz_ldap_module",
        ["ldap-search"] = "authnz_ldap_module",
        ["claim"] = "auth_openidc_module",
        ["claims_expr"] = "auth_openidc_module",
    };

    /// <summary>A Require as a node; null with a fault where httpd would not take it.</summary>
    public static AuthorizationNode? Read(Directive directive, MethodLimit? limit, IReadOnlySet<string> modules, IReadOnlyDictionary<string, ProviderAlias> aliases, out string? fault, out bool foreign)
    {
        fault = null;
        foreign = false;
        var at = 0;
        var provider = Words.Next(directive.Raw, ref at);
        var negated = provider.Equals("not", StringComparison.OrdinalIgnoreCase);
        if (negated) provider = Words.Next(directive.Raw, ref at);
        var rest = directive.Raw[at..];
        var node = new AuthorizationNode { By = directive, Provider = provider.ToLowerInvariant(), Arguments = rest, Negated = negated, Limit = limit };
        if (aliases.ContainsKey(provider)) return node with { Provider = provider };
        if (!Providers.TryGetValue(provider, out var brings))
        {
            foreign = modules.Any(module => !DirectiveTable.Knows(module) || module is "lua_module");
            fault = $"unknown Authz provider: `{provider}`";
            return null;
        }

        if (!brings.Split('|').Any(modules.Contains))
        {
            fault = $"unknown Authz provider: `{provider}` ({brings.Split('|')[0]} is not loaded)";
            return null;
        }

        fault = provider switch
        {
            "all" => rest.ToLowerInvariant() is "granted" or "denied" ? null : "argument for `Require all` must be `granted` or `denied`",
            "ip" when rest.Length == 0 => "`Require ip` requires an argument",
            "ip" => Words.Of(rest).Where(word => Subnet.Parse(word, out _) != SubnetText.Right).Select(word => $"ip address `{word}` appears to be invalid").FirstOrDefault(),
            "method" => Words.Of(rest).Where(word => !KnownMethods.Contains(word)).Select(word => $"unknown method `{word}` in `Require method`").FirstOrDefault(),
            _ => null,
        };
        return fault is null ? Compiled(node) : null;
    }

    /// <summary>A Require with its arguments read once for all requests.</summary>
    internal static AuthorizationNode Compiled(AuthorizationNode node) => node.Provider switch
    {
        "ip" => node with { Networks = [.. Words.Of(node.Arguments).Select(word => Subnet.Parse(word, out var network) == SubnetText.Right ? network : null).OfType<Subnet>()] },
        "expr" => node with { Expression = Expressions.Expression.TryParse(Unquoted(node.Arguments.Trim()), Expressions.ExpressionOptions.None, out var expression, out _) ? expression : null },
        _ => node,
    };

    /// <summary>The provider reads one expression, which may be written with or without quotes around it.</summary>
    private static string Unquoted(string text) => text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;

    /// <summary>Methods that httpd registers by itself (ap_method_registry_init).</summary>
    internal static readonly HashSet<string> KnownMethods = new(StringComparer.Ordinal)
    {
        "GET", "HEAD", "PUT", "POST", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "VERSION-CONTROL",
        "CHECKOUT", "UNCHECKOUT", "CHECKIN", "UPDATE", "LABEL", "REPORT", "MKWORKSPACE", "MKACTIVITY", "BASELINE-CONTROL", "MERGE",
    };
}

/// <summary>&lt;AuthzProviderAlias base-provider alias [arguments]&gt;.</summary>
/// <param name="Provider">The provider behind it.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Rules">What is laid over the request's rules while it is asked.</param>
/// <param name="By">The section.</param>
public sealed record ProviderAlias(string Provider, string Arguments, DirectoryRules Rules, Directive By)
{
    /// <summary>What is asked where the alias is required.</summary>
    public AuthorizationNode Require { get; } = RequireLine.Compiled(new() { By = By, Provider = Provider.ToLowerInvariant(), Arguments = Arguments });
}
