namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Tomcat's java.util.logging, and Log4j, Logback and Spring Boot's console.</summary>
internal static class JavaFormat
{
    private static readonly string[] TimePatterns = ["dd-MMM-yyyy HH:mm:ss.fff", "dd-MMM-yyyy HH:mm:ss"];

    // 24-Nov-2026 14:30:40.123 WARNING [thread] org.apache.Class.method message
    public static LogRecord? Read(string line)
    {
        if (line.Length < 30 || line[2] != '-' || line[6] != '-') return null;
        var length = line.Length > 24 && line[20] == '.' ? 24 : 20;
        if (LogTime.Exact(line.AsSpan(0, length), null, TimePatterns) is not { } time) return null;
        var cursor = new Cursor(line.AsSpan(length));
        var level = cursor.Word();
        var thread = cursor.Between('[', ']');
        var source = cursor.Word();
        return new LogRecord
        {
            Format = "Tomcat",
            Server = source.Contains("jetty", StringComparison.Ordinal) ? LogServer.Jetty : source.Contains("springframework", StringComparison.Ordinal) ? LogServer.Spring : LogServer.Tomcat,
            Time = time,
            Level = level,
            Thread = thread,
            Module = source,
            Message = cursor.Rest.Trim().ToString(),
        };
    }
}
