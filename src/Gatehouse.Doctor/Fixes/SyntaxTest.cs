using System.ComponentModel;
using System.Diagnostics;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Lighttpd;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Fixes;

/// <summary>
/// The server's own test of its configuration (`nginx -t`, `apachectl -t`), run before and after an edit. It loads what the
/// configuration names, modules among it, so it runs only where the file and all folders above it belong to root or to us and nobody
/// else may write them: never on a foreign tree.
/// </summary>
public static class SyntaxTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A row a server: programs in order of preference, and their arguments before the file.</summary>
    private static readonly (string Server, string[] Programs, string[] Arguments)[] Tests =
    [
        ("nginx", ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx"], ["-t", "-q", "-c"]),
        ("Apache httpd", ["/usr/sbin/apachectl", "/usr/sbin/apache2", "/usr/sbin/httpd", "/usr/local/apache2/bin/apachectl"], ["-t", "-f"]),
        ("Caddy", ["/usr/bin/caddy", "/usr/local/bin/caddy"], ["validate", "--adapter", "caddyfile", "--config"]),
        ("HAProxy", ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy"], ["-c", "-q", "-f"]),
        ("lighttpd", ["/usr/sbin/lighttpd", "/usr/local/sbin/lighttpd"], ["-tt", "-f"]),
    ];

    /// <summary>
    /// What is to be run after each content edit. Null: there is no test that can tell (not installed, a foreign file, or the
    /// configuration fails its test already), and <paramref name="why"/> says which.
    /// </summary>
    public static Func<string?>? For(string server, string configuration, out string why)
    {
        why = "";
        var row = Array.Find(Tests, test => test.Server == server);
        if (row.Programs is null || row.Programs.FirstOrDefault(File.Exists) is not { } program) why = $"the program of {server} is not installed here, so its own test was not run";
        else if (!IsOurs(configuration)) why = $"{configuration} can be written by others, so the server's own test, which loads what it names, was not run";
        else if (server == "lighttpd" && Commands(configuration) is { } command) why = $"{command}, so the server's own test, which would run it, was not run";
        else if (Run(program, [.. row.Arguments, configuration]) is { } failing) why = $"{configuration} fails the server's own test already ({failing}), so the test can't judge the edit";
        else return () => Run(program, [.. row.Arguments, configuration]);
        return null;
    }

    /// <summary>What lighttpd would run while it reads (include_shell), or can't be told from here; null: nothing.</summary>
    private static string? Commands(string configuration)
    {
        if (ConfigurationText.Read(configuration, out _) is not { } text) return $"{configuration} can't be read";
        var files = new ConfigurationFiles(ReadableFolders.Of([configuration], ["/etc/lighttpd", "/usr/share/lighttpd"], null));
        LighttpdConfiguration.Read(files.Own(text));
        return files.Incomplete ? files.Faults[0] : null;
    }

    /// <summary>Root or we own the file and every folder above it, and nobody else may write one of them.</summary>
    private static bool IsOurs(string path)
    {
        var full = Path.GetFullPath(path);
        for (var here = full; here is not null; here = Path.GetDirectoryName(here))
        {
            if (Kernel.Look(here, out _) is not { } stat || (stat.Uid != 0 && stat.Uid != Kernel.EffectiveUser)) return false;
            // Below a sticky folder such as /tmp nobody can replace what is ours.
            if ((stat.Mode & 0x12) != 0 && !((stat.Mode & 0x200) != 0 && here != full)) return false;
        }

        return true;
    }

    /// <summary>Null: it passed. Else the last line that it said.</summary>
    private static string? Run(string program, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
            foreach (var argument in arguments) start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return $"{program} did not end within {Patience.TotalSeconds:0} s";
            }

            if (process.ExitCode == 0) return null;
            var said = (error.Result + "\n" + output.Result).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return said.LastOrDefault(line => line.Contains("emerg", StringComparison.Ordinal) || line.Contains("yntax", StringComparison.Ordinal) || line.Contains("rror", StringComparison.Ordinal)) ?? said.LastOrDefault() ?? $"{program} ended with {process.ExitCode}";
        }
        catch (Win32Exception error)
        {
            return $"{program} can't be started: {error.Message}";
        }
    }
}
