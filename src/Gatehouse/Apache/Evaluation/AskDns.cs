namespace Gatehouse.Apache.Evaluation;

/// <summary>What httpd would ask the name service. Judging has no I/O: the default knows nothing.</summary>
public interface IAskDns
{
    /// <summary>Whether the client's verified name is the host or lies in the domain.</summary>
    Known ClientIsIn(string domain, System.Net.IPAddress client) => Known.Unknown;

    /// <summary>Whether a host's addresses include the client's.</summary>
    Known ResolvesTo(string host, System.Net.IPAddress client) => Known.Unknown;
}

/// <summary>Asks nobody.</summary>
public sealed class NoDns : IAskDns
{
    /// <summary>The only one.</summary>
    public static NoDns Instance { get; } = new();
}
