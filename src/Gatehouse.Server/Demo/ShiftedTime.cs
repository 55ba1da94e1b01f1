namespace Gatehouse.Server.Demo;

/// <summary>The system's clock, so much earlier: what was done then is old now.</summary>
internal sealed class ShiftedTime(TimeSpan earlier) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - earlier;
}
