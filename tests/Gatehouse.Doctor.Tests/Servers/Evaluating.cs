using System.Net;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>One request put to a configuration.</summary>
internal static class Evaluating
{
    public static AskedRequest Request(string method, string target, int port, params string[] headers)
    {
        var fields = headers.Select(header => new Field(header.Split(':', 2)[0], header.Split(':', 2)[1].Trim())).ToList();
        var url = new Uri($"http://127.0.0.1:{port}{target}");
        return new AskedRequest
        {
            Method = method,
            Path = Uri.UnescapeDataString(url.AbsolutePath),
            RawPath = url.AbsolutePath,
            Query = url.Query.TrimStart('?'),
            Host = fields.FirstOrDefault(field => field.Name == "Host").Value?.Split(':')[0].ToLowerInvariant() ?? "127.0.0.1",
            Port = port,
            Secure = false,
            Address = IPAddress.Loopback,
            Fields = fields,
            At = TimeProvider.System.GetUtcNow(),
        };
    }

    /// <summary>What the configuration comes to, and the findings.</summary>
    public static (IReadOnlyList<Observation> Seen, IReadOnlyList<Finding> Findings) Of(string path, AskedRequest request, string? account = null, bool secure = false)
    {
        var question = new Question
        {
            Url = new Uri($"{(secure ? "https" : "http")}://{request.Host}:{request.Port}{request.RawPath}{(request.Query.Length > 0 ? "?" + request.Query : "")}"),
            Method = request.Method,
            From = request.Address,
            Headers = [.. request.Fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))],
            ServerConfigurations = [path],
            ServerUser = account,
        };
        var observed = ConfigurationProbe.Look(question, new Observations(), new Surroundings(TimeProvider.System, new Progress<string>(), 0), TestContext.Current.CancellationToken);
        var seen = new Observations();
        seen.AddRange(observed);
        return (observed, [.. Gatehouse.Doctor.Rules.ServerRules.All.SelectMany(rule => rule.Judge(seen)).OrderByDescending(finding => finding.Confidence)]);
    }

    public static string Basic(string user, string password) => "Authorization: Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}"));
}
