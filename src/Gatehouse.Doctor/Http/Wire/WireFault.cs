namespace Gatehouse.Doctor.Http.Wire;

/// <summary>Why an exchange did not come about: thrown inside the wire alone, and turned into an <see cref="Exchange"/> at its edge.</summary>
internal sealed class WireFault(ExchangeFault fault, string text, Exception? inner = null) : Exception(text, inner)
{
    /// <summary>Which fault.</summary>
    public ExchangeFault Fault { get; } = fault;
}
