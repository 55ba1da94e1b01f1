using Gatehouse.Guard.Pipeline;

namespace Gatehouse.Guard.Tests.Pipeline;

public sealed class CanonicalPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("//admin/x", "/admin/x")]
    [InlineData("///admin//x", "/admin/x")]
    [InlineData("/./admin", "/admin")]
    [InlineData("/public/../admin/x", "/admin/x")]
    [InlineData("/public/%2e%2e/admin", "/admin")]
    [InlineData("/public/%2E./admin", "/admin")]
    [InlineData("/public/.%2e/admin", "/admin")]
    [InlineData("/admin/.", "/admin/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/%61dmin", "/admin")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/a%23b", "/a#b")]
    [InlineData("/a%3fb", "/a?b")]
    [InlineData("/%E4%B8%AD", "/中")]
    [InlineData("/100%25", "/100%")]
    [InlineData("/a%20b", "/a b")]
    public void One_path_has_one_spelling(string raw, string expected)
    {
        Assert.True(CanonicalPath.TryRead(raw, out var path, out var problem), problem);
        Assert.Equal(expected, path);
    }

    [Theory]
    [InlineData("", "slash")]
    [InlineData("admin", "slash")]
    [InlineData("/public/..%2fadmin", "encoded slash")]
    [InlineData("/public/..%252fadmin", "twice")]
    [InlineData("/%%32%65", "percent")]
    [InlineData("/a%5cb", "backslash")]
    [InlineData("/a\\b", "backslash")]
    [InlineData("/public/..;/admin", "semicolon")]
    [InlineData("/admin;a=b", "semicolon")]
    [InlineData("/admin%3bx", "semicolon")]
    [InlineData("/admin%20", "dot or a blank")]
    [InlineData("/admin.", "dot or a blank")]
    [InlineData("/admin.../x", "dot or a blank")]
    [InlineData("/admin::$DATA", "NTFS")]
    [InlineData("/a%00", "NUL")]
    [InlineData("/a%0a", "control")]
    [InlineData("/a%7f", "control")]
    [InlineData("/a%c2%85", "control")]
    [InlineData("/a%e2%80%a8", "control")]
    [InlineData("/%c0%af", "UTF-8")]
    [InlineData("/%e0%80%af", "UTF-8")]
    [InlineData("/%ed%a0%80", "UTF-8")]
    [InlineData("/%80", "UTF-8")]
    [InlineData("/%zz", "percent")]
    [InlineData("/%", "percent")]
    [InlineData("/%u0061dmin", "percent")]
    [InlineData("/../etc", "above")]
    [InlineData("/a/../../b", "above")]
    [InlineData("/a#b", "fragment")]
    public void What_can_be_read_in_two_ways_is_refused_with_the_reason(string raw, string reason)
    {
        Assert.False(CanonicalPath.TryRead(raw, out var path, out var problem));
        Assert.Null(path);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A29_canonical_paths_stay_as_they_are_when_they_are_sent_again()
    {
        var random = new Random(20260);
        var pieces = new[] { "/", "/", "a", "B", ".", "..", "%2e", "%41", "%25", "%e4", "%b8", "%ad", ";", "\\", "%2f", "~", "ä", "%20", "-", "//", "%3F", "#" };
        var read = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var raw = "/" + string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (!CanonicalPath.TryRead(raw, out var path, out _)) continue;
            read++;
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            Assert.DoesNotContain("//", path, StringComparison.Ordinal);
            Assert.DoesNotContain("/../", path + "/", StringComparison.Ordinal);
            Assert.DoesNotContain("/./", path + "/", StringComparison.Ordinal);
            Assert.True(CanonicalPath.TryRead(CanonicalPath.Encode(path!), out var again, out var problem), $"{raw} became {path}, and that: {problem}");
            Assert.Equal(path, again);
        }

        Assert.True(read > 20_000, $"only {read} paths were read");
    }

    [Theory]
    [InlineData("LAB.TEST", "lab.test")]
    [InlineData("lab.test.", "lab.test")]
    [InlineData("lab.test:443", "lab.test")]
    [InlineData("127.0.0.1:8080", "127.0.0.1")]
    [InlineData("[2001:DB8::1]:80", "[2001:db8::1]")]
    public void B01_one_host_has_one_spelling(string field, string expected)
    {
        Assert.True(CanonicalHost.TryRead(field, out var host, out var problem), problem);
        Assert.Equal(expected, host);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a@b")]
    [InlineData("a/b")]
    [InlineData("bücher.example")]
    [InlineData("a:b")]
    [InlineData("a:0")]
    [InlineData("a:99999")]
    [InlineData("[::1")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[fe80::1%25eth0]")]
    public void B03_what_is_no_host_is_refused(string field) => Assert.False(CanonicalHost.TryRead(field, out _, out _));
}
