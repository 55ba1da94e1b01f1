using Gatehouse.Doctor.Inputs;

namespace Gatehouse.Cli.Targets;

/// <summary>The headers of the command line, with what else becomes one, in the order in which they are sent.</summary>
internal static class HeaderOption
{
    /// <summary>Default User-Agent: says what asks, so that an owner finds it in his log.</summary>
    public const string Agent = "gatehouse/0.1 (why)";

    /// <summary>Reads <c>-H</c>: <c>Name: value</c>, <c>Name;</c> for an empty one; null value: <c>Name:</c>, leave the default out.</summary>
    public static KeyValuePair<string, string?> Read(string text)
    {
        var octets = Octets.Of(text);
        if (octets.AsSpan().ContainsAny("\r\n\0")) throw new UsageFault($"the header `{Name(octets)}` holds a line break or a null: no client can send that");
        var colon = octets.IndexOf(':');
        if (colon < 0 && octets.EndsWith(';') && octets.Length > 1) return new(octets[..^1], "");
        if (colon <= 0) throw new UsageFault($"-H `{Name(octets)}` is no header: write `Name: value`");
        var value = octets[(colon + 1)..].Trim(' ', '\t');
        return new(octets[..colon], value.Length == 0 ? null : value);
    }

    /// <summary>All in order: User-Agent and Accept as programs send them, credentials, the given ones; what is given replaces the default.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> InOrder(IReadOnlyList<KeyValuePair<string, string?>> given, IReadOnlyList<KeyValuePair<string, string>> defaults)
    {
        var all = new List<KeyValuePair<string, string>>();
        all.AddRange(defaults.Where(one => !given.Any(other => other.Key.Equals(one.Key, StringComparison.OrdinalIgnoreCase))));
        all.AddRange(given.Where(one => one.Value is not null).Select(one => new KeyValuePair<string, string>(one.Key, one.Value!)));
        return all;
    }

    private static string Name(string octets) => octets.Split(':')[0] is { Length: <= 40 } name ? name : octets[..40] + "…";
}
