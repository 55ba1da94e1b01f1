using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Tests.Apache;

/// <summary>
/// The machine's own Apache httpd on a free loopback port, with a configuration and a tree made for one test, stopped by its process
/// id. It is the oracle: where it and the evaluation differ, the evaluation is wrong.
/// </summary>
internal sealed class RealHttpd : IAsyncDisposable
{
    private static readonly string[] Programs = ["/usr/sbin/apache2", "/usr/sbin/httpd"];
    private static readonly string[] ModuleFolders = ["/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/libexec/apache2"];

    /// <summary>Loaded where they exist, in this order.</summary>
    private static readonly string[] Modules =
    [
        "mpm_event", "unixd", "authn_core", "authn_file", "authz_core", "authz_host", "authz_user", "authz_groupfile", "auth_basic", "access_compat",
        "alias", "allowmethods", "dir", "autoindex", "env", "headers", "mime", "negotiation", "remoteip", "rewrite", "setenvif", "expires", "version", "macro",
    ];

    private readonly Process process;

    private RealHttpd(Process process, string folder, int port)
    {
        this.process = process;
        Folder = folder;
        Port = port;
    }

    /// <summary>Where the server's files lie; the tree is <see cref="Root"/>.</summary>
    public string Folder { get; }

    /// <summary>The document root of the main server.</summary>
    public string Root => Path.Combine(Folder, "www");

    /// <summary>The loopback port.</summary>
    public int Port { get; }

    /// <summary>Skips the test where there is no Apache httpd; where servers are required that is a failure.</summary>
    public static string Require()
    {
        var program = Programs.FirstOrDefault(File.Exists);
        if (program is not null) return program;
        const string reason = "Apache httpd is not installed";
        if (Environment.GetEnvironmentVariable("GATEHOUSE_REQUIRE_SERVERS") == "1") Assert.Fail(reason);
        Assert.Skip(reason);
        return "";
    }

    /// <summary>A fresh folder that the server's user can read, with an empty tree <c>www</c> in it.</summary>
    public static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-httpd-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Path.Combine(folder, "www"));
        return folder;
    }

    /// <summary>Writes a file of a tree, making its folders.</summary>
    public static void Write(string folder, string path, string content)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    /// <summary>What the server says of a configuration without starting; null: it is content.</summary>
    public static async Task<string?> CheckAsync(string folder, string configuration)
    {
        var program = Require();
        var file = Path.Combine(folder, "check.conf");
        await File.WriteAllTextAsync(file, Preamble(folder, 1) + configuration);
        using var check = Process.Start(new ProcessStartInfo(program, ["-t", "-f", file]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync();
        return check.ExitCode == 0 ? null : said;
    }

    /// <summary>Starts the server over a folder made by <see cref="NewFolder"/>.</summary>
    /// <param name="folder">Its files; removed with it.</param>
    /// <param name="configuration">What stands behind the preamble; <c>@FOLDER@</c> and <c>@PORT@</c> are replaced.</param>
    public static async Task<RealHttpd> StartAsync(string folder, string configuration)
    {
        var program = Require();
        var port = FreePort();
        var file = Path.Combine(folder, "httpd.conf");
        await File.WriteAllTextAsync(file, Preamble(folder, port)
            + configuration.Replace("@FOLDER@", folder, StringComparison.Ordinal).Replace("@PORT@", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var start = new ProcessStartInfo(program, ["-f", file, "-DFOREGROUND", "-k", "start"]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        var process = Process.Start(start)!;
        for (var tries = 0; tries < 200; tries++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return new(process, folder, port);
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(50);
            }
            catch (SocketException)
            {
                break;
            }
        }

        Assert.Fail($"httpd did not start: {await process.StandardError.ReadToEndAsync()} {(File.Exists(Path.Combine(folder, "error.log")) ? await File.ReadAllTextAsync(Path.Combine(folder, "error.log")) : "")}");
        return null!;
    }

    /// <summary>Sends one request as it stands and reads the answer.</summary>
    public Task<HttpdAnswer> AskAsync(string target, string host = "lab.test", string method = "GET", params string[] fields) =>
        HttpdAnswer.AskAsync(Port, $"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n");

    public async ValueTask DisposeAsync()
    {
        try
        {
            // SIGTERM to this process alone: it ends its own children.
            using var kill = Process.Start("/bin/kill", [process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            await process.WaitForExitAsync();
        }
        finally
        {
            process.Dispose();
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static string Preamble(string folder, int port)
    {
        var modules = ModuleFolders.First(Directory.Exists);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"ServerRoot {folder}\nPidFile {folder}/pid\nDefaultRuntimeDir {folder}\nMutex file:{folder}\nErrorLog {folder}/error.log\nLogLevel info\n");
        foreach (var module in Modules)
        {
            var path = Path.Combine(modules, $"mod_{module}.so");
            if (File.Exists(path)) text.Append(CultureInfo.InvariantCulture, $"LoadModule {module}_module {path}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Listen 127.0.0.1:{port}\nServerName localhost\nTypesConfig /dev/null\nDocumentRoot {folder}/www\nStartServers 1\nMinSpareThreads 5\nMaxSpareThreads 200\n");
        if (Environment.UserName == "root") text.Append("User nobody\nGroup nogroup\n");
        return text.ToString();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
