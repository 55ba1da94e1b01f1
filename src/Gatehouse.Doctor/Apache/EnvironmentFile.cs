using Gatehouse.Apache;

namespace Gatehouse.Doctor.Apache;

/// <summary>Debian's envvars: the shell file that sets what <c>${APACHE_...}</c> stands for. Read, never run: plain assignments alone count.</summary>
internal static class EnvironmentFile
{
    /// <summary>Debian's own values, where the file is not there.</summary>
    private static readonly Dictionary<string, string> Debian = new(StringComparer.Ordinal)
    {
        ["APACHE_RUN_USER"] = "www-data",
        ["APACHE_RUN_GROUP"] = "www-data",
        ["APACHE_LOG_DIR"] = "/var/log/apache2",
        ["APACHE_RUN_DIR"] = "/var/run/apache2",
        ["APACHE_LOCK_DIR"] = "/var/lock/apache2",
        ["APACHE_PID_FILE"] = "/var/run/apache2/apache2.pid",
        ["APACHE_CONFDIR"] = "/etc/apache2",
    };

    /// <summary>The variables of the file beside a main file.</summary>
    public static IReadOnlyDictionary<string, string> Near(string main, IFileView files)
    {
        var result = new Dictionary<string, string>(Debian, StringComparer.Ordinal) { ["SUFFIX"] = "" };
        var folder = Path.GetDirectoryName(main)!;
        if (files.Read(Path.Combine(folder, "envvars")) is not { } text) return result;
        foreach (var line in text.Split('\n'))
        {
            var assignment = line.Trim();
            if (assignment.StartsWith("export ", StringComparison.Ordinal)) assignment = assignment[7..].TrimStart();
            var equals = assignment.IndexOf('=');
            if (equals <= 0 || !assignment.AsSpan(0, equals).ToString().All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) continue;
            var value = assignment[(equals + 1)..].Trim('"', '\'').Replace("$SUFFIX", "", StringComparison.Ordinal);
            if (!value.Contains('$') && !value.Contains('`')) result[assignment[..equals]] = value;
        }

        return result;
    }
}
