using System.Net;
using Gatehouse.Addresses;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Addresses;

public sealed class RenewedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.AddHours(1));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_list_follows_its_file_and_keeps_the_last_version_that_could_be_read()
    {
        var path = Path.Combine(_folder, "blocklist.txt");
        File.WriteAllText(path, "203.0.113.0/24\n");
        using var lists = new AddressLists(_folder, _time);
        var (contains, error) = lists.Open("blocklist.txt");
        Assert.Null(error);
        var (old, fresh) = (IPAddress.Parse("203.0.113.9"), IPAddress.Parse("198.51.100.9"));
        Assert.True(contains!(old));
        Assert.False(contains(fresh));

        File.WriteAllText(path, "198.51.100.0/24\n# longer than before\n");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(contains(old));
        Assert.True(contains(fresh));
        Assert.Null(lists.Files.Single().Problem);

        File.WriteAllText(path, "<html>too many requests</html>\n");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(contains(fresh));
        Assert.Contains("blocklist.txt", lists.Files.Single().Problem);

        File.Delete(path);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(contains(fresh));
        Assert.NotNull(lists.Files.Single().Problem);

        File.WriteAllText(path, "");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(contains(fresh));
        Assert.Null(lists.Files.Single().Problem);
    }

    [Fact]
    public void A_list_that_is_not_there_is_an_error_that_names_it()
    {
        using var lists = new AddressLists(_folder, _time);
        var (contains, error) = lists.Open("missing.txt");
        Assert.Null(contains);
        Assert.Contains("missing.txt", error);
    }

    [Fact]
    public void Two_rules_that_name_one_list_share_it()
    {
        File.WriteAllText(Path.Combine(_folder, "a.txt"), "203.0.113.0/24\n");
        using var lists = new AddressLists(_folder, _time);
        lists.Open("a.txt");
        lists.Open("./a.txt");
        Assert.Single(lists.Files);
    }
}
