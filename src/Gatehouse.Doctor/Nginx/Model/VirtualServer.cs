using System.Globalization;
using System.Net;
using Gatehouse.Doctor.Nginx.Patterns;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx.Model;

/// <summary>One address on which a server listens.</summary>
/// <param name="Node">The directive; null: none, so that the default stands.</param>
/// <param name="Address">The address; null: every one, or a name that we do not look up.</param>
/// <param name="Name">A host name instead of an address; null: none.</param>
/// <param name="V6">Whether a null address means every IPv6 address.</param>
/// <param name="Port">The first port; 0: a socket of the file system.</param>
/// <param name="LastPort">The last port of a range.</param>
internal sealed record Listening(ConfNode? Node, IPAddress? Address, string? Name, bool V6, int Port, int LastPort)
{
    /// <summary>Whether TLS is spoken.</summary>
    public bool Ssl { get; init; }

    /// <summary>Whether it answers for hosts that no server names.</summary>
    public bool Default { get; init; }

    /// <summary>Whether the PROXY protocol stands before every connection.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>Reads the address of <c>listen</c> (ngx_http_core_listen).</summary>
    public static Listening Of(ConfNode node)
    {
        var text = node[0];
        var words = node.Arguments.Skip(1).ToList();
        var made = Address4(node, text) with
        {
            Ssl = words.Contains("ssl") || words.Contains("quic"),
            Default = words.Contains("default_server") || words.Contains("default"),
            ProxyProtocol = words.Contains("proxy_protocol"),
        };
        // An IPv6 socket without `ipv6only=off` takes IPv6 alone (nginx 1.3.4 and later).
        return made.V6 && words.Contains("ipv6only=off") ? made with { V6 = false } : made;
    }

    private static Listening Address4(ConfNode node, string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return new(node, null, text, false, 0, 0);
        if (Ports(text, out var first, out var last)) return new(node, null, null, false, first, last);
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            var inner = close < 0 ? text[1..] : text[1..close];
            if (close < 0 || close + 2 > text.Length || !Ports(text[(close + 2)..], out first, out last)) first = last = 80;
            return !Gatehouse.Grammar.Address.TryParse(inner, out var v6, out _) || v6 is null || v6.Equals(IPAddress.IPv6Any) ? new(node, null, null, true, first, last) : new(node, v6, null, false, first, last);
        }

        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        if (colon < 0 || !Ports(text[(colon + 1)..], out first, out last)) first = last = 80;
        if (host is "*" or "0.0.0.0" or "") return new(node, null, null, false, first, last);
        if (Gatehouse.Grammar.Address.TryParse(host, out var address, out _)) return new(node, address, null, false, first, last);
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? new(node, IPAddress.Loopback, null, false, first, last) : new(node, null, host, false, first, last);
    }

    private static bool Ports(string text, out int first, out int last)
    {
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        last = 0;
        if (hyphen < 0)
        {
            var one = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out first) && first is > 0 and < 65536;
            last = first;
            return one;
        }

        return int.TryParse(text.AsSpan(0, hyphen), NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && int.TryParse(text.AsSpan(hyphen + 1), NumberStyles.None, CultureInfo.InvariantCulture, out last);
    }
}

/// <summary>A server block: where it listens and which names it answers to.</summary>
internal sealed class VirtualServer
{
    private VirtualServer(Scope scope, IReadOnlyList<Listening> listens, IReadOnlyList<ServerName> names)
    {
        Scope = scope;
        Listens = listens;
        Names = names;
    }

    /// <summary>Its directives.</summary>
    public Scope Scope { get; }

    /// <summary>Where it listens; never empty.</summary>
    public IReadOnlyList<Listening> Listens { get; }

    /// <summary>Names in order; one empty name where none is given.</summary>
    public IReadOnlyList<ServerName> Names { get; }

    /// <summary>The first name, as $server_name has it.</summary>
    public string FirstName => Names[0].Text;

    /// <summary>From its scope.</summary>
    public static VirtualServer Of(Scope scope)
    {
        var ssl = scope.IsOn("ssl");
        var listens = scope.Own("listen").Where(node => node.Count > 0).Select(Listening.Of).Select(listen => listen with { Ssl = listen.Ssl || ssl }).ToList();
        if (listens.Count == 0) listens.Add(new(null, null, null, false, 80, 80) { Ssl = ssl });
        var names = scope.Own("server_name").SelectMany(node => node.Arguments.Select(text => ServerName.Of(text, node))).ToList();
        if (names.Count == 0) names.Add(ServerName.Of("", null));
        return new(scope, listens, names);
    }
}

/// <summary>One name of a server.</summary>
/// <param name="Text">As written; exact names in lower case, a leading dot kept.</param>
/// <param name="Node">Where; null: none was written.</param>
/// <param name="Pattern">Of <c>~pattern</c>; null where it is none, or can't be evaluated.</param>
/// <param name="Problem">Why it can't.</param>
internal sealed record ServerName(string Text, ConfNode? Node, Pcre? Pattern, string? Problem)
{
    /// <summary>Whether it is a pattern.</summary>
    public bool IsPattern => Text.StartsWith('~');

    /// <summary>From a word of server_name.</summary>
    public static ServerName Of(string text, ConfNode? node)
    {
        if (!text.StartsWith('~')) return new(text.ToLowerInvariant(), node, null, null);
        // Names of hosts come in lower case; a pattern with an upper-case letter is compiled without regard to case.
        var pattern = Pcre.Of(text[1..], text.Any(char.IsAsciiLetterUpper), out var problem);
        return new(text, node, pattern, problem);
    }
}
