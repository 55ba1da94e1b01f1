using System.Buffers;
using System.Text;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Reports;

/// <summary>The curl command that repeats an exchange, secrets masked.</summary>
public static class CurlText
{
    /// <summary>One line for a POSIX shell.</summary>
    public static string Of(SentRequest request, Question? question = null)
    {
        var text = new StringBuilder("curl -sS -i");
        if (request.Method == "HEAD") text.Append(" -I");
        else if (request.Method != "GET") text.Append(" -X ").Append(Quoted(request.Method));
        if (question is not null)
        {
            foreach (var name in question.Resolve)
                text.Append(name.ToPort == 0 && name.ToHost.Length > 0 && name.Port > 0 ? " --resolve " : " --connect-to ").Append(Quoted(name.ToPort == 0 && name.ToHost.Length > 0 && name.Port > 0 ? $"{name.Host}:{name.Port}:{name.ToHost}" : $"{name.Host}:{name.Port}:{name.ToHost}:{name.ToPort}"));
            if (question.Authorities is { } authorities) text.Append(" --cacert ").Append(Quoted(authorities));
            if (question.Insecure) text.Append(" -k");
            if (question.Certificate is { } certificate) text.Append(" --cert ").Append(Quoted(certificate.Split(':')[0]));
            if (question.Key is { } key) text.Append(" --key ").Append(Quoted(key));
            if (question.Proxy is { } proxy) text.Append(" --proxy ").Append(Quoted(MaskedUrl.Of(proxy)));
        }

        foreach (var field in request.Fields)
        {
            if (field.Name.Equals("Host", StringComparison.OrdinalIgnoreCase) && field.Value == Http.Experiments.FieldLines.HostOf(request.Url)) continue;
            if (field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || (field.Name.Equals("Accept", StringComparison.OrdinalIgnoreCase) && field.Value == "*/*")) continue;
            text.Append(" -H ").Append(Quoted(field.Value.Length == 0 ? $"{field.Name};" : $"{field.Name}: {MaskedField.Value(field)}"));
        }

        if (!request.Body.IsEmpty) text.Append(" --data-binary ").Append($"'({request.Body.Length} bytes)'");
        return text.Append(' ').Append(Quoted(MaskedUrl.Of(request.Url))).ToString();
    }

    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:@%+=,");

    private static string Quoted(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Plain) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
