using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>A request to a real server: which cause its configuration is to give, or none.</summary>
internal sealed record Row(string Method, string Target, string? Cause, params string[] Headers)
{
    /// <summary>Whoever claims to know the status must be right, and name the cause.</summary>
    public static async Task Compare(RunningProgram server, string configuration, IEnumerable<Row> rows)
    {
        foreach (var row in rows)
        {
            var real = await server.StatusAsync(row.Method, row.Target, row.Headers);
            var (seen, findings) = Evaluating.Of(configuration, Evaluating.Request(row.Method, row.Target, server.Port, row.Headers));
            var evaluated = Assert.Single(seen.OfType<Evaluated>());
            var what = $"{row.Method} {row.Target} {string.Join("; ", row.Headers)}: the server answers {real}, evaluated {evaluated.Status} {evaluated.UnknownBecause}\n" + string.Join('\n', evaluated.Trace);
            if (evaluated.Status is { } status && !(status == 200 && evaluated.HandedOn)) Assert.True(status == real, what);
            if (row.Cause is null) Assert.True(findings.Count == 0 || findings[0].Confidence < 0.6, what + "\n" + findings.FirstOrDefault()?.Summary);
            else Assert.True(findings.Count > 0 && findings[0].Cause.Id == row.Cause, what + "\n" + string.Join('\n', findings.Select(finding => finding.Cause.Id + ": " + finding.Summary)));
            if (row.Cause is not null) Assert.True(real >= 400, what);
        }
    }
}
