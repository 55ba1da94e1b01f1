using System.Globalization;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx;

/// <summary>What limit_req and limit_conn answer.</summary>
internal static class Limits
{
    /// <summary>The status of a limit where it is exceeded; 503 where none is set.</summary>
    public static int Status(Verdict verdict, ConfNode limit) =>
        verdict.Flow?.Scope.Value(limit.Name == "limit_req" ? "limit_req_status" : "limit_conn_status") is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 503;
}
