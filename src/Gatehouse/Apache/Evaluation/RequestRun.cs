using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Rewriting;

namespace Gatehouse.Apache.Evaluation;

/// <summary>One request on its way through httpd's phases (ap_process_request_internal and the handler). Each phase answers or lets it pass on.</summary>
internal sealed partial class RequestRun(HttpdEvaluator evaluator, HttpdHost host, ApacheRequest request)
{
    /// <summary>LimitInternalRecursion of httpd.</summary>
    private const int MaxInternalRedirects = 10;

    /// <summary>Subrequests inside subrequests: a DirectoryIndex that leads to a directory.</summary>
    private const int MaxSubRequests = 8;

    private DirectoryRules rules = DirectoryRules.Empty;
    private FileFacts? facts;
    private Directive? scriptAlias;
    private readonly List<RequireResult> requires = [];

    public bool ChosenByDefault { get; init; }

    public List<TraceLine> Trace { get; init; } = [];

    public List<RulesFileMet> RulesFiles { get; init; } = [];

    /// <summary>The sections and rules files that make up the configuration of this request.</summary>
    private readonly List<DirectoryRules> applied = [];

    /// <summary>Whether a section of Location, Files or If is among them.</summary>
    private bool narrowed;

    /// <summary>The request that looked this one up or redirected to it, once access was checked there; null: none.</summary>
    private RequestRun? Before { get; init; }

    /// <summary>How deep subrequests nest.</summary>
    private int Depth { get; init; }

    /// <summary>Whether the request's path is decoded already (subrequests of modules).</summary>
    private bool IsDecoded { get; init; }

    private HttpdServer Server => evaluator.Server;

    /// <summary>The whole answer, with what an ErrorDocument makes of it.</summary>
    public HttpdAnswer Answer()
    {
        if (Server.Faults.FirstOrDefault(fault => fault.Kind is ConfigFaultKind.Syntax or ConfigFaultKind.UnknownDirective or ConfigFaultKind.NotPermitted) is { } fatal)
            return new() { Reason = AnswerReason.ConfigurationFault, Status = null, Fault = fatal, UnknownBecause = $"httpd does not start with this configuration: {fatal.Message} ({fatal.At})" };
        if (Server.Faults.FirstOrDefault(fault => fault.Kind is ConfigFaultKind.NotRead or ConfigFaultKind.NotKnown && Matters(fault)) is { } notRead)
            return Told($"{notRead.Message} ({notRead.At})");
        return Shown(Whole());
    }

    /// <summary>A foreign module's directive outside of what decides access changes nothing here.</summary>
    private static bool Matters(ConfigFault fault) => fault.Kind == ConfigFaultKind.NotRead || fault.Directive is "Require" || fault.Directive?.StartsWith('<') == true;

    /// <summary>Phases of the main request, following internal redirects.</summary>
    private HttpdAnswer Whole()
    {
        PostRead();
        if (Mapped() is { } early) return early;
        if (Checked() is { } refused) return refused;
        return Served();
    }

    private static HttpdAnswer Told(string because) => new() { Reason = AnswerReason.Unknown, UnknownBecause = because };

    private HttpdAnswer With(HttpdAnswer answer) => answer with { Rules = answer.Rules ?? rules, Request = request, Requires = answer.Requires.Count > 0 ? answer.Requires : requires.ToArray() };

    private void Say(Directive? by, string says) => Trace.Add(new(by, says));

    /// <summary>RemoteIP, then the server's own SetEnvIf: both before the path is mapped.</summary>
    private void PostRead()
    {
        if (!request.IsSubRequest && request.InternalRedirects == 0) RemoteAddress.Apply(host, Server, request, Trace);
        if (!request.IsSubRequest) SetEnvironment(host.Defaults.Layers);
    }

    /// <summary>From the URL to file and rules; an answer where a phase ends it.</summary>
    private HttpdAnswer? Mapped()
    {
        // Until the path is mapped, the rules outside of sections and those of Location count (ErrorDocument, AllowEncodedSlashes).
        rules = host.Defaults;
        foreach (var section in host.Locations)
            if (section.MatchesPath(request.Path) == Known.Yes) rules = rules.With(section.Rules);
        if (Translated() is { } translated) return With(translated);
        if (request.Method == "TRACE" && !request.IsSubRequest)
        {
            var trace = host.Settings.GetValueOrDefault("traceenable");
            if (trace?.Arguments.FirstOrDefault()?.ToLowerInvariant() is "off") return With(new() { Reason = AnswerReason.Method, Status = 405, By = trace, Detail = "TraceEnable is off" });
            return With(new() { Reason = AnswerReason.Served, Status = 200, Detail = "TRACE is answered before access is checked" });
        }

        var walker = new FolderWalker(evaluator, host, RulesFiles, Trace);
        var walk = walker.To(request.FileName!);
        applied.Clear();
        narrowed = false;
        applied.AddRange(walker.Applied);
        rules = host.Defaults.With(walk.Rules);
        request.FileName = walk.FileName;
        request.PathInfo = walk.PathInfo;
        facts = walk.Facts;
        if (walk.Refused is { } refused) return With(refused);
        if (FilesSections() is { } files) return With(files);
        if (LocationSections() is { } locations) return With(locations);
        return IfSections() is { } ifs ? With(ifs) : null;
    }

