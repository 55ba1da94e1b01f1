using System.Collections.Frozen;
using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Hosting;
using Gatehouse.Guard.Settings;
using Gatehouse.Policy;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse check --table`: every rule for every kind of caller that the rules distinguish.</summary>
internal static class DecisionTable
{
    /// <summary>An address that no list of a sane site speaks of (RFC 5737), for callers from nowhere in particular.</summary>
    private static readonly IPAddress Somewhere = new([192, 0, 2, 200]);

    /// <summary>Wider tables can't be read; the kinds that come last are left out and told.</summary>
    private const int MaxColumns = 12;

    private sealed record Caller(string Name, IPAddress From, Identity? Who, (Scheme, Outcome.Rejected)? Rejected = null);

    public static async Task<int> WriteAsync(GuardConfiguration configuration, SiteSet sites, OfflineGuard guard, bool json)
    {
        using var stream = new MemoryStream();
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("schema", "gatehouse.decision-table/1");
        writer.WriteStartArray("sites");
        for (var i = 0; i < configuration.Sites.Count; i++)
        {
            var site = configuration.Sites[i];
            var callers = Callers(site, sites.Sites[i].Policy, configuration).ToList();
            var left = callers.Count - MaxColumns;
            if (left > 0) callers.RemoveRange(MaxColumns, left);
            var rows = new List<string[]> { (string[])["path", .. callers.Select(caller => caller.Name)] };
            writer.WriteStartObject();
            writer.WriteString("site", site.Name);
            writer.WriteStartArray("rows");
            var host = site.Hosts.Count == 0 ? "localhost" : site.Hosts[0].Replace("*.", "any.", StringComparison.Ordinal);
            foreach (var rule in sites.Sites[i].Policy.Rules)
            {
                var (method, path) = Example(rule.Pattern!);
                var row = new List<string> { rule.Pattern! };
                writer.WriteStartObject();
                writer.WriteString("pattern", rule.Pattern);
                foreach (var caller in callers)
                {
                    var answer = await guard.AskAsync(method, new Uri($"https://{host}{path}"), caller.From, caller.Who, caller.Rejected);
                    row.Add(Cell(answer));
                    writer.WriteString(caller.Name, Cell(answer));
                }

                writer.WriteEndObject();
                rows.Add([.. row]);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            if (!json) Print(configuration.Sites.Count > 1 ? site.Name : null, rows, left);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync();
        if (json) Console.Out.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
        return 0;
    }

    private static IEnumerable<Caller> Callers(SiteConfiguration site, AccessPolicy policy, GuardConfiguration configuration)
    {
        yield return new("anonymous", Somewhere, null);
        if (configuration.SignIn is not null) yield return new("signed in", Somewhere, Somebody());
        var facts = new Facts { Method = "GET", Host = "localhost", Path = "/", Address = Somewhere, Time = TimeProvider.System.GetUtcNow() };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in policy.Rules)
        {
            var (method, path) = Example(rule.Pattern!);
            foreach (var step in policy.Explain(facts with { Method = method, Path = path }, Somebody()).Trace)
            {
                var words = step.Condition.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length < 2 || !seen.Add(step.Condition)) continue;
                var who = words[0] switch
                {
                    "role" => Somebody() with { Roles = [.. words[1..]] },
                    "group" => Somebody() with { Groups = [.. words[1..]] },
                    "user" => Somebody() with { Name = words[1] },
                    "subscription" => Somebody() with { Subscriptions = words[1..].ToFrozenDictionary(plan => plan, _ => DateTimeOffset.MaxValue, StringComparer.Ordinal) },
                    "scope" => Somebody() with { Scheme = Scheme.Bearer, Scopes = [.. words[1..]] },
                    _ => null,
                };
                if (who is not null) yield return new(string.Join(' ', words[0] == "role" ? words[1..] : words), Somewhere, who);
            }
        }

        if (site.Refuse.Select(rule => rule.Words.Split(' ')).FirstOrDefault(words => words is ["network", ..]) is { } blocked && Grammar.Network.TryParse(blocked[1], out var network, out _, out _))
            yield return new("blocked", network.BaseAddress, null);
        if (configuration.SignIn is { Tokens.Count: > 0 })
            yield return new("expired token", Somewhere, null, (Scheme.Bearer, new Outcome.Rejected(new Finding { Cause = Tokens.Expired, Confidence = 1, Summary = "the token has expired" }, "invalid_token")));
    }

    private static Identity Somebody() => new() { Name = "somebody", Scheme = Scheme.Cookie, AuthenticatedAt = TimeProvider.System.GetUtcNow() };

    /// <summary>A request that the pattern speaks of.</summary>
    private static (string Method, string Path) Example(string pattern)
    {
        var blank = pattern.LastIndexOf(' ');
        var path = pattern[(blank + 1)..];
        if (path.EndsWith("/**", StringComparison.Ordinal)) path = path[..^2] + "x";
        return (blank < 0 ? "GET" : pattern[..blank].Trim(), path.Replace("/**/", "/x/", StringComparison.Ordinal).Replace("*", "x", StringComparison.Ordinal));
    }

    private static string Cell(OfflineAnswer answer) => answer.Status switch
    {
        401 => "401 " + string.Join(',', answer.Challenges.Select(challenge => challenge.Split(' ')[0])) + (answer.Cause is "token.expired" ? " invalid_token" : ""),
        var status => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static void Print(string? site, List<string[]> rows, int left)
    {
        if (site is not null) Console.Out.WriteLine($"site {site}");
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) Console.Out.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        if (left > 0) Console.Out.WriteLine($"({left} more kinds of callers are left out; `gatehouse check METHOD URL --as NAME` asks for one)");
        Console.Out.WriteLine();
    }
}
