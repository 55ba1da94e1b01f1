namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>A value that may not be known: what it depends on was not or could not be evaluated.</summary>
/// <param name="Value">Bytes as characters; null: there is none (an unset variable, empty in texts).</param>
/// <param name="Unknown">Why it is not known; null: it is.</param>
internal readonly record struct Text(string? Value, string? Unknown = null)
{
    /// <summary>No value.</summary>
    public static Text None => new(null);

    /// <summary>Not known.</summary>
    public static Text Not(string why) => new(null, why);

    /// <summary>The value, empty where there is none.</summary>
    public string Plain => Value ?? "";

    /// <summary>Whether it is known.</summary>
    public bool IsKnown => Unknown is null;
}