    /// <summary>Files sections of the merged rules, tried against the last part of the file's name; theirs may hold further ones.</summary>
    private HttpdAnswer? FilesSections()
    {
        var name = request.FileName![(request.FileName!.LastIndexOf('/') + 1)..];
        var merged = DirectoryRules.Empty;
        foreach (var section in rules.Files)
        {
            switch (section.MatchesFile(name))
            {
                case Known.Yes:
                    merged = merged.With(section.Rules);
                    applied.Add(section.Rules);
                    narrowed = true;
                    Say(section.By, "matches the file's name");
                    break;
                case Known.Unknown:
                    return Told($"whether {section.By.Text} ({section.By.At}) matches can't be told");
                case Known.No:
                    break;
            }
        }

        rules = rules.With(merged);
        return null;
    }

    private HttpdAnswer? LocationSections()
    {
        var merged = DirectoryRules.Empty;
        foreach (var section in host.Locations)
        {
            switch (section.MatchesPath(request.Path))
            {
                case Known.Yes:
                    merged = merged.With(section.Rules);
                    applied.Add(section.Rules);
                    narrowed = true;
                    Say(section.By, "matches the path");
                    break;
                case Known.Unknown:
                    return Told($"whether {section.By.Text} ({section.By.At}) matches can't be told");
                case Known.No:
                    break;
            }
        }

        rules = rules.With(merged);
        return null;
    }

    private HttpdAnswer? IfSections()
    {
        if (rules.Ifs.Count == 0) return null;
        var merged = DirectoryRules.Empty;
        var held = false;
        foreach (var section in rules.Ifs)
        {
            if (section.Kind is SectionKind.ElseIf or SectionKind.Else && held) continue;
            if (section.Kind != SectionKind.Else)
            {
                var (holds, because) = Holds(section.Condition);
                if (holds == Known.Unknown) return Told($"{section.By.Text} ({section.By.At}) can't be evaluated from here: {because}");
                held = holds == Known.Yes;
                Say(section.By, held ? "holds" : "does not hold");
                if (!held) continue;
            }
            else
            {
                held = true;
                Say(section.By, "applies");
            }

            merged = merged.With(section.Rules);
            narrowed = true;
            applied.Add(section.Rules);
        }

        rules = rules.With(merged);
        return null;
    }

    /// <summary>The same evaluation from the beginning for another URL (ap_internal_redirect).</summary>
    private HttpdAnswer Redirected(string target)
    {
        if (request.InternalRedirects >= MaxInternalRedirects) return With(new() { Reason = AnswerReason.Loop, Status = 500, Detail = $"more than {MaxInternalRedirects} internal redirects" });
        var next = InternalRedirect.Start(request, target);
        var run = new RequestRun(evaluator, host, next) { Trace = Trace, RulesFiles = [], Depth = Depth, Before = this };
        var answer = run.Whole();
        return answer;
    }

    /// <summary>What the client sees: an ErrorDocument that is a URL turns a refusal into a redirect.</summary>
    private static HttpdAnswer Shown(HttpdAnswer answer)
    {
        if (answer.Status is not >= 400 || answer.Rules?.ErrorDocuments.GetValueOrDefault(answer.Status.Value) is not { } document) return answer;
        var target = document.Arguments.ElementAtOrDefault(1) ?? "";
        var isUrl = target.Contains("://", StringComparison.Ordinal) && char.IsAsciiLetter(target[0]);
        if (isUrl && target.Contains("%{", StringComparison.Ordinal)) return answer with { Status = null, UnknownBecause = $"ErrorDocument {answer.Status} ({document.At}) depends on an expression" };
        return !isUrl || answer.Status == 401 ? answer : answer with { Status = 302, Inner = answer.Status, Target = target, Detail = $"{answer.Detail}; ErrorDocument ({document.At}) turns {answer.Status} into a redirect".TrimStart(';', ' ') };
    }
}
