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

    private readonly Dictionary<Type, object> derived = [];

    /// <summary>What rules read out of what was seen, made once; made again after more was added.</summary>
    internal T Once<T>(Func<Observations, T> make)
        where T : class
    {
        if (derived.TryGetValue(typeof(T), out var known)) return (T)known;
        var made = make(this);
        derived[typeof(T)] = made;
        return made;
    }

    /// <summary>Adds what a probe saw. Not safe for several threads: probes return lists, one place adds them.</summary>
    public void Add(Observation observation)
    {
        derived.Clear();
        all.Add(observation);
    }

    /// <summary>Adds several.</summary>
    public void AddRange(IEnumerable<Observation> observations)
    {
        derived.Clear();
        all.AddRange(observations);
    }
}
