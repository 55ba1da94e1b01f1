namespace Gatehouse.Server.Demo;

/// <summary>One way to be turned away, or not: the request, and what a right server answers.</summary>
/// <param name="Who">Who asks, in words.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Status">What the Guard is to answer.</param>
/// <param name="Cause">What it is to find; null: nothing, it is served.</param>
internal sealed record Situation(string Who, string Method, string Path, int Status, string? Cause)
{
    /// <summary>Fields that come along.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>The last part of the loopback address from which it is asked.</summary>
    public byte From { get; init; } = 1;

    /// <summary>A form that is sent; null: none.</summary>
    public string? Form { get; init; }
}
