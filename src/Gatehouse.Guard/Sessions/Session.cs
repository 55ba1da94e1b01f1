using Gatehouse.Guard.Authentication;

namespace Gatehouse.Guard.Sessions;

/// <summary>How long sessions live.</summary>
public sealed record SessionSettings
{
    /// <summary>A session that nothing was asked with for this long ends; must be positive.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A session ends this long after the sign-in, whatever happens; must be positive.</summary>
    public TimeSpan Absolute { get; init; } = TimeSpan.FromHours(12);
}

/// <summary>Who ended a session. The names stand in the database.</summary>
internal enum SessionEnd
{
    /// <summary>Its owner signed out, or signed in anew in the same browser.</summary>
    SignedOut,

    /// <summary>An administrator.</summary>
    Administrator,

    /// <summary>The password was changed, or the account switched off or removed.</summary>
    AccountChanged,
}

/// <summary>A session that lives in memory: facts that never change, and the few that do.</summary>
internal sealed class Session
{
    private long _seen;
    private Standing? _standing;
    private EndMark? _end;

    /// <summary>Its name.</summary>
    public required SessionId Id { get; init; }

    /// <summary>The host at which it was made; it is unknown at all others.</summary>
    public required string Host { get; init; }

    /// <summary>The account's name.</summary>
    public required string User { get; init; }

    /// <summary>The account's stamp at the sign-in.</summary>
    public required byte[] Stamp { get; init; }

    /// <summary>The sign-in.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When something was last asked with it, in milliseconds since 1970.</summary>
    public long Seen
    {
        get => Volatile.Read(ref _seen);
        set => Volatile.Write(ref _seen, value);
    }

    /// <summary>What the database has of <see cref="Seen"/>; written by the flush alone.</summary>
    public long SeenStored { get; set; }

    /// <summary>When and why it was ended; null: it was not.</summary>
    public EndMark? End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    /// <summary>Its account as of a revision, and the outcome that says so; null: not looked at yet.</summary>
    public Standing? Standing
    {
        get => Volatile.Read(ref _standing);
        set => Volatile.Write(ref _standing, value);
    }

    /// <summary>Notes that something was asked with it now; never goes back.</summary>
    public void Touch(long now)
    {
        var seen = Volatile.Read(ref _seen);
        // Once a second is enough: limits are minutes, and the line of memory stays shared between the processors.
        if (now - seen >= 1000) Interlocked.CompareExchange(ref _seen, now, seen);
    }
}

/// <summary>When and why a session was ended.</summary>
internal sealed record EndMark(DateTimeOffset At, SessionEnd Why);

/// <summary>What a session's account is worth at a revision of the accounts.</summary>
internal sealed record Standing(long Revision, Outcome.Accepted Outcome);
