using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Sessions;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Tests.Sessions;

public sealed class SessionTests
{
    [Fact]
    public async Task A_session_gives_the_identity_and_the_time_of_the_sign_in()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice", "editor");
        lab.Time.Advance(TimeSpan.FromMinutes(5));
        var who = Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", cookie));
        Assert.Equal(("alice", Scheme.Cookie), (who.Name, who.Scheme));
        Assert.Contains("editor", who.Roles.AsEnumerable());
        Assert.Equal(lab.Time.GetUtcNow() - TimeSpan.FromMinutes(5), who.AuthenticatedAt);
    }

    [Fact]
    public async Task No_cookie_is_nobody()
    {
        using var lab = new Lab();
        Assert.IsType<Outcome.None>(await lab.AskAsync(lab.Cookie, "Cookie", "a=b; gatehousex=1; Gatehouse=2"));
    }

    [Fact]
    public async Task I02_every_flipped_bit_and_every_cut_is_an_unknown_session()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        var text = cookie["gatehouse=".Length..];
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var other in new[] { 'A', 'B', '-', '=', '\t' }.Where(letter => letter != text[i]))
                Lab.IsRejected("session.unknown", await lab.AskAsync(lab.Cookie, "Cookie", "gatehouse=" + text[..i] + other + text[(i + 1)..]));
            Lab.IsRejected("session.unknown", await lab.AskAsync(lab.Cookie, "Cookie", "gatehouse=" + text[..i]));
        }

        Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", $"gatehouse=\"{text}\""));
    }

    [Fact]
    public async Task I07_only_the_exact_name_counts_and_two_of_it_are_refused()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        var text = cookie["gatehouse=".Length..];
        Assert.IsType<Outcome.None>(await lab.AskAsync(lab.Cookie, "Cookie", $"__host-gatehouse={text}", secure: true));
        Assert.IsType<Outcome.None>(await lab.AskAsync(lab.Cookie, "Cookie", cookie, secure: true));
        Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", $"a=1; __Host-gatehouse={text}", secure: true));
        Lab.IsRejected("session.unknown", await lab.AskAsync(lab.Cookie, "Cookie", $"{cookie}; {cookie}"));
    }

    [Fact]
    public async Task I08_a_cookie_that_is_far_too_long_is_an_unknown_session()
    {
        using var lab = new Lab();
        Lab.IsRejected("session.unknown", await lab.AskAsync(lab.Cookie, "Cookie", "gatehouse=" + new string('a', 20_000)));
    }

    [Fact]
    public async Task I03_a_session_that_was_ended_is_never_accepted_again_here_or_in_another_process()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", cookie));

        // Another process has its own memory over the same file.
        using var state = StateDatabase.Open(lab.Path, lab.Time);
        using var sessions = new SessionStore(state, new SessionSettings());
        Assert.Equal(1, sessions.End(sessions.List("ALICE").Single().Id.ShortName, SessionEnd.Administrator));
        lab.Time.Advance(Revisions.Lag);
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", cookie));
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", cookie));
    }

    [Fact]
    public async Task I03_a_session_ended_in_this_process_is_refused_at_once()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", cookie));
        Assert.True(SessionId.TryParse(cookie.AsSpan("gatehouse=".Length), out var id));
        Assert.True(lab.Sessions.End(id, SessionEnd.SignedOut));
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", cookie));
        Assert.False(lab.Sessions.End(id, SessionEnd.SignedOut));
    }

    [Fact]
    public async Task I04_a_changed_password_a_disabled_and_a_removed_account_end_the_session_and_a_lost_role_is_lost_at_once()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice", "admin");
        await lab.ChangeAsync(change => change.RevokeAsync("alice", new Grants(["admin"], [], []), default));
        Assert.DoesNotContain("admin", Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", cookie)).Roles.AsEnumerable());
        await lab.ChangeAsync(change => change.SetPasswordAsync("alice", "another password", default));
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", cookie));

        var second = await SignInAsync(lab, "alice");
        await lab.ChangeAsync(change => change.SetDisabledAsync("alice", true, default));
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", second));
        await lab.ChangeAsync(change => change.SetDisabledAsync("alice", false, default));
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", second));

        var third = await SignInAsync(lab, "alice");
        await lab.ChangeAsync(change => change.RemoveAsync("alice", default));
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", third));
        await lab.AddAsync("alice");
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", third));
    }

    [Fact]
    public async Task I05_idle_time_and_absolute_time_end_a_session_and_use_keeps_it_alive()
    {
        using var lab = new Lab();
        var idle = await SignInAsync(lab, "alice");
        var used = await SignInAsync(lab, "bob");
        for (var i = 0; i < 25; i++)
        {
            lab.Time.Advance(TimeSpan.FromMinutes(29));
            if (lab.Time.GetUtcNow() - lab.Time.Start < TimeSpan.FromHours(12))
                Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", used));
            else
                Lab.IsRejected("session.expired", await lab.AskAsync(lab.Cookie, "Cookie", used));
            if (i > 0) Lab.IsRejected("session.expired", await lab.AskAsync(lab.Cookie, "Cookie", idle));
        }
    }

    [Fact]
    public async Task I05_a_clock_that_is_set_back_does_not_prolong_what_was_ended()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        Assert.True(SessionId.TryParse(cookie.AsSpan("gatehouse=".Length), out var id));
        lab.Sessions.End(id, SessionEnd.SignedOut);
        lab.Time.AdjustTime(lab.Time.GetUtcNow() - TimeSpan.FromDays(1));
        Lab.IsRejected("session.revoked", await lab.AskAsync(lab.Cookie, "Cookie", cookie));
    }

    [Fact]
    public async Task I14_a_session_of_one_host_is_unknown_at_another()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers.Cookie = cookie;
        Lab.IsRejected("session.unknown", await lab.Cookie.AuthenticateAsync(context.Request, lab.Facts() with { Host = "other.example" }, default));
    }

    [Fact]
    public void I15_a_hundred_thousand_ids_do_not_repeat_and_their_bits_are_even()
    {
        var seen = new HashSet<SessionId>();
        long ones = 0;
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(seen.Add(SessionId.New(out var text)));
            foreach (var octet in System.Buffers.Text.Base64Url.DecodeFromChars(text)) ones += System.Numerics.BitOperations.PopCount(octet);
        }

        // 25.6 million fair bits: the deviation stays within five standard deviations (2530) of the half.
        Assert.InRange(ones, 12_800_000 - 12_650, 12_800_000 + 12_650);
    }

    [Fact]
    public async Task Sessions_outlive_a_restart_with_the_time_of_their_last_use()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        lab.Time.Advance(TimeSpan.FromMinutes(20));
        Lab.IsAccepted(await lab.AskAsync(lab.Cookie, "Cookie", cookie));
        lab.Sessions.Dispose();

        using var state = StateDatabase.Open(lab.Path, lab.Time);
        using var sessions = new SessionStore(state, new SessionSettings());
        using var accounts = new AccountDatabase(state);
        var restarted = new SessionAuthenticator(sessions, new SessionSettings(), accounts, "lab", "/.gatehouse/sign-in");
        lab.Time.Advance(TimeSpan.FromMinutes(20));
        Lab.IsAccepted(await lab.AskAsync(restarted, "Cookie", cookie));
        lab.Time.Advance(TimeSpan.FromMinutes(31));
        Lab.IsRejected("session.expired", await lab.AskAsync(restarted, "Cookie", cookie));
    }

    [Fact]
    public async Task The_file_does_not_hold_what_the_cookie_holds()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        var text = cookie["gatehouse=".Length..];
        foreach (var file in new[] { lab.Path, lab.Path + "-wal" })
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.Equal(-1, copy.ToArray().AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)));
            Assert.Equal(-1, copy.ToArray().AsSpan().IndexOf(System.Buffers.Text.Base64Url.DecodeFromChars(text)));
        }
    }

    [Fact]
    public async Task A_request_with_a_session_writes_nothing_and_allocates_nothing()
    {
        using var lab = new Lab();
        var cookie = await SignInAsync(lab, "alice");
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers.Cookie = "theme=dark; " + cookie;
        var facts = lab.Facts();
        for (var i = 0; i < 1000; i++) Lab.IsAccepted(await lab.Cookie.AuthenticateAsync(context.Request, facts, default));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var accepted = 0;
        for (var i = 0; i < 1000; i++)
        {
            var asked = lab.Cookie.AuthenticateAsync(context.Request, facts, default);
            Assert.True(asked.IsCompletedSuccessfully);
            if (await asked is Outcome.Accepted) accepted++;
        }

        Assert.Equal(1000, accepted);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1000);
    }

    internal static async Task<string> SignInAsync(Lab lab, string name, params string[] roles)
    {
        if (await lab.Accounts.FindAsync(name, default) is null) await lab.AddAsync(name, roles);
        lab.Sessions.Begin("localhost", (await lab.Accounts.FindAsync(name, default))!, "192.0.2.1", "test", out var text);
        return $"gatehouse={text}";
    }
}
