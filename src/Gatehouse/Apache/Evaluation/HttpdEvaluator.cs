using Gatehouse.Apache.Configuration;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Answers what httpd would answer. May be asked from several threads; what it reads of .htaccess files is kept as long as their text stays the same.</summary>
/// <param name="server">The server.</param>
/// <param name="files">The disk.</param>
/// <param name="dns">The name service; null: nobody is asked, and what depends on names is unknown.</param>
public sealed class HttpdEvaluator(HttpdServer server, IFileView files, IAskDns? dns = null)
{
    /// <summary>The server.</summary>
    public HttpdServer Server { get; } = server;

    internal IFileView Files { get; } = files;

    internal IAskDns Dns { get; } = dns ?? NoDns.Instance;

    internal RulesFileCache RulesFiles { get; } = new(server);

    internal Patterns.PatternCache Patterns { get; } = new();

    internal AccountFiles Accounts { get; } = new(files);

    /// <summary>Evaluates one request; the request is changed on the way as httpd changes it.</summary>
    public HttpdEvaluation Evaluate(ApacheRequest request)
    {
        var host = Server.Choose(request.ServerAddress, request.ServerPort, request.HostName, out var byDefault);
        var run = new RequestRun(this, host, request) { ChosenByDefault = byDefault };
        var answer = run.Answer();
        return new(answer, host, byDefault, run.Trace, run.RulesFiles);
    }
}

/// <summary>An answer with the way to it.</summary>
/// <param name="Answer">What httpd answers.</param>
/// <param name="Host">The virtual host.</param>
/// <param name="HostByDefault">Whether no name matched and the first of the address was taken.</param>
/// <param name="Trace">Lines that had a say, in order.</param>
/// <param name="RulesFiles">.htaccess files on the way, from the root.</param>
public sealed record HttpdEvaluation(HttpdAnswer Answer, HttpdHost Host, bool HostByDefault, IReadOnlyList<TraceLine> Trace, IReadOnlyList<RulesFileMet> RulesFiles);
