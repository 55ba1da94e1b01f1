using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Evaluation;

namespace Gatehouse.Doctor.Servers;

/// <summary>A site's files as the account of the server's workers meets them; where that is not known, only what everybody may do is told.</summary>
internal sealed class ServedFiles
{
    private readonly Accounts accounts;
    private readonly ServerAccount? worker;
    private readonly string? site;
    private readonly DiskFiles disk;

    private ServedFiles(Accounts accounts, ServerAccount? worker, string? site)
    {
        (this.accounts, this.worker, this.site) = (accounts, worker, site);
        disk = new DiskFiles(accounts, worker);
    }

    /// <summary>For tests, and where nothing is known of the machine.</summary>
    public static ServedFiles Unknown { get; } = new(Accounts.Nobody, null, null);

    /// <summary>By --server-user, else by the process that listens where it is that server's.</summary>
    public static ServedFiles Of(Question question, Observations seen, string server)
    {
        var accounts = Accounts.OfThisMachine();
        var worker = question.ServerUser is { } given ? accounts.Find(given)
            : seen.First<RunningServer>() is { } running && ServerNames.IsProgramOf(running.Program, server) ? running.Worker : null;
        return new ServedFiles(accounts, worker, question.Site is { } site ? Path.GetFullPath(site) : null);
    }

    /// <summary>The same with the account that the configuration names, where nothing nearer tells it.</summary>
    public ServedFiles As(string? user, string? group) => worker is null && user is not null && accounts.Find(user, group) is { } named ? new ServedFiles(accounts, named, site) : this;

    /// <summary>A document root on this machine: where it is not here, --site stands for it. Null: neither is.</summary>
    public string? Root(string written) => Directory.Exists(written) ? written : site;

    /// <summary>What opening the file comes to.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="links">Whether links are followed.</param>
    public FileLook Open(string path, LinkRule links = LinkRule.Follow) => disk.Open(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path)), links, 0);

    /// <summary>What looking at it comes to, without the right to read it.</summary>
    public FileLook Stat(string path) => disk.Stat(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path)));

    /// <summary>The first link on the way to a path; null: none.</summary>
    public string? Link(string path) => PathWalk.Look(path, accounts).Elements.FirstOrDefault(element => element.Kind == FileKind.Link)?.Path;
}

/// <summary>Where and for whom a configuration is evaluated.</summary>
/// <param name="Zone">Of the server's clock.</param>
/// <param name="Disk">The site's files.</param>
internal sealed record Place(TimeZoneInfo Zone, ServedFiles Disk);
