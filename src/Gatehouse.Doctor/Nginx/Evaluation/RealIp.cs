using System.Net;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>set_real_ip_from, real_ip_header, real_ip_recursive (ngx_http_realip_module.c).</summary>
internal static class RealIp
{
    /// <summary>Replaces the client's address where the configuration trusts the one that came; a status or Declined.</summary>
    public static int Run(Flow flow)
    {
        var ground = flow.Ground;
        if (ground.RealIpDone || flow.Scope.Nearest("set_real_ip_from") is not { } trusted) return Rc.Declined;
        var header = flow.Scope.Value("real_ip_header") ?? "X-Real-IP";
        if (header.Equals("proxy_protocol", StringComparison.OrdinalIgnoreCase)) return flow.Not("the client's address comes by the PROXY protocol", flow.Scope.One("real_ip_header"));
        var forwarded = header.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase);
        var values = ground.Headers.Where(pair => pair.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value).ToList();
        if (values.Count == 0) return Rc.Declined;
        if (!forwarded && values.Count > 1) values.RemoveRange(1, values.Count - 1);
        var recursive = flow.Scope.IsOn("real_ip_recursive");
        if (ground.Request.Peer is not { } address) return flow.Not(Variables.NoClient.Unknown!, trusted.Own("set_real_ip_from")[0]);
        var found = false;
        for (var i = values.Count - 1; i >= 0; i--)
        {
            var state = Walk(trusted, ref address, values[i], recursive, out var unknown);
            if (unknown is not null) return flow.Not(unknown, trusted.Own("set_real_ip_from")[0]);
            found |= state != Walked.Nothing;
            if (!recursive || state != Walked.All) break;
        }

        if (!found) return Rc.Declined;
        ground.RealIpDone = true;
        ground.Client = address;
        ground.RealIpBy = trusted.Own("set_real_ip_from")[0];
        ground.Note(ground.RealIpBy, $"trusts {ground.Request.Peer}: the client is {address}, from {header}");
        return Rc.Declined;
    }

    /// <summary>Who the client is behind proxies that are trusted, by X-Forwarded-For from its end.</summary>
    /// <param name="peer">Who connected.</param>
    /// <param name="fields">The fields, in order.</param>
    /// <param name="trusts">Whether an address is a trusted proxy's.</param>
    /// <param name="recursive">Whether trusted addresses in the field are passed over, too.</param>
    public static IPAddress Forwarded(IPAddress peer, IReadOnlyList<string> fields, Func<IPAddress, bool> trusts, bool recursive)
    {
        var address = peer;
        for (var i = fields.Count - 1; i >= 0; i--)
        {
            foreach (var part in fields[i].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                if (!trusts(Variables.Plain(address)) || !Parse(part, out var next)) return address;
                address = next;
                if (!recursive) return address;
            }
        }

        return address;
    }

    private enum Walked
    {
        /// <summary>The address is not trusted, or what stands there is none.</summary>
        Nothing,

        /// <summary>An address was taken, and the walk ended at one that is not trusted.</summary>
        Stopped,

        /// <summary>Everything in the field was taken.</summary>
        All,
    }

    private static Walked Walk(Scope trusted, ref IPAddress address, string field, bool recursive, out string? unknown)
    {
        unknown = null;
        var taken = false;
        var end = field.Length;
        while (true)
        {
            var known = Trusts(trusted, address, out unknown);
            if (unknown is not null) return Walked.Nothing;
            if (!known) return taken ? Walked.Stopped : Walked.Nothing;
            while (end > 1 && field[end - 1] is ' ' or ',') end--;
            var start = end;
            while (start > 0 && field[start - 1] is not (' ' or ',')) start--;
            if (!Parse(field.AsSpan(start, end - start), out var next)) return taken ? Walked.Stopped : Walked.Nothing;
            address = next;
            taken = true;
            if (!recursive || start == 0) return Walked.All;
            end = start - 1;
        }
    }

    private static bool Trusts(Scope trusted, IPAddress address, out string? unknown)
    {
        unknown = null;
        address = Variables.Plain(address);
        foreach (var node in trusted.Own("set_real_ip_from"))
        {
            if (node[0] == "unix:") continue;
            if (Networks.TryParse(node[0], out var network))
            {
                if (Networks.Contains(network, address)) return true;
            }
            else
            {
                unknown = $"the host name `{node[0]}` is not looked up";
            }
        }

        return false;
    }

    /// <summary>An address, with a port or without (ngx_parse_addr_port).</summary>
    private static bool Parse(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (Address.TryParse(text, out var plain, out _))
        {
            address = plain!;
            return true;
        }

        var close = text.StartsWith("[") ? text.IndexOf(']') : -1;
        var inner = close > 0 ? text[1..close] : text.Count(':') == 1 ? text[..text.IndexOf(':')] : [];
        if (inner.IsEmpty || !Address.TryParse(inner, out var withPort, out _)) return false;
        address = withPort!;
        return true;
    }
}
