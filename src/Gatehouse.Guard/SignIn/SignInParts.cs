using Gatehouse.Guard.Hosting;
using Gatehouse.Guard.Settings;

namespace Gatehouse.Guard.SignIn;

/// <summary>
/// Accounts, sessions, tokens and keys as they run. Lives as long as the process: a changed configuration is wired anew over the
/// same open database, so that nobody is signed out by it.
/// </summary>
public sealed class SignInParts : IDisposable
{
    private SignInParts(TimeProvider time) => Time = time;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Opens nothing yet.</summary>
    public static SignInParts Create(TimeProvider time) => new(time);

    /// <summary>What that configuration needs; null after faults were added (a database or password file that can't be read).</summary>
    public SignInWiring? Wire(GuardConfiguration configuration, ICollection<ConfigurationFault> faults) => new();

    /// <summary>Who an account of that name would be, without proof: for `check`. Null: there is no such account, or no accounts at all.</summary>
    public ValueTask<Gatehouse.Policy.Identity?> FindAsync(string name) => ValueTask.FromResult<Gatehouse.Policy.Identity?>(null);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
