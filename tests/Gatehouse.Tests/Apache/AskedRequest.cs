using System.Net;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Patterns;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Patterns;

namespace Gatehouse.Tests.Apache;

/// <summary>The request that the server of a test sees, as the evaluation gets it.</summary>
internal static class AskedRequest
{
    public static ApacheRequest Of(RealHttpd httpd, string target, string host = "lab.test", string method = "GET", params string[] fields)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        var request = new ApacheRequest
        {
            Method = method,
            UnparsedTarget = target,
            Path = UriText.Unescape(path, keepSlashes: true) ?? path,
            Query = mark < 0 ? null : target[(mark + 1)..],
            Client = IPAddress.Loopback,
            Peer = IPAddress.Loopback,
            ServerAddress = IPAddress.Loopback,
            ServerPort = httpd.Port,
            HostName = host.Split(':')[0],
            HostPort = host.Split(':') is [_, var port] ? int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) : null,
            ServerName = "localhost",
            DocumentRoot = httpd.Root,
            ServerSoftware = "Apache",
            ProcessEnvironment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" },
        };
        request.Headers.Add(new("Host", host));
        request.Headers.Add(new("Connection", "close"));
        foreach (var field in fields)
            if (field.Split(": ", 2) is [var name, var value]) request.Headers.Add(new(name, Octets.ToText(Encoding.Latin1.GetBytes(value))));
        return request;
    }
}
