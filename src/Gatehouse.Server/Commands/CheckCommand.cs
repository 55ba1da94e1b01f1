using System.CommandLine;
using System.Collections.Frozen;
using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Hosting;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Settings;
using Gatehouse.Guard.SignIn;
using Gatehouse.Policy;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse check`: what would the Guard decide, and why. The same engine; nothing is sent and nothing is served.</summary>
internal static class CheckCommand
{
    private const int Refused = 1;

    public static Command Create()
    {
        var method = new Argument<string?>("METHOD") { Description = "GET, POST ...", Arity = ArgumentArity.ZeroOrOne };
        var url = new Argument<string?>("URL") { Description = "The address as the client would ask for it", Arity = ArgumentArity.ZeroOrOne };
        var config = ConfigurationOption.Create();
        var user = new Option<string?>("--as") { Description = "Assume that this account asks; a name that is no account has what --role and its kin give it", HelpName = "USER" };
        var roles = Many("--role", "It has this role", "ROLE");
        var groups = Many("--group", "It is in this group", "GROUP");
        var scopes = Many("--scope", "Its token has this scope", "SCOPE");
        var plans = Many("--subscription", "It has this subscription", "PLAN");
        var twoFactor = new Option<bool>("--two-factor") { Description = "It signed in with a second factor" };
        var from = new Option<string>("--from") { Description = "The client's address", HelpName = "IP", DefaultValueFactory = _ => "127.0.0.1" };
        var token = new Option<string?>("--token") { Description = "A bearer token that comes along (@FILE reads it from a file)", HelpName = "TOKEN" };
        var header = Many("-H", "A field that comes along: 'Name: value'", "FIELD");
        var table = new Option<bool>("--table") { Description = "Every rule for every kind of caller" };
        var json = new Option<bool>("--json") { Description = "For programs" };
        var command = new Command("check", "What would the Guard decide, and why (nothing is sent)") { method, url, config, user, roles, groups, scopes, plans, twoFactor, from, token, header, table, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var signIn = SignInParts.Create(TimeProvider.System);
            if (Open(parsed.GetValue(config)!, signIn) is not { } opened) return ServerCommands.Usage;
            using var sites = opened.Sites;
            if (parsed.GetValue(table)) return await DecisionTable.WriteAsync(opened.Configuration, sites, opened.Guard, parsed.GetValue(json));
            if (parsed.GetValue(method) is not { } verb || parsed.GetValue(url) is not { } address) return Usage("name a method and an URL: gatehouse check GET http://localhost:8080/ (or --table)");
            if (!Uri.TryCreate(address, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https")) return Usage($"`{address}` is no http URL: write http://HOST:PORT/PATH");
            if (!Grammar.Address.TryParse(parsed.GetValue(from), out var client, out _)) return Usage($"`{parsed.GetValue(from)}` is no address: write --from 203.0.113.7");
            var fields = new List<(string, string)>();
            foreach (var line in parsed.GetValue(header) ?? [])
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0) return Usage($"`{line}` is no field: write -H 'Name: value'");
                fields.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }

            if (parsed.GetValue(token) is { } bearer)
            {
                if (bearer.StartsWith('@'))
                {
                    if (!File.Exists(bearer[1..])) return Usage($"there is no file {bearer[1..]} to read the token from");
                    bearer = (await File.ReadAllTextAsync(bearer[1..], cancellation)).Trim();
                }

                fields.Add(("Authorization", "Bearer " + bearer));
            }

            Identity? assumed = null;
            if (parsed.GetValue(user) is { } name || Any(parsed.GetValue(roles), parsed.GetValue(groups), parsed.GetValue(scopes), parsed.GetValue(plans)))
            {
                name = parsed.GetValue(user) ?? "somebody";
                var known = await signIn.FindAsync(name);
                assumed = (known ?? new Identity { Name = name, Scheme = parsed.GetValue(scopes) is { Length: > 0 } ? Scheme.Bearer : Scheme.Cookie }) with { AuthenticatedAt = TimeProvider.System.GetUtcNow(), TwoFactor = parsed.GetValue(twoFactor) };
                assumed = assumed with
                {
                    Roles = [.. assumed.Roles, .. parsed.GetValue(roles) ?? []],
                    Groups = [.. assumed.Groups, .. parsed.GetValue(groups) ?? []],
                    Scopes = [.. assumed.Scopes, .. parsed.GetValue(scopes) ?? []],
                    Subscriptions = assumed.Subscriptions.Concat((parsed.GetValue(plans) ?? []).Select(plan => KeyValuePair.Create(plan, DateTimeOffset.MaxValue))).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal),
                };
                if (known is null && parsed.GetValue(user) is not null && !parsed.GetValue(json)) await Console.Error.WriteLineAsync($"gatehouse: there is no account `{name}`: it is assumed to be signed in with what the options give it");
            }

            var answer = await opened.Guard.AskAsync(verb, target, client!, assumed, null, [.. fields]);
            if (parsed.GetValue(json)) Console.Out.WriteLine(Json(answer));
            else Write(verb, address, assumed, answer);
            return answer.Status == 200 ? 0 : Refused;
        });
        return command;
    }

    private static bool Any(params string[]?[] lists) => lists.Any(list => list is { Length: > 0 });

    private static int Usage(string message)
    {
        Console.Error.WriteLine("gatehouse: " + message);
        return ServerCommands.Usage;
    }

    private static Option<string[]> Many(string name, string description, string help) => new(name) { Description = description, HelpName = help, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    /// <summary>The sites of a configuration as they would run; null after the faults were written to stderr.</summary>
    internal static (GuardConfiguration Configuration, SiteSet Sites, OfflineGuard Guard)? Open(string path, SignInParts signIn)
    {
        if (ConfigurationOption.Read(path) is not { } configuration) return null;
        var faults = new List<ConfigurationFault>();
        var countries = configuration.Geo is { } geo ? CountryLookup.Open(geo, configuration.File, faults, TimeProvider.System) : null;
        SiteSet? sites = null;
        if (signIn.Wire(configuration, faults) is { } wiring)
        {
            sites = SiteSet.Build(configuration, wiring, countries is not null, null, TimeProvider.System, out var found);
            faults.AddRange(found);
        }

        ConfigurationOption.Tell(faults);
        if (sites is null) return null;
        return (configuration, sites, new OfflineGuard(sites, new RequestSurroundings { TrustedProxies = configuration.TrustedProxies, ForwardingField = configuration.ForwardingField, CountryOf = countries is null ? null : countries.Of }));
    }

    private static void Write(string method, string url, Identity? who, OfflineAnswer answer)
    {
        var said = answer.Status == 200 ? "would be served" : $"would be answered with {answer.Status}{(answer.Cause is null ? "" : $" ({answer.Cause})")}";
        Console.Out.WriteLine($"{method} {url} {(who is null ? "" : $"as {who.Name} ")}{said}");
        if (answer.Decision is { } decision)
        {
            Console.Out.WriteLine(decision.Rule is { } rule ? $"  decided by {rule.File}:{rule.Line}  {rule.Text}" : "  no rule names this path, and what no rule names is refused");
            foreach (var beaten in decision.Beaten) Console.Out.WriteLine($"  more specific than {beaten.File}:{beaten.Line}  {beaten.Text}");
            foreach (var step in decision.Trace) Console.Out.WriteLine($"    {Word(step.Value),-8} {step.Condition}: {step.Why}");
        }
        else if (answer.Detail is not null) Console.Out.WriteLine("  " + answer.Detail);
        foreach (var challenge in answer.Challenges) Console.Out.WriteLine($"  WWW-Authenticate: {challenge}");
        if (answer.Cause is { } id && Catalogue.Find(id) is { } cause && cause.Owner.Length > 0) Console.Out.WriteLine($"  {cause.Owner}");
    }

    internal static string Word(Verdict verdict) => verdict switch { Verdict.Deny => "false", Verdict.NeedsIdentity => "unknown", Verdict.Allow => "true" };

    private static string Json(OfflineAnswer answer)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("schema", "gatehouse.decision/1");
            json.WriteString("decision", answer.Status switch { 200 => "allow", 401 => "challenge", _ => "forbid" });
            json.WriteNumber("status", answer.Status);
            json.WriteString("cause", answer.Cause);
            if (answer.Decision?.Rule is { } rule)
            {
                json.WriteStartObject("rule");
                json.WriteString("file", rule.File);
                json.WriteNumber("line", rule.Line);
                json.WriteString("text", rule.Text);
                json.WriteEndObject();
            }
            else json.WriteNull("rule");
            json.WriteStartArray("trace");
            foreach (var step in answer.Decision?.Trace ?? [])
            {
                json.WriteStartObject();
                json.WriteString("condition", step.Condition);
                json.WriteString("value", Word(step.Value));
                json.WriteString("why", step.Why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("challenges");
            foreach (var challenge in answer.Challenges) json.WriteStringValue(challenge);
            json.WriteEndArray();
            if (answer.Decision is null && answer.Detail is not null) json.WriteString("detail", answer.Detail);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
