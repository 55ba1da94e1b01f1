using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Apache;

/// <summary>httpd's configuration was read and, where a URL was given, evaluated for the request in question.</summary>
internal sealed record ApacheJudged : Observation
{
    /// <summary>The server.</summary>
    public required HttpdServer Server { get; init; }

    /// <summary>The answer with the way to it; null: no URL.</summary>
    public HttpdEvaluation? Evaluation { get; init; }

    /// <summary>Whether the configuration is a distribution's default and not the server's own (--site alone).</summary>
    public bool Assumed { get; init; }

    /// <summary>Whether it is known that Apache httpd answers (Server field, program on the port, its configuration was given).</summary>
    public bool IsApache { get; init; }

    /// <summary>The status that was seen for the same request; null: nothing was sent.</summary>
    public int? Seen { get; init; }

    /// <summary>Texts of the files that were read, by path.</summary>
    public IReadOnlyDictionary<string, string?> Texts { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>The account of the workers; null: not known.</summary>
    public ServerAccount? Worker { get; init; }

    /// <summary>The password and group files that the rules in force name.</summary>
    public IReadOnlyList<AccountFileSeen> AccountFiles { get; init; } = [];

    /// <summary>What the htdigest file says of the user whose password was given; null: not asked.</summary>
    public DigestLookUp? Digest { get; init; }

    /// <summary>SSLVerifyClient require that applies, where no certificate was given; null: none.</summary>
    public Directive? CertificateWanted { get; init; }

    /// <summary>Whether the file that the configuration maps to lies elsewhere on this machine: how paths translate.</summary>
    public Func<string, string> Here { get; init; } = path => path;
}

/// <summary>A password or group file.</summary>
/// <param name="By">AuthUserFile or AuthGroupFile.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Element">The file; null: it does not exist.</param>
/// <param name="Readable">Whether the workers can read it.</param>
/// <param name="Blocked">A directory on the way that the workers can't pass; null: none.</param>
/// <param name="Beside">Of a relative path: a file of that name that exists beside the rules file; null: none.</param>
/// <param name="Line">Line of the user in question; 0: not in it.</param>
internal sealed record AccountFileSeen(Directive By, string Path, PathElement? Element, bool Readable, string? Blocked, string? Beside, int Line);

/// <summary>A user in a file of htdigest.</summary>
/// <param name="Path">The file.</param>
/// <param name="User">The user's name.</param>
/// <param name="Realm">AuthName.</param>
/// <param name="InRealm">Whether the user stands there with this realm.</param>
/// <param name="OtherRealms">Realms in which the user stands.</param>
/// <param name="PasswordFits">Whether the password fits the entry; null: there is none.</param>
internal sealed record DigestLookUp(string Path, string User, string Realm, bool InRealm, IReadOnlyList<string> OtherRealms, bool? PasswordFits);
