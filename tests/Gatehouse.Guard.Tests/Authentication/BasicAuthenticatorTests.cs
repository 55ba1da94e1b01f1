using System.Text;
using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Tests.Authentication;

public sealed class BasicAuthenticatorTests
{
    [Fact]
    public async Task A_right_password_gives_the_identity_with_its_roles()
    {
        using var lab = new Lab();
        await lab.AddAsync("alice", "admin");
        var who = Lab.IsAccepted(await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("alice", Lab.Password)));
        Assert.Equal(("alice", Scheme.Basic), (who.Name, who.Scheme));
        Assert.Contains("admin", who.Roles.AsEnumerable());
    }

    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("Foo x")]
    [InlineData("Basicx YTpi")]
    public async Task Other_schemes_are_none_of_its_business(string field)
    {
        using var lab = new Lab();
        Assert.IsType<Outcome.None>(await lab.AskAsync(lab.Basic, "Authorization", field));
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic =")]
    [InlineData("Basic %%%")]
    [InlineData("Basic YWxpY2U=")]
    [InlineData("Basic YWxpY2U6cGFzcw")]
    [InlineData("Basic YWxpY2U6cGFzcx==")]
    [InlineData("Basic YWxp Y2U6cGFzcw==")]
    [InlineData("Basic YWxpY2U6AHBhc3M=")]
    [InlineData("bAsIc YWxpY2U=")]
    public async Task G02_G03_G04_what_is_no_canonical_base64_of_user_and_password_is_malformed(string field)
    {
        using var lab = new Lab();
        Lab.IsRejected("credentials.malformed", await lab.AskAsync(lab.Basic, "Authorization", field));
        Assert.Equal(0, lab.Passwords.Verifications);
    }

    [Fact]
    public async Task G02_a_megabyte_is_malformed_before_anything_is_hashed()
    {
        using var lab = new Lab();
        Lab.IsRejected("credentials.malformed", await lab.AskAsync(lab.Basic, "Authorization", "Basic " + new string('A', 60_000)));
        Assert.Equal(0, lab.Passwords.Verifications);
    }

    [Theory]
    [InlineData("", "pass")]
    [InlineData("alice", "")]
    [InlineData("al", "ice:correct horse battery staple")]
    public async Task G04_empty_and_shifted_parts_are_just_wrong(string user, string password)
    {
        using var lab = new Lab();
        await lab.AddAsync("alice");
        Assert.IsType<Outcome.Rejected>(await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64(user, password)));
    }

    [Fact]
    public async Task G05_UTF8_is_taken_as_the_challenge_says_and_ISO_8859_1_is_told_apart()
    {
        using var lab = new Lab();
        await lab.ChangeAsync(change => change.AddAsync("jose", "pässwörd", Grants.None, default));
        Lab.IsAccepted(await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("jose", "pässwörd")));
        Lab.IsRejected("credentials.wrong-charset", await lab.AskAsync(lab.Basic, "Authorization", "Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes("jose:pässwörd"))));
        Assert.Equal("Basic realm=\"lab\", charset=\"UTF-8\"", lab.Basic.Challenge(default));
    }

    [Fact]
    public async Task G15_a_remembered_password_costs_no_hash_and_is_never_shared()
    {
        using var lab = new Lab();
        await lab.ChangeAsync(change => change.AddAsync("ab", "c", Grants.None, default));
        await lab.ChangeAsync(change => change.AddAsync("a", "another", Grants.None, default));
        for (var i = 0; i < 5; i++) Lab.IsAccepted(await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("ab", "c")));
        Assert.Equal(1, lab.Passwords.Verifications);
        Lab.IsRejected("password.wrong", await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("a", "bc")));
        Lab.IsRejected("password.wrong", await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("ab", "C")));
    }

    [Fact]
    public async Task G15_a_changed_password_a_role_and_a_removed_user_take_effect_at_the_next_request()
    {
        using var lab = new Lab();
        await lab.AddAsync("alice");
        var old = Lab.Basic64("alice", Lab.Password);
        Lab.IsAccepted(await lab.AskAsync(lab.Basic, "Authorization", old));
        await lab.ChangeAsync(change => change.GrantAsync("alice", new Grants(["editor"], [], []), default));
        Assert.Contains("editor", Lab.IsAccepted(await lab.AskAsync(lab.Basic, "Authorization", old)).Roles.AsEnumerable());
        await lab.ChangeAsync(change => change.SetPasswordAsync("alice", "another password", default));
        Lab.IsRejected("password.wrong", await lab.AskAsync(lab.Basic, "Authorization", old));
        Lab.IsAccepted(await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("alice", "another password")));
        await lab.ChangeAsync(change => change.RemoveAsync("alice", default));
        Lab.IsRejected("password.unknown-user", await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("alice", "another password")));
    }

    [Fact]
    public async Task A_remembered_password_is_forgotten_after_some_minutes()
    {
        using var lab = new Lab();
        await lab.AddAsync("alice");
        await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("alice", Lab.Password));
        lab.Time.Advance(RememberedPasswords.For);
        await lab.AskAsync(lab.Basic, "Authorization", Lab.Basic64("alice", Lab.Password));
        Assert.Equal(2, lab.Passwords.Verifications);
    }

    [Fact]
    public void A_realm_is_quoted_and_cannot_break_out()
    {
        using var lab = new Lab();
        var basic = new BasicAuthenticator(lab.Passwords, lab.Remembered, Lab.Lockout, "a \"b\" \\ c\r\nX: y");
        Assert.Equal("Basic realm=\"a \\\"b\\\" \\\\ cX: y\", charset=\"UTF-8\"", basic.Challenge(default));
    }
}
