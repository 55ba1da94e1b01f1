using System.Text;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Passwords;

namespace Gatehouse.Tests.Apache.Evaluation;

public class HttpdHashesTests
{
    [Theory]
    [InlineData("_zzzzabcdUEk5Yjcomx2")] // 16 million rounds: seconds for each request
    [InlineData("_/..zabcdUEk5Yjcomx2")]
    public void A_hash_that_would_hold_the_server_is_not_verified(string hash)
    {
        var file = PasswordFile.Parse(Encoding.ASCII.GetBytes($"anna:{hash}\n"));
        Assert.NotEqual(PasswordCheck.Right, HttpdHashes.Check(file, "anna", "hello"u8.ToArray(), () => hash, out var undecided));
        Assert.True(undecided);
    }

    [Fact]
    public void A_file_that_was_changed_while_it_was_asked_lets_nobody_in()
    {
        var file = PasswordFile.Parse("anna:_/...abcdJoSnM3MEX3Q\n"u8);
        Assert.NotEqual(PasswordCheck.Right, HttpdHashes.Check(file, "anna", "hello"u8.ToArray(), () => "", out _));
        Assert.NotEqual(PasswordCheck.Right, HttpdHashes.Check(file, "anna", "hello"u8.ToArray(), () => null, out _));
    }
}
