using System.Text;

namespace Gatehouse.Cli.Targets;

/// <summary>What a target that exists on disk is.</summary>
internal enum TargetKind
{
    /// <summary>A document root.</summary>
    Site,

    /// <summary>A server's configuration, file or directory.</summary>
    ServerConfiguration,

    /// <summary>A log.</summary>
    Log,

    /// <summary>A recording of a browser's network panel.</summary>
    Har,

    /// <summary>One answer, saved: status line, fields, body.</summary>
    Answer,

    /// <summary>A file with a curl command in it.</summary>
    Command,

    /// <summary>A single resource of a site.</summary>
    Resource,
}

/// <summary>Tells targets apart by what stands in them; the name only decides where the content leaves it open.</summary>
internal static class TargetKinds
{
    /// <summary>So much of a file is looked at.</summary>
    private const int LookedAtInBytes = 65_536;

    /// <summary>A directory that holds one of these is a server's configuration.</summary>
    private static readonly string[] MainFiles = ["nginx.conf", "apache2.conf", "httpd.conf", "Caddyfile", "haproxy.cfg", "lighttpd.conf", "squid.conf", "server.xml", "gatehouse.yaml", "traefik.yml", "traefik.yaml", "traefik.toml"];

    /// <summary>Of something that exists; throws what opening it throws.</summary>
    public static TargetKind Of(string path)
    {
        if (Directory.Exists(path)) return MainFiles.Any(name => File.Exists(Path.Combine(path, name)) || File.Exists(Path.Combine(path, "conf", name))) ? TargetKind.ServerConfiguration : TargetKind.Site;
        var head = new byte[LookedAtInBytes];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return Of(Path.GetFileName(path), head.AsSpan(0, length));
    }

    /// <summary>By name and the beginning of the content.</summary>
    public static TargetKind Of(string name, ReadOnlySpan<byte> head)
    {
        // gzip, zstd, bzip2, xz: rotated logs.
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) || head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) || head.StartsWith("BZh"u8) || head.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A])) return TargetKind.Log;
        if (MainFiles.Contains(name, StringComparer.OrdinalIgnoreCase) || name.Equals("web.config", StringComparison.OrdinalIgnoreCase)) return TargetKind.ServerConfiguration;
        var text = Encoding.UTF8.GetString(head.StartsWith("\uFEFF"u8) ? head[3..] : head).TrimStart();
        if (text.StartsWith('{') && text.Contains("\"log\"", StringComparison.Ordinal) && text.Contains("\"entries\"", StringComparison.Ordinal)) return TargetKind.Har;
        if (name.EndsWith(".har", StringComparison.OrdinalIgnoreCase)) return TargetKind.Har;
        if (text.StartsWith("HTTP/", StringComparison.Ordinal)) return TargetKind.Answer;
        if (text.StartsWith("curl ", StringComparison.Ordinal) || text.StartsWith("curl.exe ", StringComparison.OrdinalIgnoreCase)) return TargetKind.Command;
        var lines = text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Take(400).ToList();
        var asLog = lines.Count(LogLines.LooksLike);
        var asConfiguration = lines.Count(ConfigurationLines.LooksLike);
        if (asLog > 0 && asLog >= asConfiguration) return TargetKind.Log;
        if (asConfiguration > 0) return TargetKind.ServerConfiguration;
        if (name.Contains("log", StringComparison.OrdinalIgnoreCase)) return TargetKind.Log;
        return Path.GetExtension(name).ToLowerInvariant() is ".conf" or ".cfg" or ".vhost" or ".caddyfile" or ".xml" or ".yaml" or ".yml" or ".toml" ? TargetKind.ServerConfiguration : TargetKind.Resource;
    }
}
