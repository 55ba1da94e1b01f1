namespace Gatehouse.Doctor.Servers;

/// <summary>What a condition of a server's configuration comes to for a request, as far as it can be told from here.</summary>
public enum Truth
{
    /// <summary>Not fulfilled.</summary>
    False = 0,

    /// <summary>It depends on what is not visible from here: counters, databases, scripts.</summary>
    Unknown,

    /// <summary>Fulfilled.</summary>
    True,
}

/// <summary>Kleene's logic of three values.</summary>
internal static class TruthTables
{
    /// <summary>A truth from a plain one.</summary>
    public static Truth Of(bool value) => value ? Truth.True : Truth.False;

    /// <summary>All: the smallest.</summary>
    public static Truth And(this Truth one, Truth other) => one < other ? one : other;

    /// <summary>Any: the largest.</summary>
    public static Truth Or(this Truth one, Truth other) => one > other ? one : other;

    /// <summary>The opposite; unknown stays so.</summary>
    public static Truth Not(this Truth value) => 2 - value;
}
