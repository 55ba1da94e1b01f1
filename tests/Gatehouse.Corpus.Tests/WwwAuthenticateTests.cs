using System.Text.Json;
using Gatehouse.Grammar;

namespace Gatehouse.Corpus.Tests;

public class WwwAuthenticateTests
{
    [Fact]
    public void Agrees_with_the_vectors_for_single_and_listed_challenges()
    {
        var differences = new List<string>();
        using var cases = JsonDocument.Parse(Corpus.Text("www-authenticate/reschke-cases.odd.json"));
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            var header = one.GetProperty("header").GetString()!;
            var expected = one.GetProperty("valid").GetBoolean() ? Told(one.GetProperty("expected")) : "refused";
            var found = Challenges.TryParse(header, out var value, out _) ? Told(value) : "refused";
            if (found != expected) differences.Add($"{one.GetProperty("n")}: {header}\n  expected {expected}\n  found    {found}");
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Reads_all_challenges_of_the_recorded_conversations_but_one()
    {
        var refused = new List<string>();
        var read = 0;
        using var conversations = JsonDocument.Parse(Corpus.Text("www-authenticate/curl-auth-conversations.json"));
        foreach (var conversation in conversations.RootElement.EnumerateArray())
        {
            foreach (var line in conversation.GetProperty("challenges").EnumerateArray())
            {
                var (_, value) = CurlTemplate.Field(conversation, line.GetString()!);
                if (Challenges.TryParse(value, out _, out _)) read++;
                else refused.Add($"{conversation.GetProperty("test")}: {value}");
            }
        }

        // A quoted string where a parameter is due: written down in RFCS.md.
        Assert.Equal(["test93: Basic \"oh please\""], refused.Distinct());
        Assert.True(read > 200, $"{read} read");
    }

    private static string Told(JsonElement expected) => string.Join(" | ", expected.EnumerateArray().Select(challenge =>
        challenge.GetProperty("scheme").GetString()!.ToLowerInvariant() + ' ' + (challenge.GetProperty("params") is { ValueKind: JsonValueKind.Object } named
            ? string.Join(' ', named.EnumerateObject().Select(p => $"{p.Name.ToLowerInvariant()}={p.Value.GetString()}"))
            : challenge.GetProperty("params")[0].GetString())));

    private static string Told(IReadOnlyList<Challenge> found) => string.Join(" | ", found.Select(challenge =>
        challenge.Scheme.ToLowerInvariant() + ' ' + (challenge.Token68 ?? string.Join(' ', challenge.Parameters.Select(p => $"{p.Name.ToLowerInvariant()}={p.Value}")))));
}
