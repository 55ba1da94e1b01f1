using Gatehouse.Apache.Expressions;

namespace Gatehouse.Apache.Rewriting;

/// <summary>The variables of RewriteCond and RewriteRule (lookup_variable); what does not exist is empty.</summary>
internal static class RewriteVariables
{
    public static Text Read(string name, RewriteRun run)
    {
        if (name.Length < 4) return "";
        var request = run.Request;
        if (name[3] == ':')
        {
            var argument = name[4..];
            if (argument.Length == 0) return "";
            if (name.StartsWith("ENV", StringComparison.OrdinalIgnoreCase)) return ServerVariables.Environment(argument, request) ?? Text.Empty;
            return name.StartsWith("SSL", StringComparison.OrdinalIgnoreCase) ? ServerVariables.Tls(argument.ToUpperInvariant(), request) : "";
        }

        if (name.Length > 4 && name[4] == ':')
        {
            var argument = name[5..];
            if (argument.Length == 0) return "";
            if (name.StartsWith("HTTP", StringComparison.OrdinalIgnoreCase)) return request.Header(argument) ?? "";
            if (name.StartsWith("LA-U", StringComparison.OrdinalIgnoreCase)) return run.LookAhead(argument, byFile: false);
            return name.StartsWith("LA-F", StringComparison.OrdinalIgnoreCase) ? run.LookAhead(argument, byFile: true) : "";
        }

        var upper = name.ToUpperInvariant();
        return upper switch
        {
            "TIME" or "TIME_YEAR" or "TIME_MON" or "TIME_DAY" or "TIME_HOUR" or "TIME_MIN" or "TIME_SEC" or "TIME_WDAY" => ServerVariables.Time(upper, request),
            "REQUEST_FILENAME" or "SCRIPT_FILENAME" => run.FileName,
            "API_VERSION" or "SCRIPT_USER" or "SCRIPT_GROUP" => Text.Unknown($"`{upper}` is known to the server alone"),
            "REMOTE_IDENT" => "",
            _ => ServerVariables.Read(upper, request) ?? "",
        };
    }
}
