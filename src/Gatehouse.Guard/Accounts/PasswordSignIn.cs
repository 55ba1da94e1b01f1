using System.Net;
using Gatehouse.Causes;
using Gatehouse.Findings;

namespace Gatehouse.Guard.Accounts;

/// <summary>What became of a name and a password: exactly one of the three is set.</summary>
/// <param name="Account">Whose they are.</param>
/// <param name="Finding">What is wrong, for the operator; callers hear the same of all.</param>
/// <param name="Broken">Why it can't be told: 503.</param>
internal readonly record struct PasswordAnswer(Account? Account, Finding? Finding, string? Broken);

/// <summary>
/// The one way by which a password is judged, for the form and for Basic alike. Unknown user, wrong password, locked and disabled account take the same
/// steps: one look-up, one hash of equal cost, one look at the locks. Only who is in makes any more.
/// </summary>
/// <param name="accounts">Where accounts come from.</param>
/// <param name="limits">Failures and locks.</param>
/// <param name="queue">Attempts that may wait for a processor; more are turned away, so that a flood costs no more than this.</param>
internal sealed class PasswordSignIn(IAccounts accounts, SignInLimits limits, int queue = 100) : IDisposable
{
    // One processor is left to everybody else.
    private readonly SemaphoreSlim _processors = new(Math.Max(1, Environment.ProcessorCount - 1));
    private int _waiting;
    private long _verifications;

    /// <summary>Where accounts come from.</summary>
    public IAccounts Accounts => accounts;

    /// <summary>How many hashes were computed to verify passwords.</summary>
    public long Verifications => Volatile.Read(ref _verifications);

    /// <summary>Judges.</summary>
    public async ValueTask<PasswordAnswer> CheckAsync(string name, string password, IPAddress? address, SignInLimitSettings settings, CancellationToken cancellation)
    {
        try
        {
            // Says nothing of any account, so it need not take as long.
            if (limits.IsSlowed(address, settings)) return Refused(Credentials.AccountLocked, $"too many failures came from {address?.ToString() ?? "clients whose address a proxy hides"}: it must wait before it may try again");

            var record = await accounts.FindPasswordAsync(name, cancellation);
            if (await VerifyAsync(name, record, password, cancellation) is not { } verdict)
                return new(null, null, $"more than {queue} sign-ins wait to be verified: try again in a moment");

            var locked = limits.LockedUntil(name, address);
            if (locked is { } until) return Refused(Credentials.AccountLocked, $"{Shown(name)} is locked until {until:u} after too many failures");
            if (verdict is PasswordVerdict.Wrong)
            {
                var lockedNow = limits.Failed(name, address, settings) is { } end ? $"; locked until {end:u}" : "";
                return record is null
                    ? Refused(Credentials.PasswordUnknownUser, $"there is no user {Shown(name)}{lockedNow}")
                    : Refused(Credentials.PasswordWrong, $"the password of {Shown(record.Name)} is another{lockedNow}");
            }

            if (verdict is PasswordVerdict.BadHash)
                return Refused(Credentials.PasswordFileBadHash, $"the password hash of {Shown(name)} is malformed or of a kind that can't be verified here");
            if (record is null || record.Disabled) return Refused(Credentials.AccountDisabled, $"the account {Shown(name)} is switched off");

            if (verdict is PasswordVerdict.RightAndOutdated) await accounts.RenewHashAsync(record, password, cancellation);
            if (await accounts.FindAsync(record.Name, cancellation) is not { Disabled: false } account)
                return Refused(Credentials.AccountDisabled, $"the account {Shown(name)} was switched off this moment");
            limits.Succeeded(name, address);
            return new(account, null, null);
        }
        catch (StateUnavailableException broken)
        {
            return new(null, null, broken.Message);
        }
    }

    /// <summary>Whether this name is locked for this address, also for a password that was verified before.</summary>
    public Finding? Locked(string name, IPAddress? address) =>
        limits.LockedUntil(name, address) is { } until ? Refused(Credentials.AccountLocked, $"{Shown(name)} is locked until {until:u} after too many failures").Finding : null;

    /// <inheritdoc/>
    public void Dispose() => _processors.Dispose();

    private async ValueTask<PasswordVerdict?> VerifyAsync(string name, PasswordRecord? record, string password, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > queue)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _processors.WaitAsync(cancellation);
            try
            {
                Interlocked.Increment(ref _verifications);
                return accounts.Verify(name, record, password);
            }
            finally
            {
                _processors.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // A name may be a password that was typed into the wrong field: it is shown to the operator, cut short.
    private static string Shown(string name) => name.Length > 64 ? $"`{name[..64]}…`" : $"`{name}`";

    private static PasswordAnswer Refused(Cause cause, string summary) => new(null, new Finding { Cause = cause, Confidence = 1, Summary = summary }, null);
}
