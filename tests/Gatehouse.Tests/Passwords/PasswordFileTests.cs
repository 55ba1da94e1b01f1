using System.Diagnostics;
using System.Text;
using CsCheck;
using Gatehouse.Passwords;

namespace Gatehouse.Tests.Passwords;

public class PasswordFileTests
{
    private const string Apr1OfPassword = "$apr1$Sn4R2a3d$.b2S6HTxd/5NPtX3vbUwZ.";
    private const string BcryptOfA = "$2y$04$CLFwO2OsT/B.BXXGpHXmJeqArLLeI2LPB0jJIts1Sw0J3WTD3yWSu";

    [Fact]
    public void G12_A_faulty_line_is_a_fault_of_that_user_alone()
    {
        var file = Parse($"\uFEFF# users\r\n\r\n  anna:{Apr1OfPassword}\r\nbert:{BcryptOfA}\nno colon\n:x\ncarl:\ndora:secret\nanna:{BcryptOfA}\nemil:{BcryptOfA}:Emil E.:/home\njö:{BcryptOfA}\n");
        Assert.Equal(["anna", "bert", "carl", "dora", "emil", "jö"], file.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(PasswordCheck.Right, file.Check("anna", "password"u8));
        Assert.Equal(PasswordCheck.Wrong, file.Check("anna", "a"u8));
        Assert.Equal(PasswordCheck.Right, file.Check("bert", "a"u8));
        Assert.Equal(PasswordCheck.BadHash, file.Check("carl", ""u8));
        Assert.Equal(PasswordCheck.BadHash, file.Check("dora", "secret"u8));
        Assert.Equal(PasswordCheck.Right, file.Check("emil", "a"u8));
        Assert.Equal(PasswordCheck.Right, file.Check("jö", "a"u8));
        Assert.Equal(PasswordCheck.UnknownUser, file.Check("Anna", "password"u8));
        Assert.Equal(["3:8:", "5:1:", "6:1:", "7:6:", "8:6:", "9:1:"], file.Problems.Select(p => p.ToString().Split(' ')[0]));
        Assert.Equal([true, false, false, false, false, true], file.Problems.Select(p => p.IsWarning));
        Assert.DoesNotContain("secret", string.Concat(file.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_user_costs_what_a_known_one_costs()
    {
        var file = Parse($"anna:{Apr1OfPassword}\nbert:$2y$10$VTbMwGPEYRrEmeZFv1U52ea4lkW86mTXLzmy2OaY87MPXsC7glBPi\n");
        file.Check("bert", "x"u8);
        // Only orders of magnitude are told apart here: a bcrypt of cost 10 against a look-up. The shortest of three: what runs beside makes any single one long.
        var known = Time(() => file.Check("bert", "x"u8));
        Assert.True(Time(() => file.Check("nobody", "x"u8)) > known / 5);
        Assert.True(Time(() => file.Check("anna", "x"u8)) > known / 5);
    }

    [Fact]
    public void Digest_files_hold_a_secret_for_each_user_and_realm()
    {
        var file = DigestFile.Parse("mufasa:testrealm@host.com:939E7578ED9E3C518A452ACEE763BCE9\nmufasa:a:b:939e7578ed9e3c518a452acee763bce9\nx:y\nx:y:zz\n"u8);
        Assert.Equal("939e7578ed9e3c518a452acee763bce9", file.Find("mufasa", "testrealm@host.com")!.Secret);
        Assert.NotNull(file.Find("mufasa", "a:b"));
        Assert.Null(file.Find("mufasa", "Testrealm@host.com"));
        Assert.Equal(["3:1:", "4:5:"], file.Problems.Select(p => p.ToString().Split(' ')[0]));
        Assert.DoesNotContain("939e", file.Entries[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Group_files_tell_the_groups_of_a_user()
    {
        var file = GroupFile.Parse("# groups\nadmin: anna bert\nstaff:anna\tcarl\n\nadmin: dora\nempty:\nno colon\n"u8);
        Assert.Equal(["admin", "staff"], file.GroupsOf("anna").Order(StringComparer.Ordinal));
        Assert.Equal(["admin"], file.GroupsOf("dora"));
        Assert.Empty(file.GroupsOf("nobody"));
        Assert.Contains("empty", (IReadOnlySet<string>)file.Groups);
        Assert.Equal(7, Assert.Single(file.Problems).Line);
    }

    [Fact]
    public void Arbitrary_and_mutated_files_never_throw_and_positions_lie_inside() =>
        Grammar.Mutated.Texts($"# c\r\nanna:{Apr1OfPassword}\nbert:\n\n", "a:\n\r# $").Sample(text =>
        {
            var octets = Encoding.UTF8.GetBytes(text);
            var lines = text.Split('\n').Length;
            return PasswordFile.Parse(octets).Problems.Concat(DigestFile.Parse(octets).Problems).Concat(GroupFile.Parse(octets).Problems)
                .All(p => p.Line >= 1 && p.Line <= lines && p.Column >= 1 && p.Column <= octets.Length + 1);
        });

    private static PasswordFile Parse(string text) => PasswordFile.Parse(Encoding.UTF8.GetBytes(text));

    private static TimeSpan Time(Action action) => Enumerable.Range(0, 3).Select(_ =>
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }).Min();
}
