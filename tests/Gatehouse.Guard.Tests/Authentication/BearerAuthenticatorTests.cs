using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Guard.Tests.Authentication;

public sealed class BearerAuthenticatorTests : IDisposable
{
    private const string Issuer = "https://login.example.com";

    private readonly Folder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
    private readonly TokenSigner _rsa = TokenSigner.Rsa("r1");
    private readonly TokenSigner _ec = TokenSigner.Ec("e1");
    private readonly TokenSigner _stranger = TokenSigner.Rsa("r1");
    private readonly TokenKeySources _keys;
    private readonly BearerAuthenticator _bearer;

    public BearerAuthenticatorTests()
    {
        _keys = new(_time);
        _folder.Write("jwks.json", TokenSigner.Set(_rsa, _ec));
        _bearer = BearerAuthenticator.TryCreate([Settings()], "lab", _keys, _time, out var error)!;
        Assert.Null(error);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    public void Dispose()
    {
        _keys.Dispose();
        _rsa.Dispose();
        _ec.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_good_token_gives_the_identity_with_scopes_roles_plans_claims_and_the_time_of_sign_in()
    {
        var who = Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(("scope", "orders.read orders.write"), ("roles", new[] { "editor" }), ("subscription", "premium"),
            ("auth_time", Now - 60), ("amr", new[] { "pwd", "otp" }), ("email", "alice@example.com")))));
        Assert.Equal(("alice", Scheme.Bearer), (who.Name, who.Scheme));
        Assert.True(who.Scopes.SetEquals(["orders.read", "orders.write"]));
        Assert.True(who.Roles.SetEquals(["editor"]));
        Assert.True(who.Subscriptions.ContainsKey("premium"));
        Assert.True(who.Claims["email"].SetEquals(["alice@example.com"]));
        Assert.Equal(Now - 60, who.AuthenticatedAt!.Value.ToUnixTimeSeconds());
        Assert.True(who.TwoFactor);
        Lab.IsAccepted(await AskAsync(_ec.Sign(Claims())));
    }

    [Fact]
    public async Task No_token_is_nobody_and_the_challenge_names_no_error_H28()
    {
        Assert.IsType<Outcome.None>(await AskFieldAsync("Basic YTpi"));
        Assert.Equal("Bearer realm=\"lab\"", _bearer.Challenge(new ChallengeReason(Facts(), null, null)));
    }

    [Fact]
    public async Task G02_H16_an_empty_token_and_a_token_by_two_ways_are_bad_requests()
    {
        foreach (var outcome in new[] { await AskFieldAsync("Bearer"), await AskFieldAsync("Bearer "), await AskFieldAsync($"Bearer {_rsa.Sign(Claims())}", "?access_token=x") })
        {
            var rejected = Assert.IsType<Outcome.Rejected>(outcome);
            Assert.Equal(("invalid_request", true), (rejected.Error, rejected.IsBadRequest));
        }
    }

    [Fact]
    public async Task H01_a_token_without_signature_is_refused_however_none_is_spelt()
    {
        foreach (var algorithm in new[] { "none", "None", "nOnE" })
            await RefusedAsync("token.algorithm-refused", Unsigned($$"""{"alg":"{{algorithm}}","typ":"at+jwt"}"""));
        await RefusedAsync("token.algorithm-refused", Unsigned("""{"typ":"at+jwt"}"""));
        await RefusedAsync("token.algorithm-refused", Unsigned(_rsa.Header()));
    }

    [Fact]
    public async Task H02_a_public_key_taken_for_a_secret_is_refused()
    {
        using var confused = TokenSigner.Secret("r1", _rsa.PublicKey());
        await RefusedAsync("token.algorithm-refused", confused.Sign(Claims()));
    }

    [Theory]
    [InlineData("\"../../dev/null\"", "token.unknown-key")]
    [InlineData("\"' OR 1=1\"", "token.unknown-key")]
    [InlineData("\"http://127.0.0.1:1/jwks\"", "token.unknown-key")]
    [InlineData("[\"r1\"]", "token.malformed")]
    [InlineData("1", "token.malformed")]
    public async Task H03_a_key_id_is_a_name_and_nothing_else(string kid, string cause) =>
        await RefusedAsync(cause, _rsa.Sign($$"""{"alg":"RS256","kid":{{kid}}}""", Payload()));

    [Fact]
    public async Task H03_a_key_id_of_ten_thousand_characters_is_malformed() =>
        await RefusedAsync("token.malformed", _rsa.Sign($$"""{"alg":"RS256","kid":"{{new string('k', 10_000)}}"}""", Payload()));

    [Fact]
    public async Task H04_a_key_that_the_token_brings_is_not_used()
    {
        var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/jwks";
        await RefusedAsync("token.bad-signature", _stranger.Sign($$"""{"alg":"RS256","kid":"r1","jwk":{{_stranger.Jwk()}},"jku":"{{url}}","x5u":"{{url}}"}""", Payload()));
        Assert.False(listener.Pending());
        listener.Stop();
    }

    [Fact]
    public async Task H05_an_unknown_critical_extension_is_refused() =>
        await RefusedAsync("token.malformed", _rsa.Sign("""{"alg":"RS256","kid":"r1","crit":["b64"],"b64":false}""", Payload()));

    [Theory]
    [InlineData("\"b64\":false")]
    [InlineData("\"b64\":\"no\"")]
    [InlineData("\"zip\":\"DEF\"")]
    public async Task H14_a_header_that_says_the_claims_are_not_what_they_seem_is_malformed(string member) =>
        await RefusedAsync("token.malformed", _rsa.Sign($$"""{"alg":"RS256","kid":"r1",{{member}}}""", System.Text.Json.JsonSerializer.Serialize(Claims())));

    [Theory]
    [InlineData("{\"iss\":\"https://login.example.com\",\"sub\":\"a\\ud800\",\"aud\":\"orders\",\"exp\":4000000000}")]
    [InlineData("{\"iss\":\"a\\udc00\",\"sub\":\"a\",\"aud\":\"orders\",\"exp\":4000000000}")]
    [InlineData("{\"iss\":\"https://login.example.com\",\"sub\":\"a\",\"aud\":[\"\\ud800\",\"orders\"],\"exp\":4000000000}")]
    [InlineData("{\"iss\":\"https://login.example.com\",\"sub\":\"a\",\"\\ud800\":1,\"aud\":\"orders\",\"exp\":4000000000}")]
    [InlineData("{\"iss\":\"https://login.example.com\",\"sub\":\"a\",\"aud\":\"orders\",\"exp\":1,\"e\\u0078p\":4000000000}")]
    [InlineData("\ufeff{\"iss\":\"https://login.example.com\"}")]
    public async Task H11_half_characters_and_disguised_doubles_are_malformed_and_no_fault_of_ours(string payload) =>
        await RefusedAsync("token.malformed", _rsa.Sign(_rsa.Header(), payload));

    [Theory]
    [InlineData("https://login.example.com/")]
    [InlineData("https://LOGIN.example.com")]
    [InlineData("https://other.example.com")]
    [InlineData(null)]
    public async Task H06_another_issuer_is_refused(string? issuer) => await RefusedAsync("token.wrong-issuer", _rsa.Sign(Claims(("iss", issuer))));

    [Fact]
    public async Task H07_only_an_audience_that_contains_us_passes()
    {
        await RefusedAsync("token.wrong-audience", _rsa.Sign(Claims(("aud", null))));
        await RefusedAsync("token.wrong-audience", _rsa.Sign(Claims(("aud", "billing"))));
        await RefusedAsync("token.wrong-audience", _rsa.Sign(Claims(("aud", Array.Empty<string>()))));
        await RefusedAsync("token.wrong-audience", _rsa.Sign(Claims(("aud", 7))));
        await RefusedAsync("token.wrong-audience", _rsa.Sign(Claims(("aud", Enumerable.Range(0, 1000).Select(i => i == 999 ? "orders" : $"a{i}").ToArray()))));
        Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(("aud", new[] { "billing", "orders" })))));
    }

    [Theory]
    [InlineData("1e300", "token.malformed")]
    [InlineData("\"1900000000\"", "token.malformed")]
    [InlineData("-1", "token.expired")]
    [InlineData("0", "token.expired")]
    [InlineData("null", "token.malformed")]
    [InlineData("true", "token.malformed")]
    public async Task H08_an_expiry_that_is_no_time_or_past_is_refused(string exp, string cause) =>
        await RefusedAsync(cause, _rsa.Sign(_rsa.Header(), Payload().Replace($"\"exp\":{Now + 300}", $"\"exp\":{exp}", StringComparison.Ordinal)));

    [Fact]
    public async Task H08_expiry_is_needed_may_have_fractions_and_ends_with_the_skew()
    {
        await RefusedAsync("token.malformed", _rsa.Sign(Claims(("exp", null))));
        Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(("exp", Now + 0.5)))));
        var token = _rsa.Sign(Claims(("exp", Now + 10)));
        Lab.IsAccepted(await AskAsync(token));
        _time.Advance(TimeSpan.FromSeconds(69));
        Lab.IsAccepted(await AskAsync(token));
        _time.Advance(TimeSpan.FromSeconds(1));
        var rejected = await RefusedAsync("token.expired", token);
        Assert.Contains("clocks may differ by 60 s", rejected.Finding.Summary, StringComparison.Ordinal);
        Assert.Equal("Bearer realm=\"lab\", error=\"invalid_token\", error_description=\"the token expired\"", _bearer.Challenge(new ChallengeReason(Facts(), null, rejected)));
    }

    [Fact]
    public async Task H09_a_begin_or_an_issue_ahead_of_the_clock_is_not_yet_valid()
    {
        await RefusedAsync("token.not-yet-valid", _rsa.Sign(Claims(("nbf", Now + 61))));
        await RefusedAsync("token.not-yet-valid", _rsa.Sign(Claims(("iat", Now + 61))));
        Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(("nbf", Now + 59), ("iat", Now + 59)))));
    }

    [Fact]
    public async Task H10_tokens_of_other_kinds_are_refused()
    {
        foreach (var type in new[] { "logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE" })
            await RefusedAsync("token.wrong-type", _rsa.Sign(Claims(), type));
        await RefusedAsync("token.wrong-type", _rsa.Sign(Claims(("nonce", "n")), "JWT"));
        await RefusedAsync("token.wrong-type", _rsa.Sign(Claims(("at_hash", "h")), null));
        await RefusedAsync("token.wrong-type", _rsa.Sign(Claims(("typ", "Refresh")), "JWT"));
        await RefusedAsync("token.wrong-type", _rsa.Sign(Claims(("token_use", "id")), "JWT"));
        await RefusedAsync("token.wrong-type", _rsa.Sign(Claims(("events", new Dictionary<string, object>())), "JWT"));
        Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(), null)));
        Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(), "JWT")));
        Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(), "application/at+jwt")));
    }

    [Fact]
    public async Task H11_doubled_claims_deep_nesting_and_what_is_no_object_are_malformed()
    {
        await RefusedAsync("token.malformed", _rsa.Sign(_rsa.Header(), Payload()[..^1] + ",\"aud\":\"orders\"}"));
        await RefusedAsync("token.malformed", _rsa.Sign("""{"alg":"none","alg":"RS256","kid":"r1"}""", Payload()));
        await RefusedAsync("token.malformed", _rsa.Sign(_rsa.Header(), $"{{\"a\":{new string('[', 2000)}{new string(']', 2000)}}}"));
        await RefusedAsync("token.malformed", _rsa.Sign(_rsa.Header(), "[]"));
        await RefusedAsync("token.malformed", _rsa.Sign(_rsa.Header(), "\ufeff" + Payload()));
        await RefusedAsync("token.malformed", "a.b");
        await RefusedAsync("token.malformed", new string('a', 60_000));
        await RefusedAsync("token.malformed", "a.b.c.d.e");
    }

    [Fact]
    public async Task H12_a_signature_of_zeros_and_a_weak_key_verify_nothing()
    {
        var token = _ec.Sign(Claims());
        await RefusedAsync("token.bad-signature", token[..(token.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(new byte[64]));
        using var weak = TokenSigner.Rsa("weak", 1024);
        _folder.Write("weak.json", TokenSigner.Set(weak));
        Assert.Null(BearerAuthenticator.TryCreate([Settings() with { KeysFile = _folder.File("weak.json") }], "lab", _keys, _time, out var error));
        Assert.Contains("no key in it can verify", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task H13_every_altered_character_of_the_signature_is_refused()
    {
        var token = _ec.Sign(Claims());
        for (var i = token.LastIndexOf('.') + 1; i < token.Length; i++)
        {
            var other = token[i] == 'A' ? 'B' : 'A';
            Assert.IsType<Outcome.Rejected>(await AskAsync(token[..i] + other + token[(i + 1)..]));
        }
    }

    [Fact]
    public async Task H15_scopes_are_whole_words_in_text_or_list()
    {
        Assert.True(Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(("scope", "readonly write"))))).Scopes.SetEquals(["readonly", "write"]));
        Assert.True(Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(("scope", new[] { "read", "write" }))))).Scopes.SetEquals(["read", "write"]));
        Assert.True(Lab.IsAccepted(await AskAsync(_rsa.Sign(Claims(("scp", "read"))))).Scopes.SetEquals(["read"]));
    }

    [Fact]
    public async Task H21_a_key_that_is_put_into_the_file_is_used_within_a_second_and_one_taken_out_is_not()
    {
        using var next = TokenSigner.Rsa("r2");
        var (old, fresh) = (_rsa.Sign(Claims()), next.Sign(Claims()));
        Lab.IsAccepted(await AskAsync(old));
        await RefusedAsync("token.unknown-key", fresh);
        _folder.Write("jwks.json", TokenSigner.Set(next));
        _time.Advance(TimeSpan.FromSeconds(1));
        Lab.IsAccepted(await AskAsync(fresh));
        await RefusedAsync("token.unknown-key", old);
    }

    [Fact]
    public async Task H20_keys_that_can_no_longer_be_read_are_503_and_never_a_pass()
    {
        var token = _rsa.Sign(Claims());
        Lab.IsAccepted(await AskAsync(token));
        File.Delete(_folder.File("jwks.json"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("jwks.json", Assert.IsType<Outcome.Broken>(await AskAsync(token)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task H22_a_token_without_key_id_is_tried_with_the_keys_of_its_algorithm() =>
        Lab.IsAccepted(await AskAsync(_rsa.Sign("""{"alg":"RS256"}""", Payload())));

    [Fact]
    public async Task H24_H25_a_token_bound_to_its_sender_is_refused_without_the_proof() =>
        await RefusedAsync("token.wrong-sender", _rsa.Sign(Claims(("cnf", new Dictionary<string, string> { ["jkt"] = "x" }))));

    [Fact]
    public void H26_H27_the_challenge_tells_what_more_is_needed()
    {
        var tooOld = new Decision { Verdict = Verdict.NeedsIdentity, Rule = null, StepUpHelps = true, MaxAge = TimeSpan.FromMinutes(10) };
        Assert.Equal("Bearer realm=\"lab\", error=\"insufficient_user_authentication\", max_age=\"600\"", _bearer.Challenge(new ChallengeReason(Facts(), tooOld, null)));
        var lacks = new Decision { Verdict = Verdict.Deny, Rule = null, MissingScopes = ["orders.read", "orders.write"] };
        Assert.Equal("Bearer realm=\"lab\", error=\"insufficient_scope\", scope=\"orders.read orders.write\"", _bearer.Challenge(new ChallengeReason(Facts(), lacks, null)));
    }

    [Fact]
    public async Task H29_nothing_of_a_token_is_echoed_in_the_challenge()
    {
        var rejected = await RefusedAsync("token.wrong-issuer", _rsa.Sign(Claims(("iss", "evil\", error=\"ok\r\nX: y"))));
        Assert.Equal("Bearer realm=\"lab\", error=\"invalid_token\"", _bearer.Challenge(new ChallengeReason(Facts(), null, rejected)));
    }

    [Fact]
    public async Task Every_altered_octet_of_a_token_that_passed_before_is_refused()
    {
        var token = _rsa.Sign(Claims());
        Lab.IsAccepted(await AskAsync(token));
        for (var i = 0; i < token.Length; i += 7)
            Assert.IsType<Outcome.Rejected>(await AskAsync(token[..i] + (token[i] == 'Q' ? 'R' : 'Q') + token[(i + 1)..]));
    }

    [Fact]
    public async Task Claims_may_have_other_names_and_lie_deeper()
    {
        var bearer = BearerAuthenticator.TryCreate([Settings() with { RolesClaim = "realm_access.roles", ScopeClaim = "permissions" }], "lab", _keys, _time, out _)!;
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + _rsa.Sign(Claims(("realm_access", new Dictionary<string, object> { ["roles"] = new[] { "admin" } }), ("permissions", new[] { "read" })));
        var who = Lab.IsAccepted(await bearer.AuthenticateAsync(context.Request, Facts(), default));
        Assert.True(who.Roles.SetEquals(["admin"]));
        Assert.True(who.Scopes.SetEquals(["read"]));
    }

    [Fact]
    public void Settings_that_would_open_a_hole_are_refused_at_load()
    {
        Refused(Settings() with { Audiences = [] }, "no audience");
        Refused(Settings() with { Algorithms = ["RS256", "HS256"] }, "symmetric and asymmetric");
        Refused(Settings() with { Algorithms = ["HS256"], KeysFile = null }, "keys from a file");
        Refused(Settings() with { Algorithms = ["none"] }, "`none` is not an algorithm");
        Refused(Settings() with { Issuer = "http://login.example.com", KeysFile = null }, "not an https address");
        Refused(Settings() with { KeysFile = "/nonexistent.json" }, "can't be read");
        _folder.Write("short.json", """{"keys":[{"kty":"oct","kid":"s","k":"c2VjcmV0"}]}""");
        Refused(Settings() with { Algorithms = ["HS256"], KeysFile = _folder.File("short.json") }, "no key in it can verify");

        void Refused(TokenSettings settings, string phrase)
        {
            Assert.Null(BearerAuthenticator.TryCreate([settings], "lab", _keys, _time, out var error));
            Assert.Contains(phrase, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_shared_secret_works_where_the_algorithms_name_it()
    {
        using var secret = TokenSigner.Secret("s1", RandomNumberGenerator.GetBytes(32));
        _folder.Write("secret.json", TokenSigner.Set(secret));
        var bearer = BearerAuthenticator.TryCreate([Settings() with { Algorithms = ["HS256"], KeysFile = _folder.File("secret.json") }], "lab", _keys, _time, out _)!;
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + secret.Sign(Claims());
        Lab.IsAccepted(await bearer.AuthenticateAsync(context.Request, Facts(), default));
    }

    private TokenSettings Settings() => new() { Issuer = Issuer, Audiences = ["orders"], KeysFile = _folder.File("jwks.json") };

    private Dictionary<string, object?> Claims(params (string Name, object? Value)[] others)
    {
        var claims = new Dictionary<string, object?> { ["iss"] = Issuer, ["aud"] = "orders", ["sub"] = "alice", ["exp"] = Now + 300, ["iat"] = Now };
        foreach (var (name, value) in others) claims[name] = value;
        return claims;
    }

    private string Payload() => System.Text.Json.JsonSerializer.Serialize(Claims());

    private string Unsigned(string header) => $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Payload()))}.";

    private Facts Facts() => new() { Method = "GET", Host = "localhost", Path = "/api/x", Address = Lab.Home, Time = _time.GetUtcNow() };

    private ValueTask<Outcome> AskAsync(string token) => AskFieldAsync("Bearer " + token);

    private ValueTask<Outcome> AskFieldAsync(string field, string query = "")
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = field;
        context.Request.QueryString = new QueryString(query);
        return _bearer.AuthenticateAsync(context.Request, Facts(), default);
    }

    private async Task<Outcome.Rejected> RefusedAsync(string cause, string token)
    {
        var rejected = Assert.IsType<Outcome.Rejected>(await AskAsync(token));
        Assert.Equal((cause, "invalid_token", false), (rejected.Finding.Cause.Id, rejected.Error, rejected.IsBadRequest));
        return rejected;
    }
}
