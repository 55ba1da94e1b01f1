using System.Text;
using CsCheck;
using Gatehouse.Passwords;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Passwords;

public class VerifiedCredentialsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_was_verified_is_found_until_its_time_is_over()
    {
        using var verified = new VerifiedCredentials<string>(_time, TimeSpan.FromMinutes(1));
        Assert.Null(verified.Find("anna"u8, "secret"u8, 1));
        verified.Remember("anna"u8, "secret"u8, 1, "anna");
        Assert.Equal("anna", verified.Find("anna"u8, "secret"u8, 1));
        Assert.Null(verified.Find("anna"u8, "Secret"u8, 1));
        Assert.Null(verified.Find("bert"u8, "secret"u8, 1));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("anna", verified.Find("anna"u8, "secret"u8, 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(verified.Find("anna"u8, "secret"u8, 1));
    }

    [Fact]
    public void Another_version_of_the_file_forgets_it()
    {
        using var verified = new VerifiedCredentials<string>(_time, TimeSpan.FromMinutes(1));
        verified.Remember("anna"u8, "secret"u8, 1, "anna");
        Assert.Null(verified.Find("anna"u8, "secret"u8, 2));
        Assert.Null(verified.Find("anna"u8, "secret"u8, 1));
    }

    [Fact]
    public void Where_the_user_name_ends_makes_a_difference()
    {
        using var verified = new VerifiedCredentials<string>(_time, TimeSpan.FromMinutes(1));
        verified.Remember("ab"u8, "c"u8, 1, "ab");
        Assert.Null(verified.Find("a"u8, "bc"u8, 1));
        Assert.Null(verified.Find("abc"u8, ""u8, 1));
    }

    [Fact]
    public void It_never_holds_more_than_its_capacity_and_keeps_the_newest()
    {
        using var verified = new VerifiedCredentials<string>(_time, TimeSpan.FromMinutes(1), capacity: 64);
        for (var i = 0; i < 1000; i++)
        {
            var user = Encoding.ASCII.GetBytes($"user{i}");
            verified.Remember(user, "secret"u8, 1, "x");
            Assert.NotNull(verified.Find(user, "secret"u8, 1));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(Enumerable.Range(0, 1000).Count(i => verified.Find(Encoding.ASCII.GetBytes($"user{i}"), "secret"u8, 1) is not null) <= 64);
    }

    [Fact]
    public void Finding_allocates_nothing()
    {
        using var verified = new VerifiedCredentials<string>(TimeProvider.System, TimeSpan.FromMinutes(1));
        verified.Remember("anna"u8, "secret"u8, 1, "anna");
        Assert.NotNull(verified.Find("anna"u8, "secret"u8, 1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) verified.Find("anna"u8, "secret"u8, 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Many_threads_never_find_what_belongs_to_another()
    {
        using var verified = new VerifiedCredentials<string>(TimeProvider.System, TimeSpan.FromMinutes(1), capacity: 16);
        Parallel.For(0, 20_000, i =>
        {
            var name = $"user{i % 40}";
            var user = Encoding.ASCII.GetBytes(name);
            if (verified.Find(user, user, 1) is { } found) Assert.Equal(name, found);
            else verified.Remember(user, user, 1, name);
        });
    }
}
