using Gatehouse.Doctor.Caddy;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Haproxy;
using Gatehouse.Doctor.Iis;
using Gatehouse.Doctor.Lighttpd;
using Gatehouse.Doctor.Squid;
using Gatehouse.Doctor.Tomcat;
using Gatehouse.Doctor.Traefik;

namespace Gatehouse.Doctor.Servers;

/// <summary>Recognises by their content the configurations of the servers that have no probe of their own, and evaluates them for the request.</summary>
public static class ConfigurationProbe
{
    private delegate IReadOnlyList<Observation> Evaluator(ConfigurationText text, AskedRequest request, Place place);

    /// <summary>A server: how its configurations are told, how they are evaluated, and where distributions keep parts of them.</summary>
    private sealed record Known(string Server, Func<ConfigurationText, bool> Is, Evaluator Evaluate, params string[] Folders);

    /// <summary>In the order in which a file is tried: what is told by its form before what is told by words.</summary>
    private static readonly Known[] Servers =
    [
        new("Tomcat", TomcatEvaluator.Recognise, (text, request, _) => TomcatEvaluator.Evaluate(text, request), "/etc/tomcat9", "/etc/tomcat10", "/etc/tomcat11", "/usr/share/tomcat9/etc", "/usr/share/tomcat10/etc"),
        new("IIS", IisEvaluator.Recognise, (text, request, _) => IisEvaluator.Evaluate(text, request)),
        new("Caddy", CaddyJson.Recognise, CaddyJson.Evaluate),
        new("Gatehouse", GuardFileEvaluator.Recognise, (text, request, _) => GuardFileEvaluator.Evaluate(text, request), "/etc/gatehouse"),
        new("Traefik", TraefikEvaluator.Recognise, TraefikEvaluator.Evaluate, "/etc/traefik"),
        new("HAProxy", HaproxyConfiguration.Recognise, (text, request, place) => HaproxyEvaluator.Evaluate(text, request, place.Zone), "/etc/haproxy", "/usr/local/etc/haproxy"),
        new("lighttpd", LighttpdConfiguration.Recognise, LighttpdEvaluator.Evaluate, "/etc/lighttpd", "/usr/local/etc/lighttpd"),
        new("Squid", SquidEvaluator.Recognise, SquidEvaluator.Evaluate, "/etc/squid", "/usr/local/squid/etc"),
        new("Caddy", Caddyfile.Recognise, CaddyEvaluator.Evaluate, "/etc/caddy"),
    ];

    /// <summary>The server whose configuration a text is, as far as this probe reads it; null: none of them.</summary>
    internal static string? ServerOf(ConfigurationText text) => Servers.Where(server => server.Is(text)).Select(server => server.Server).FirstOrDefault();

    /// <summary>Evaluates every given configuration that is one of theirs.</summary>
    public static IReadOnlyList<Observation> Look(Question question, Observations seen, Surroundings around, CancellationToken cancel)
    {
        var result = new List<Observation>();
        foreach (var path in question.ServerConfigurations)
        {
            if (cancel.IsCancellationRequested) break;
            var others = seen.Of<Apache.ApacheJudged>().Any(judged => !judged.Assumed) || seen.Of<Nginx.NginxJudged>().Any();
            if (ConfigurationText.Read(path, out var fault) is not { } read)
            {
                if (!others && fault != ReadFault.None) result.Add(new NotLookedAt($"{path} {ReadableFolders.Told(fault)}"));
                continue;
            }

            if (Array.Find(Servers, each => each.Is(read)) is not { } server)
            {
                if (!others) result.Add(new NotLookedAt($"{path} is told to be a server's configuration, and of none that is known here: it was not evaluated"));
                continue;
            }

            var files = new ConfigurationFiles(ReadableFolders.Of(question.ServerConfigurations, server.Folders, question));
            var text = files.Own(read);
            if (AskedRequest.Of(question, seen, around.Clock.GetUtcNow()) is not { } request)
            {
                result.Add(new NotLookedAt($"{text.Name} is a configuration of {server.Server}: give a URL, and its rules are evaluated for it"));
                continue;
            }

            around.Progress.Report($"{server.Server}: {text.Name}");
            var observed = server.Evaluate(text, request, new Place(around.Clock.LocalTimeZone, ServedFiles.Of(question, seen, server.Server)));
            result.AddRange(files.Incomplete ? observed.Select(each => InDoubt(each, files.Faults[0])) : observed);
            result.AddRange(files.Faults.Select(fault => new NotLookedAt(fault)));
        }

        return result;
    }

    /// <summary>Where a part of the configuration was not read, no status is certain and no rule: what was not read may come before it.</summary>
    private static Observation InDoubt(Observation observed, string fault) => observed switch
    {
        Evaluated { Status: not null } evaluated => evaluated with { Status = null, UnknownBecause = fault },
        DecidingRule rule => rule with { Certain = false },
        _ => observed,
    };
}
