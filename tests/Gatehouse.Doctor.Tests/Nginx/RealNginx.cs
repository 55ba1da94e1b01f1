using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Tests.Nginx;

/// <summary>A request as it goes over the wire.</summary>
internal sealed record Asked(string Target)
{
    public string Method { get; init; } = "GET";

    public string Host { get; init; } = "localhost";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The client's address: any of 127/8 can be bound.</summary>
    public string From { get; init; } = "127.0.0.1";

    public int Port { get; init; }

    public override string ToString() => $"{Method} {Target} (Host {Host}, from {From}{string.Concat(Headers.Select(header => $", {header.Name}: {header.Value}"))})";
}

/// <summary>A site on disk, and nginx over it: own prefix, free ports of the loopback, stopped by process id.</summary>
internal sealed class RealNginx : IDisposable
{
    private readonly Process? process;

    private RealNginx(string folder, string file, Process? process)
    {
        Folder = folder;
        File = file;
        this.process = process;
        Reload();
    }

    /// <summary>Where everything lies.</summary>
    public string Folder { get; }

    public string File { get; }

    public HttpModel Model { get; private set; } = null!;

    public ConfTree Tree { get; private set; } = null!;

    /// <summary>The program; skips the test where it is missing, unless it is required.</summary>
    public static string Program
    {
        get
        {
            var found = ((string[])["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx"]).FirstOrDefault(System.IO.File.Exists);
            if (found is not null) return found;
            Assert.SkipUnless(Environment.GetEnvironmentVariable("GATEHOUSE_REQUIRE_SERVERS") == "1", "nginx is not installed");
            throw new InvalidOperationException("nginx is required and not installed");
        }
    }

    /// <summary>A folder that every account may pass.</summary>
    public static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-nginx-").FullName;
        System.IO.File.SetUnixFileMode(folder, (UnixFileMode)0x1ED);
        return folder;
    }

    /// <summary>Ports that are free now.</summary>
    public static int[] FreePorts(int count)
    {
        var held = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var one in held) one.Start();
        var ports = held.Select(one => ((IPEndPoint)one.LocalEndpoint).Port).ToArray();
        foreach (var one in held) one.Stop();
        return ports;
    }

    /// <summary>Starts; null with nginx's complaint where it does not load the configuration.</summary>
    /// <param name="folder">With the site; becomes the prefix.</param>
    /// <param name="http">The content of the http block.</param>
    /// <param name="port">One of its ports, to wait for.</param>
    /// <param name="complaint">What nginx says.</param>
    /// <param name="top">Lines before it.</param>
    public static RealNginx? Start(string folder, string http, int port, out string complaint, string top = "")
    {
        var file = Path.Combine(folder, "nginx.conf");
        Directory.CreateDirectory(Path.Combine(folder, "run"));
        var temporary = string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(name => $"{name}_temp_path run/{name};\n"));
        var user = Environment.UserName == "root" ? "user www-data;\n" : "";
        System.IO.File.WriteAllText(file, $"{user}{top}worker_processes 1;\npid run/nginx.pid;\nerror_log run/error.log info;\nevents {{ worker_connections 256; }}\nhttp {{\naccess_log off;\n{temporary}{http}\n}}\n", Encoding.Latin1);
        var start = new ProcessStartInfo(Program, ["-p", folder + "/", "-e", Path.Combine(folder, "run/error.log"), "-c", file, "-g", "daemon off;"]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var said = new StringBuilder();
        process.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
        process.BeginErrorReadLine();
        for (var tries = 0; tries < 600; tries++)
        {
            if (process.HasExited)
            {
                process.WaitForExit();
                complaint = said.ToString();
                process.Dispose();
                return null;
            }

            try
            {
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                probe.Connect(IPAddress.Loopback, port);
                complaint = "";
                return new RealNginx(folder, file, process);
            }
            catch (SocketException)
            {
                process.WaitForExit(10);
            }
        }

        complaint = "does not listen";
        Stop(process);
        return null;
    }

    /// <summary>Starts and wants it to load.</summary>
    public static RealNginx Running(string folder, string http, int port, string top = "")
    {
        var running = Start(folder, http, port, out var complaint, top);
        Assert.True(running is not null, complaint);
        return running;
    }

    /// <summary>Reads the configuration anew for the evaluator.</summary>
    public void Reload()
    {
        Tree = ConfTree.Load(File, new DiskConf(new ReadableFolders([Folder, "/etc/nginx"])));
        Model = HttpModel.Of([Tree])!;
    }

    /// <summary>What the evaluator says.</summary>
    public Verdict Evaluate(Asked asked, DateTimeOffset time, int port)
    {
        var accounts = new Accounts(System.IO.File.ReadAllText("/etc/passwd"), System.IO.File.ReadAllText("/etc/group"));
        var worker = Environment.UserName == "root" ? accounts.Find("www-data") : accounts.Find(Environment.UserName);
        var request = new NginxRequest
        {
            Method = asked.Method,
            Target = asked.Target,
            Headers = [.. asked.Host.Length > 0 ? [new KeyValuePair<string, string>("Host", asked.Host)] : Array.Empty<KeyValuePair<string, string>>(), .. asked.Headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value))],
            Peer = IPAddress.Parse(asked.From),
            ServerAddress = IPAddress.Loopback,
            ServerPort = asked.Port == 0 ? port : asked.Port,
            Time = time,
        };
        return Evaluator.Of(Model, request, new DiskFiles(accounts, worker), Folder, Folder);
    }

    /// <summary>What nginx says: the status, or null where it closes without one.</summary>
    public static int? Ask(Asked asked, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        if (asked.From != "127.0.0.1") socket.Bind(new IPEndPoint(IPAddress.Parse(asked.From), 0));
        socket.Connect(IPAddress.Loopback, asked.Port == 0 ? port : asked.Port);
        var text = new StringBuilder($"{asked.Method} {asked.Target} HTTP/1.1\r\n");
        if (asked.Host.Length > 0) text.Append($"Host: {asked.Host}\r\n");
        foreach (var (name, value) in asked.Headers) text.Append($"{name}: {value}\r\n");
        text.Append("Connection: close\r\n\r\n");
        socket.Send(Encoding.Latin1.GetBytes(text.ToString()));
        var buffer = new byte[64];
        var length = 0;
        try
        {
            while (length < 12)
            {
                var read = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
                if (read == 0) return null;
                length += read;
            }
        }
        catch (SocketException)
        {
            return null;
        }

        return int.Parse(Encoding.ASCII.GetString(buffer, 9, 3), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (process is not null) Stop(process);
        if (!Directory.Exists(Folder)) return;
        foreach (var hidden in Directory.EnumerateDirectories(Folder, "*", SearchOption.TopDirectoryOnly)) System.IO.File.SetUnixFileMode(hidden, (UnixFileMode)0x1ED);
        Directory.Delete(Folder, recursive: true);
    }

    private static void Stop(Process process)
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
            process.WaitForExit(5000);
        }

        process.Dispose();
    }
}
