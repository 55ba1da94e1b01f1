using System.Globalization;
using System.Net;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Servers;

/// <summary>The program of this machine that listens where the request goes.</summary>
/// <param name="Port">TCP port.</param>
/// <param name="Program">Its name as the kernel has it: <c>apache2</c>, <c>nginx</c>, <c>caddy</c>.</param>
/// <param name="Process">The process whose account is told.</param>
/// <param name="Worker">Whom the kernel sees when its workers open files.</param>
/// <param name="NewestWorker">When its youngest worker began: the configuration is not newer than that in any of them.</param>
public sealed record RunningServer(int Port, string Program, int Process, ServerAccount Worker, DateTimeOffset NewestWorker) : Observation
{
    /// <summary>USER_HZ: what /proc counts in, on every architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Looks who listens, where the URL leads to this very machine; null: it does not, a proxy stands between, nobody does, or we may not see it.</summary>
    public static RunningServer? Look(Question question, Observations seen)
    {
        if (question.Url is not { } url || question.Proxy is not null || !OperatingSystem.IsLinux() || !IsHere(url, seen)) return null;
        var accounts = Accounts.OfThisMachine();
        RunningServer? worker = null, root = null;
        try
        {
            var inodes = ListeningSockets.Inodes(url.Port);
            if (inodes.Count == 0) return null;
            var boot = BootTime();
            foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
            {
                if (One(folder, url.Port, inodes, accounts, boot) is not { } found) continue;
                if (found.Worker.Uid == 0) root = Younger(root, found);
                else worker = Younger(worker, found);
            }
        }
        catch (IOException)
        {
            // What was found so far counts.
        }
        catch (UnauthorizedAccessException)
        {
            // Likewise.
        }

        return worker ?? root;
    }

    /// <summary>Loopback, or an address that both ends of the connection have.</summary>
    private static bool IsHere(Uri url, Observations seen)
    {
        var final = seen.Baseline();
        if (final?.To is { } to) return IPAddress.IsLoopback(to) || to.Equals(final.From);
        return url.IsLoopback;
    }

    private static RunningServer? One(string folder, int port, HashSet<string> inodes, Accounts accounts, DateTimeOffset boot)
    {
        try
        {
            if (!ListeningSockets.Holds(folder, inodes) || ListeningSockets.Account(folder, accounts) is not { } account) return null;
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            // The name stands in parentheses and may hold anything; the fields are counted behind it (proc(5): starttime is field 22).
            var open = stat.IndexOf('(', StringComparison.Ordinal);
            var close = stat.LastIndexOf(')');
            if (open < 0 || close < open) return null;
            var fields = stat[(close + 2)..].Split(' ');
            if (fields.Length < 20 || !double.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)) return null;
            return new RunningServer(port, stat[(open + 1)..close], int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), account, boot.AddSeconds(ticks / TicksPerSecond));
        }
        catch (IOException)
        {
            return null; // it ended while it was looked at
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>When the machine started, to a hundredth of a second: btime of /proc/stat is whole seconds, and a configuration is often written in the second in which its server starts.</summary>
    private static DateTimeOffset BootTime()
    {
        var uptime = File.ReadAllText("/proc/uptime").Split(' ')[0];
        return double.TryParse(uptime, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? TimeProvider.System.GetUtcNow().AddSeconds(-seconds) : DateTimeOffset.MaxValue;
    }

    private static RunningServer Younger(RunningServer? one, RunningServer other) => one is null || other.NewestWorker > one.NewestWorker ? other : one;
}

/// <summary>When a configuration file was last written.</summary>
/// <param name="File">Its path.</param>
/// <param name="At">Its modification time.</param>
public sealed record ConfigurationWritten(string File, DateTimeOffset At) : Observation;

/// <summary>Looks which program listens, and how old the configuration is that was given for it.</summary>
internal static class RunningServerProbe
{
    public static IReadOnlyList<Observation> Look(Question question, Observations seen)
    {
        var result = new List<Observation>();
        if (RunningServer.Look(question, seen) is { } running) result.Add(running);
        foreach (var file in question.ServerConfigurations)
            if (System.IO.File.Exists(file)) result.Add(new ConfigurationWritten(file, System.IO.File.GetLastWriteTimeUtc(file)));
        return result;
    }
}
