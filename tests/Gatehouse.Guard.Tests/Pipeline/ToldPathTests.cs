using Gatehouse.Guard.Pipeline;

namespace Gatehouse.Guard.Tests.Pipeline;

public sealed class ToldPathTests
{
    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a?token=s", "/a")]
    [InlineData("/a#token=s", "/a#")]
    [InlineData("/a;sid=s/b", "/a;")]
    [InlineData("/@alice", "/@alice")]
    [InlineData("*", "*")]
    [InlineData("", "")]
    [InlineData("http://u:p@host/x?y", "http://***@host/x")]
    [InlineData("http://u:p/q@r@host/x", "http://***@host/x")]
    [InlineData("u:p@host:443", "***@host:443")]
    [InlineData("u:p@http://host", "***@http://host")]
    [InlineData("http://u:p?@host/", "http://u:p")]
    public void What_may_be_secret_in_a_target_is_left_out(string target, string told) => Assert.Equal(told, ToldPath.Of(target));
}
