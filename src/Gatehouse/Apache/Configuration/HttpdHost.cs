using Gatehouse.Apache.Rewriting;

namespace Gatehouse.Apache.Configuration;

/// <summary>An address of a VirtualHost or Listen.</summary>
/// <param name="Host">An address or a host's name; <c>*</c>: any.</param>
/// <param name="Port">0: any.</param>
public readonly record struct HostAddress(string Host, int Port)
{
    /// <summary>From <c>host:port</c>, <c>[v6]:port</c>, <c>*:port</c>, <c>port</c>.</summary>
    public static HostAddress Parse(string text)
    {
        if (text.All(char.IsAsciiDigit)) return new("*", int.TryParse(text, out var alone) ? alone : 0);
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        var hasPort = colon > bracket && (bracket >= 0 || text.IndexOf(':') == colon);
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        var port = hasPort && int.TryParse(text[(colon + 1)..], out var number) ? number : 0;
        return new(host is "_default_" or "" ? "*" : host, port);
    }
}

/// <summary>A virtual host, or the main server, with what it takes over from the main server merged in.</summary>
public sealed class HttpdHost
{
    /// <summary>The section; null: the main server.</summary>
    public Directive? By { get; init; }

    /// <summary>Addresses of the section; empty: the main server.</summary>
    public IReadOnlyList<HostAddress> Addresses { get; init; } = [];

    /// <summary>ServerName without port, lower case; null: none.</summary>
    public string? Name { get; init; }

    /// <summary>ServerAlias names, wildcards included.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Directives at the level of the server of which the last counts, the main server's included, by name in lower case.</summary>
    public required IReadOnlyDictionary<string, Directive> Settings { get; init; }

    /// <summary>Its own directives at server level, in order.</summary>
    public required IReadOnlyList<Directive> Own { get; init; }

    /// <summary>The main server's directives at server level, in order; empty for the main server itself.</summary>
    public required IReadOnlyList<Directive> Inherited { get; init; }

    /// <summary>The rules outside of all sections (lookup_defaults), the main server's merged in.</summary>
    public required DirectoryRules Defaults { get; init; }

    /// <summary>mod_rewrite at the level of the server, the main server's merged in; null: nothing of it.</summary>
    public RewriteSettings? Rewrite { get; init; }

    /// <summary>Directory sections in the order in which httpd tries them: by depth, those with regular expressions last.</summary>
    public required IReadOnlyList<Section> Directories { get; init; }

    /// <summary>Location sections in the order of the files.</summary>
    public required IReadOnlyList<Section> Locations { get; init; }

    /// <summary>Proxy sections in the order of the files.</summary>
    public required IReadOnlyList<Section> Proxies { get; init; }

    /// <summary>A setting's first word; null: not written.</summary>
    public string? Word(string lowerName) => Settings.GetValueOrDefault(lowerName)?.Arguments.FirstOrDefault();

    /// <summary>All directives with one of these names, the host's own before the main server's, as Alias and ProxyPass are tried.</summary>
    public IEnumerable<Directive> OwnFirst(Func<Directive, bool> which) => Own.Where(which).Concat(Inherited.Where(which));

    /// <summary>All directives with one of these names, the main server's first.</summary>
    public IEnumerable<Directive> InheritedFirst(Func<Directive, bool> which) => Inherited.Where(which).Concat(Own.Where(which));

    /// <summary>Whether TLS is switched on.</summary>
    public bool Tls => Word("sslengine")?.Equals("on", StringComparison.OrdinalIgnoreCase) == true;
}
