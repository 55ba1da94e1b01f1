namespace Gatehouse.Guard.StaticFiles;

/// <summary>A file in memory with its compressed forms, and until when it is taken to be as on the disk.</summary>
internal sealed class KeptFile(string path, ServedFile plain, IReadOnlyList<ServedFile> forms, StaticSiteSettings settings)
{
    private long _checkedAt = settings.Time.GetTimestamp();
    private int _claimed;

    /// <summary>Its path: that of the index file where its folder was asked for.</summary>
    public string Path { get; } = path;

    /// <summary>Without a coding.</summary>
    public ServedFile Plain { get; } = plain;

    /// <summary>Its compressed siblings.</summary>
    public IReadOnlyList<ServedFile> Forms { get; } = forms;

    /// <summary>Whether the disk must be asked again.</summary>
    public bool IsStale(StaticSiteSettings settings) => settings.Time.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= settings.RecheckAfter;

    /// <summary>One request at a time asks the disk; unless every request is to ask it, the others are served meanwhile.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    /// <summary>Whether some request asks the disk now.</summary>
    public bool IsClaimed => Volatile.Read(ref _claimed) != 0;

    /// <summary>The disk was asked and has the same.</summary>
    public void Renew(StaticSiteSettings settings)
    {
        Volatile.Write(ref _checkedAt, settings.Time.GetTimestamp());
        Volatile.Write(ref _claimed, 0);
    }

    /// <summary>Whether the compressed forms are still these.</summary>
    public bool HasForms(IReadOnlyList<ServedFile> now)
    {
        if (now.Count != Forms.Count) return false;
        for (var i = 0; i < now.Count; i++)
            if (now[i].State != Forms[i].State) return false;
        return true;
    }
}
