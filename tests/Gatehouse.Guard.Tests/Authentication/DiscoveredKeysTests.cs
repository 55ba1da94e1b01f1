using System.Net;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Guard.Tests.Authentication;

/// <summary>Tokens whose keys are discovered from the issuer itself, over real connections.</summary>
public sealed class DiscoveredKeysTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
    private readonly TokenSigner _first = TokenSigner.Rsa("first");
    private readonly TokenSigner _second = TokenSigner.Ec("second");
    private readonly TokenKeySources _keys;
    private Issuer _issuer = null!;

    public DiscoveredKeysTests() => _keys = new(_time);

    public async ValueTask InitializeAsync() => _issuer = await Issuer.StartAsync(_first);

    public ValueTask DisposeAsync() => _issuer.DisposeAsync();

    public void Dispose()
    {
        _keys.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Keys_are_fetched_once_and_serve_all_tokens()
    {
        var bearer = Bearer();
        for (var i = 0; i < 20; i++) Lab.IsAccepted(await AskAsync(bearer, _first, i));
        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task H21_a_new_key_of_the_issuer_is_found_by_the_first_token_that_names_it()
    {
        var bearer = Bearer();
        Lab.IsAccepted(await AskAsync(bearer, _first));
        _issuer.Keys = TokenSigner.Set(_second);
        _time.Advance(DiscoveredKeys.FetchAtMostEvery);
        Lab.IsAccepted(await AskAsync(bearer, _second));
        Assert.Equal("token.unknown-key", Assert.IsType<Outcome.Rejected>(await AskAsync(bearer, _first)).Finding.Cause.Id);
    }

    [Fact]
    public async Task H19_a_flood_of_made_up_key_ids_makes_one_fetch_in_its_time()
    {
        var bearer = Bearer();
        Lab.IsAccepted(await AskAsync(bearer, _first));
        _time.Advance(DiscoveredKeys.FetchAtMostEvery);
        var before = _issuer.Fetches;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => Assert.IsType<Outcome.Rejected>(await SendAsync(bearer, Token(_second, i)))));
        Assert.Equal(before + 1, _issuer.Fetches);
        Lab.IsAccepted(await AskAsync(bearer, _first, 7));
    }

    [Fact]
    public async Task H20_known_keys_serve_while_the_issuer_is_away_until_they_are_a_day_old_and_then_it_is_503()
    {
        var bearer = Bearer();
        Lab.IsAccepted(await AskAsync(bearer, _first));
        _issuer.Instead = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        _time.Advance(DiscoveredKeys.UseAtMost - TimeSpan.FromMinutes(1));
        Lab.IsAccepted(await AskAsync(bearer, _first, 1));
        await UntilAsync(() => _issuer.Fetches > 1);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Contains(_issuer.Address, Assert.IsType<Outcome.Broken>(await AskAsync(bearer, _first, 2)).Reason, StringComparison.Ordinal);
        _issuer.Instead = null;
        _time.Advance(DiscoveredKeys.FetchAtMostEvery);
        Lab.IsAccepted(await AskAsync(bearer, _first, 3));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("html")]
    [InlineData("redirect")]
    [InlineData("large")]
    [InlineData("empty")]
    [InlineData("other issuer")]
    [InlineData("no keys")]
    public async Task H20_J08_what_is_no_answer_of_this_issuer_is_503_and_never_a_pass(string what)
    {
        var asked = new List<string>();
        if (what is "other issuer") _issuer.Metadata = $$"""{"issuer":"{{_issuer.Address}}/","jwks_uri":"{{_issuer.Address}}/keys"}""";
        else if (what is "no keys") _issuer.Keys = "{\"keys\":[]}";
        else
        {
            _issuer.Instead = async context =>
            {
                lock (asked) asked.Add(context.Request.Path);
                context.Response.StatusCode = what switch { "status" => 500, "redirect" => 302, _ => 200 };
                if (what is "redirect") context.Response.Headers.Location = "/elsewhere";
                else if (what is "html") await context.Response.WriteAsync("<html>");
                else if (what is "large") await context.Response.WriteAsync("{\"issuer\":\"" + new string('x', 2 << 20));
            };
        }

        Assert.IsType<Outcome.Broken>(await AskAsync(Bearer(), _first));
        Assert.DoesNotContain("/elsewhere", asked);
    }

    [Fact]
    public async Task Who_hangs_up_does_not_end_the_fetch_that_all_wait_for()
    {
        var arrived = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        _issuer.Instead = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            await context.Response.WriteAsync(context.Request.Path == "/keys" ? _issuer.Keys : $$"""{"issuer":"{{_issuer.Address}}","jwks_uri":"{{_issuer.Address}}/keys"}""");
        };
        var bearer = Bearer();
        using var hangUp = new CancellationTokenSource();
        var impatient = SendAsync(bearer, Token(_first), hangUp.Token);
        await arrived.Task;
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        var patient = SendAsync(bearer, Token(_first, 1));
        answer.SetResult();
        Lab.IsAccepted(await patient);
        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task Keys_that_are_known_outlive_a_change_of_the_configuration()
    {
        Lab.IsAccepted(await AskAsync(Bearer(), _first));
        _issuer.Instead = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        Lab.IsAccepted(await AskAsync(Bearer(), _first, 1));
        Assert.Equal(1, _issuer.Fetches);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++) await Task.Delay(10);
        Assert.True(condition());
    }

    private BearerAuthenticator Bearer()
    {
        var bearer = BearerAuthenticator.TryCreate([new TokenSettings { Issuer = _issuer.Address, Audiences = ["orders"] }], "lab", _keys, _time, out var error);
        Assert.Null(error);
        return bearer!;
    }

    private string Token(TokenSigner signer, int number = 0) => signer.Sign(new Dictionary<string, object?>
    {
        ["iss"] = _issuer.Address,
        ["sub"] = "alice",
        ["aud"] = "orders",
        ["jti"] = number,
        ["exp"] = _time.GetUtcNow().ToUnixTimeSeconds() + 600,
    });

    private Task<Outcome> AskAsync(BearerAuthenticator bearer, TokenSigner signer, int number = 0) => SendAsync(bearer, Token(signer, number));

    private async Task<Outcome> SendAsync(BearerAuthenticator bearer, string token, CancellationToken cancellation = default)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + token;
        return await bearer.AuthenticateAsync(context.Request, new Facts { Method = "GET", Host = "lab.test", Path = "/", Address = IPAddress.Loopback, Time = _time.GetUtcNow(), Secure = false }, cancellation);
    }
}
