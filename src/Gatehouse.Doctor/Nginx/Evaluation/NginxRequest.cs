using System.Net;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>The request that is evaluated, as it comes over the wire. All texts are bytes as characters of ISO-8859-1.</summary>
internal sealed record NginxRequest
{
    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The target as sent: <c>/a%20b?x=1</c>, or an absolute URL.</summary>
    public required string Target { get; init; }

    /// <summary>Header fields in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Where the connection comes from; null: not known.</summary>
    public required IPAddress? Peer { get; init; }

    /// <summary>Where it goes to; null: not known.</summary>
    public IPAddress? ServerAddress { get; init; }

    /// <summary>The port that it goes to.</summary>
    public int ServerPort { get; init; } = 80;

    /// <summary>Whether the client speaks TLS.</summary>
    public bool Https { get; init; }

    /// <summary>The host name of the handshake; null: none was sent.</summary>
    public string? Sni { get; init; }

    /// <summary><c>HTTP/1.1</c>.</summary>
    public string Protocol { get; init; } = "HTTP/1.1";

    /// <summary>What the server finds about the client's certificate, as $ssl_client_verify has it: <c>NONE</c>, <c>SUCCESS</c>, <c>FAILED:reason</c>; null: not known.</summary>
    public string? ClientVerify { get; init; } = "NONE";

    /// <summary>When; null: variables of time can't be told.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Octets of the body.</summary>
    public long BodyLength { get; init; }
}

/// <summary>How a look at a file ended, in the terms of open(2).</summary>
internal enum FileAnswer
{
    /// <summary>It can't be told from here.</summary>
    Unknown = 0,

    /// <summary>It is there and may be used.</summary>
    Found,

    /// <summary>ENOENT.</summary>
    NotFound,

    /// <summary>ENOTDIR.</summary>
    NotADirectory,

    /// <summary>EACCES.</summary>
    Denied,

    /// <summary>ELOOP, because disable_symlinks does not allow a link on the way.</summary>
    LinkRefused,

    /// <summary>ENOTDIR, because a link stands in the middle of the path where disable_symlinks allows none.</summary>
    LinkAsDirectory,

    /// <summary>ELOOP: links in a circle.</summary>
    TooManyLinks,

    /// <summary>ENAMETOOLONG.</summary>
    NameTooLong,
}

/// <summary>What was found at a path.</summary>
/// <param name="Answer">How it ended.</param>
/// <param name="Kind">What is there, links followed.</param>
/// <param name="OwnerMayRun">The owner's execute bit, which is all that <c>-x</c> asks.</param>
internal readonly record struct FileLook(FileAnswer Answer, FileKind Kind = FileKind.Unknown, bool OwnerMayRun = false)
{
    /// <summary>Whether it was found and is a directory.</summary>
    public bool IsDirectory => Answer == FileAnswer.Found && Kind == FileKind.Directory;
}

/// <summary>What disable_symlinks says.</summary>
internal enum LinkRule
{
    /// <summary>Links are followed.</summary>
    Follow,

    /// <summary>Only where link and target have one owner.</summary>
    SameOwner,

    /// <summary>None.</summary>
    Never,
}

/// <summary>What nginx's workers ask the disk. Judging has no I/O of its own: the probe gives a view of this machine, tests a table.</summary>
internal interface INginxFiles
{
    /// <summary>stat(2): links followed, no permission asked of the last element.</summary>
    FileLook Stat(string path);

    /// <summary>open(2) for reading, with the links' rule from an offset of the path on.</summary>
    FileLook Open(string path, LinkRule links, int from);

    /// <summary>The bytes of a file that a worker opens; null with the reason in <paramref name="answer"/>.</summary>
    byte[]? Read(string path, out FileAnswer answer);

    /// <summary>The ISO code of an address's country by a MaxMind database; null: unknown there, or <paramref name="problem"/> says why it can't be told.</summary>
    string? Country(string database, IPAddress address, out string? problem);
}
