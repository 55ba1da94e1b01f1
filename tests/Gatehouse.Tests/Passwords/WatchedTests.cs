using Gatehouse.Passwords;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Passwords;

public sealed class WatchedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-").FullName;

    [Fact]
    public void A_change_counts_from_the_next_look_on()
    {
        var path = Path.Combine(_folder, "users");
        File.WriteAllText(path, "one");
        var watched = new Watched<string>(path, Text, TimeProvider.System);
        var first = watched.Current();
        Assert.Equal(("one", WatchedFault.None), (first.Value, first.Fault));
        // Same length, written at once: nothing but the content may tell.
        for (var i = 0; i < 50; i++)
        {
            File.WriteAllText(path, $"{i:000}");
            Assert.Equal($"{i:000}", watched.Current().Value);
        }

        Assert.Equal(first.Version + 50, watched.Current().Version);
    }

    [Fact]
    public void A_file_that_is_replaced_with_its_times_kept_is_noticed()
    {
        var path = Path.Combine(_folder, "users");
        File.WriteAllText(path, "one");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        var watched = new Watched<string>(path, Text, TimeProvider.System);
        Assert.Equal("one", watched.Current().Value);
        File.WriteAllText(path + ".new", "two");
        File.SetLastWriteTimeUtc(path + ".new", DateTime.UnixEpoch);
        File.Move(path + ".new", path, overwrite: true);
        Assert.Equal("two", watched.Current().Value);
    }

    [Fact]
    public void The_same_content_keeps_its_version()
    {
        var path = Path.Combine(_folder, "users");
        File.WriteAllText(path, "one");
        var watched = new Watched<string>(path, Text, TimeProvider.System);
        var first = watched.Current();
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Assert.Equal(first, watched.Current());
    }

    [Fact]
    public void A_file_that_goes_is_a_fault_and_its_old_value_is_gone()
    {
        var path = Path.Combine(_folder, "users");
        var watched = new Watched<string>(path, Text, TimeProvider.System, maximumLength: 10);
        Assert.Equal((null, WatchedFault.Missing), (watched.Current().Value, watched.Current().Fault));
        File.WriteAllText(path, "one");
        Assert.Equal("one", watched.Current().Value);
        File.Delete(path);
        Assert.Equal((null, WatchedFault.Missing), (watched.Current().Value, watched.Current().Fault));
        File.WriteAllText(path, "longer than ten");
        Assert.Equal((null, WatchedFault.TooLong), (watched.Current().Value, watched.Current().Fault));
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.Equal((null, WatchedFault.Unreadable), (watched.Current().Value, watched.Current().Fault));
        Assert.Contains(path, watched.Current().Problem!, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interval_spares_looks()
    {
        var path = Path.Combine(_folder, "users");
        File.WriteAllText(path, "one");
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1));
        var watched = new Watched<string>(path, Text, time, TimeSpan.FromSeconds(1));
        Assert.Equal("one", watched.Current().Value);
        File.WriteAllText(path, "three");
        Assert.Equal("one", watched.Current().Value);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("three", watched.Current().Value);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(byte[] octets) => System.Text.Encoding.UTF8.GetString(octets);
}
