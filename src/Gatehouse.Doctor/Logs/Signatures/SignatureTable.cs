using System.Buffers;
using System.Collections.Frozen;

namespace Gatehouse.Doctor.Logs.Signatures;

/// <summary>All rows, by server: which of them a line is sought in, and the sieve that most lines fail.</summary>
internal static class SignatureTable
{
    /// <summary>Every row, in the order in which rows of one server are asked: the narrower before the wider.</summary>
    public static IReadOnlyList<Signature> All { get; } =
    [
        .. ApacheSignatures.All, .. NginxSignatures.All, .. ServerSignatures.Caddy, .. ServerSignatures.Lighttpd, .. ServerSignatures.Java, .. ServerSignatures.Proxies,
        .. ServerSignatures.Firewalls, .. FrameworkSignatures.AspNet, .. FrameworkSignatures.Applications, .. FrameworkSignatures.Everywhere,
    ];

    private static readonly FrozenDictionary<LogServer, Group> Groups = Enum.GetValues<LogServer>().ToFrozenDictionary(server => server, server => new Group([.. RowsFor(server)]));

    /// <summary>The first row that fits; null: none.</summary>
    public static SignatureMatch? Match(LogRecord record)
    {
        var words = record.Words;
        if (record.Flags is { } flags && record.Server == LogServer.Envoy) words = words + "\n" + flags;
        if (record is { Server: LogServer.Apache, Code: null, Module: { } module }) words = $"[{module}:{record.Level}] {words}";
        if (record.Server is LogServer.Nginx && NginxPasswordFile(record, words) is { } file) return file;
        return Groups[record.Server].Match(record, words);
    }

    private static IEnumerable<Signature> RowsFor(LogServer server)
    {
        if (server == LogServer.Unknown) return All;
        var also = server switch
        {
            LogServer.Apache or LogServer.Nginx => [LogServer.ModSecurity, LogServer.Php, LogServer.CrowdSec],
            LogServer.Tomcat or LogServer.Jetty => [LogServer.Tomcat, LogServer.Jetty, LogServer.Spring],
            LogServer.Envoy or LogServer.Haproxy or LogServer.Traefik => [LogServer.ModSecurity, LogServer.CrowdSec],
            _ => (LogServer[])[],
        };
        var rows = All.Where(row => row.Server == server || also.Contains(row.Server));
        return server is LogServer.AspNetCore or LogServer.Spring or LogServer.Django or LogServer.Rails or LogServer.Php or LogServer.Node ? rows.Concat(FrameworkSignatures.Everywhere) : rows;
    }

    /// <summary>nginx tells a password file that can't be opened in the words of a resource; a path that has nothing to do with the URL tells them apart.</summary>
    private static SignatureMatch? NginxPasswordFile(LogRecord record, string words)
    {
        if (record.Target is not { } target || !words.StartsWith("open() ", StringComparison.Ordinal)) return null;
        foreach (var row in NginxSignatures.PasswordFile)
        {
            if (row.Template.Match(words) is not { } held || !held.TryGetValue("file", out var file)) continue;
            var path = target.AsSpan(0, target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : target.Length).ToString();
            var name = file[(file.LastIndexOf('/') + 1)..];
            var asked = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
            if (asked.Length > 0 ? name == asked : name.StartsWith("index.", StringComparison.Ordinal)) return null;
            if (name.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".htm", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".php", StringComparison.OrdinalIgnoreCase) || file.EndsWith('/')) return null;
            if (row.Level == "crit" && record.Level != "crit") continue; // of a resource it is an error, of a password file crit
            return new SignatureMatch(row, held);
        }

        return null;
    }

    private sealed class Group(Signature[] rows)
    {
        private readonly SearchValues<string> sieve = SearchValues.Create([.. rows.Select(row => row.Template.Anchor).Where(anchor => anchor.Length > 2).Distinct(StringComparer.OrdinalIgnoreCase)], StringComparison.OrdinalIgnoreCase);

        public SignatureMatch? Match(LogRecord record, string words)
        {
            if (!words.AsSpan().ContainsAny(sieve)) return null;
            foreach (var row in rows)
            {
                // Lines of httpd 2.2, and lines that were cut before they were pasted, have no number.
                if (row.Code is { } code && record.Code is { } written && code != written) continue;
                // What stops a server from starting is told by its level more than by its words.
                if (row.Level == "emerg" && record.Level != "emerg") continue;
                if (row.Template.Match(words) is { } held) return new SignatureMatch(row, held);
            }

            return null;
        }
    }
}
