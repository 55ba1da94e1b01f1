namespace Gatehouse.Doctor;

/// <summary>One fact that a probe collected. Each probe declares its own kinds in its own file, as sealed records without judgement.</summary>
public abstract record Observation;

/// <summary>All that was collected for one question.</summary>
public sealed class Observations
{
    private readonly List<Observation> all = [];

    /// <summary>All, in the order in which they were made.</summary>
    public IReadOnlyList<Observation> All => all;

    /// <summary>Those of one kind, in order.</summary>
    public IEnumerable<T> Of<T>()
        where T : Observation => all.OfType<T>();

    /// <summary>The first of one kind, or null.</summary>
    public T? First<T>()
        where T : Observation => all.OfType<T>().FirstOrDefault();

    /// <summary>Adds what a probe saw. Not safe for several threads: probes return lists, one place adds them.</summary>
    public void Add(Observation observation) => all.Add(observation);

    /// <summary>Adds several.</summary>
    public void AddRange(IEnumerable<Observation> observations) => all.AddRange(observations);
}
