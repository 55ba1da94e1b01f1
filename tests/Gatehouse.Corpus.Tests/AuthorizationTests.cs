using System.Text;
using System.Text.Json;
using Gatehouse.Grammar;

namespace Gatehouse.Corpus.Tests;

public class AuthorizationTests
{
    [Fact]
    public void Reads_the_credentials_of_the_recorded_conversations()
    {
        var differences = new List<string>();
        var (basic, digest) = (0, 0);
        using var conversations = JsonDocument.Parse(Corpus.Text("www-authenticate/curl-auth-conversations.json"));
        foreach (var conversation in conversations.RootElement.EnumerateArray())
        {
            var users = conversation.GetProperty("user").EnumerateArray().Select(user => user.GetString()!).ToArray();
            var methods = conversation.GetProperty("requests").EnumerateArray().Select(request => request.GetString()!.Split(' ')[0]).Distinct().ToArray();
            foreach (var line in conversation.GetProperty("credentials").EnumerateArray())
            {
                var (_, value) = CurlTemplate.Field(conversation, line.GetString()!);
                var where = $"{conversation.GetProperty("test")}: {value}";
                if (!Authorization.TryParse(value, out var authorization, out var error))
                    differences.Add($"{where} {error}");
                else if (authorization!.Scheme == "Basic" && !BasicCredentials.TryParse(authorization.Token68, out _, out error))
                    differences.Add($"{where} {error}");
                else if (authorization.Scheme == "Basic")
                    basic++;
                else if (authorization.Scheme == "Digest" && !value.Contains("=REMOVED", StringComparison.Ordinal))
                    digest += DigestDiffers(authorization, users, methods) is { } difference ? Noted(differences, $"{where} {difference}") : 1;
            }
        }

        Assert.Equal(Expected, differences.Select(d => d.Split(':')[0]).Distinct());
        Assert.True(basic > 60 && digest > 40, $"{basic} of Basic, {digest} of Digest");
    }

    // Passwords with CR, LF and tab, which RFC 7617 section 2 forbids: written down in RFCS.md.
    private static readonly string[] Expected = ["test478", "test679"];

    private static int Noted(List<string> differences, string difference)
    {
        differences.Add(difference);
        return 0;
    }

    private static string? DigestDiffers(Authorization authorization, string[] users, string[] methods)
    {
        if (!DigestCredentials.TryParse(authorization, out var credentials, out var error)) return error.ToString();
        foreach (var user in users.Select(u => u.Split(':', 2)))
        {
            if (!credentials!.IsOf(user[0])) continue;
            var secret = DigestCredentials.Secret(credentials.Algorithm, user[0], credentials.Realm, Encoding.UTF8.GetBytes(user[1]));
            return methods.Any(method => credentials.Verifies(secret, method)) ? null : "the response differs";
        }

        // The password is not recorded: the form alone is read.
        return null;
    }
}
