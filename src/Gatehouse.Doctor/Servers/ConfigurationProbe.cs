using Gatehouse.Doctor.Caddy;
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
    private delegate IReadOnlyList<Observation> Evaluator(ConfigurationText text, AskedRequest request, TimeZoneInfo zone);

    /// <summary>In the order in which a file is tried: what is told by its form before what is told by words.</summary>
    private static readonly (string Server, Func<ConfigurationText, bool> Is, Evaluator Evaluate)[] Servers =
    [
        ("Tomcat", TomcatEvaluator.Recognise, (text, request, _) => TomcatEvaluator.Evaluate(text, request)),
        ("IIS", IisEvaluator.Recognise, (text, request, _) => IisEvaluator.Evaluate(text, request)),
        ("Caddy", CaddyJson.Recognise, (text, request, _) => CaddyJson.Evaluate(text, request)),
        ("Gatehouse", GuardFileEvaluator.Recognise, (text, request, _) => GuardFileEvaluator.Evaluate(text, request)),
        ("Traefik", TraefikEvaluator.Recognise, (text, request, _) => TraefikEvaluator.Evaluate(text, request)),
        ("HAProxy", HaproxyConfiguration.Recognise, HaproxyEvaluator.Evaluate),
        ("lighttpd", LighttpdConfiguration.Recognise, (text, request, _) => LighttpdEvaluator.Evaluate(text, request)),
        ("Squid", SquidEvaluator.Recognise, SquidEvaluator.Evaluate),
        ("Caddy", Caddyfile.Recognise, (text, request, _) => CaddyEvaluator.Evaluate(text, request)),
    ];

    /// <summary>The server whose configuration a text is, as far as this probe reads it; null: none of them.</summary>
    internal static string? ServerOf(ConfigurationText text) => Servers.Where(server => server.Is(text)).Select(server => server.Server).FirstOrDefault();

    /// <summary>Evaluates every given configuration that is one of theirs.</summary>
    public static IReadOnlyList<Observation> Look(Question question, Observations seen, Surroundings around, CancellationToken cancel)
    {
        var result = new List<Observation>();
        foreach (var path in question.ServerConfigurations)
        {
            if (cancel.IsCancellationRequested || ConfigurationText.Read(path, out _) is not { } text) continue; // what can't be read is said by whoever looked first
            var server = Array.Find(Servers, server => server.Is(text));
            if (server.Evaluate is null) continue;
            if (AskedRequest.Of(question, seen, around.Clock.GetUtcNow()) is not { } request)
            {
                result.Add(new NotLookedAt($"{text.Name} is a configuration of {server.Server}: give a URL, and its rules are evaluated for it"));
                continue;
            }

            around.Progress.Report($"{server.Server}: {text.Name}");
            result.AddRange(server.Evaluate(text, request, around.Clock.LocalTimeZone));
        }

        return result;
    }
}
