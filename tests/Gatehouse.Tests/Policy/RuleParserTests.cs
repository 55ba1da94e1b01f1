using CsCheck;
using Gatehouse.Policy;
using static Gatehouse.Tests.Policy.Given;

namespace Gatehouse.Tests.Policy;

public class RuleParserTests
{
    private static string Told(string words)
    {
        Load($"/x: {words}", out var faults);
        return string.Join('\n', faults.Where(fault => fault.IsError).Select(fault => $"{fault.Column - 5}: {fault.Message}{(fault.Advice is null ? "" : $" ({fault.Advice})")}"));
    }

    [Theory]
    [InlineData("everyone", "0: `everyone` is not a condition (did you mean `anyone`?)")]
    [InlineData("rol admin", "0: `rol` is not a condition (did you mean `role`?)")]
    [InlineData("Role admin", "0: `Role` is not a condition (did you mean `role`?)")]
    [InlineData("mfa", "0: `mfa` is not a condition (did you mean `two-factor`?)")]
    [InlineData("role admin an network 10.0.0.0/8", "14: `network` begins another condition (write `and` or `or` before it, or put it in quotes if it is a name)")]
    [InlineData("signed-in && two-factor", "10: expected `and`, `or` or the end, found `&&` (did you mean `and`?)")]
    [InlineData("signed-in two-factor", "10: expected `and`, `or` or the end, found `two-factor` (write `and` or `or` before it)")]
    [InlineData("role", "4: `role` says nothing without a value (write for instance `role admin`)")]
    [InlineData("role and user bob", "5: `role` says nothing without a value (write for instance `role admin`)")]
    [InlineData("role admin and", "14: expected a condition, found the end")]
    [InlineData("and role admin", "0: expected a condition, found `and`")]
    [InlineData("(role admin", "11: a parenthesis that does not end (add `)`)")]
    [InlineData("role admin)", "10: expected `and`, `or` or the end, found `)`")]
    [InlineData("role \"site admin", "5: a quotation that does not end (add \" at its end)")]
    [InlineData("role \"\"", "5: an empty name (write the name between the quotes)")]
    [InlineData("not role admin", "0: `not` over `role admin`: what somebody is not can't be known before they are (name those who may pass instead, or refuse by network, country, method or hours)")]
    [InlineData("not (network 10.0.0.0/8 and role admin)", "0: `not` over `role admin`: what somebody is not can't be known before they are (name those who may pass instead, or refuse by network, country, method or hours)")]
    [InlineData("network 10.0.0.0/33", "17: `10.0.0.0/33` is not a network: expected a prefix length from 0 to 32")]
    [InlineData("network 010.0.0.1", "8: `010.0.0.1` is not a network: expected a number from 0 to 255 without leading zeros")]
    [InlineData("country UK", "8: `UK` is not the code of a country (ISO 3166-1, two letters) (write `GB`)")]
    [InlineData("country Germany", "8: `Germany` is not the code of a country (ISO 3166-1, two letters)")]
    [InlineData("method post", "7: `post`: names of methods are case-sensitive (RFC 9110 section 9.1) (write `POST`)")]
    [InlineData("method PSOT", "7: `PSOT` is not a method that anybody uses (did you mean `POST`?)")]
    [InlineData("within soon", "7: `soon`: expected one duration such as `90s`, `10m`, `12h` or `30d`")]
    [InlineData("within 10", "7: `10`: expected one duration such as `90s`, `10m`, `12h` or `30d`")]
    [InlineData("hours 08:00-25:00", "6: `08:00-25:00`: expected a day (`mon-fri`) or a window such as `08:00-18:00`")]
    [InlineData("hours mon-fri", "13: expected a window such as `08:00-18:00`")]
    [InlineData("hours 08:00-18:00 Europe/Berln", "18: `Europe/Berln`: expected the name of a time zone that this system knows, such as `Europe/Berlin`")]
    [InlineData("list missing.txt", "5: the list `missing.txt` can't be read: no such file")]
    [InlineData("list blocklist.txt other.txt", "19: `list` names one list, found `other.txt` as well (write `list blocklist.txt or list other.txt`)")]
    public void A_fault_is_told_at_its_place_with_what_was_meant(string words, string told) => Assert.Equal(told, Told(words));

    [Theory]
    [InlineData("role admin editor")]
    [InlineData("role admin, editor")]
    [InlineData("role user")]
    [InlineData("role \"site admin\" 'the other'")]
    [InlineData("role \"and\"")]
    [InlineData("claim department=sales")]
    [InlineData("claim https://example.com/department sales \"customer care\"")]
    [InlineData("subscription")]
    [InlineData("not (country DE or network 10.0.0.0/8) and role x")]
    [InlineData("not not role x")]
    [InlineData("((role a or role b) and (role c or (role d and country DE)))")]
    [InlineData("within 1h30m")]
    [InlineData("hours mon-fri 8-18 sat 09:00-12:30 Europe/Berlin")]
    [InlineData("hours fri-mon 22:00-06:00")]
    [InlineData("network 10.0.0.0/8 2001:db8::/32 203.0.113.7 192.168.0.0/255.255.0.0")]
    public void Words_as_people_write_them(string words) => Assert.Equal("", Told(words));

    [Fact]
    public void All_faults_are_collected_with_line_and_column()
    {
        Assert.Null(Load("/a: rol x\nadmin: anyone\n/b: country XX YY\nrefuse netwrk 10.0.0.0/8", out var faults));
        Assert.Equal(["1:5", "2:1", "3:13", "3:16", "4:8"], faults.Select(fault => $"{fault.Line}:{fault.Column}"));
        Assert.All(faults, fault => Assert.Equal("gatehouse.yaml", fault.File));
    }

    [Theory]
    [InlineData("hours 08:00-18:00", "2026-03-04T08:00:00Z", true)]
    [InlineData("hours 08:00-18:00", "2026-03-04T18:00:00Z", false)]
    [InlineData("hours 08:00-18:00", "2026-03-04T17:59:59Z", true)]
    [InlineData("hours 08:00-18:00", "2026-03-04T18:30:00+01:00", true)]
    [InlineData("hours mon-fri 08:00-18:00", "2026-03-07T09:00:00Z", false)]
    [InlineData("hours mon-fri 08-18 sat 09-12", "2026-03-07T09:00:00Z", true)]
    [InlineData("hours fri 22:00-06:00", "2026-03-07T05:59:00Z", true)]
    [InlineData("hours fri 22:00-06:00", "2026-03-07T22:30:00Z", false)]
    [InlineData("hours sun 22:00-06:00", "2026-03-09T05:00:00Z", true)]
    [InlineData("hours 00:00-24:00", "2026-03-09T23:59:59Z", true)]
    [InlineData("hours 08:00-18:00 Europe/Berlin", "2026-03-04T07:30:00Z", true)]
    [InlineData("hours 08:00-18:00 Europe/Berlin", "2026-07-01T06:30:00Z", true)]
    [InlineData("hours 08:00-18:00 Europe/Berlin", "2026-07-01T16:30:00Z", false)]
    public void Hours_are_those_of_their_zone(string words, string at, bool open)
    {
        var time = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(open ? Verdict.Allow : Verdict.Deny, Loaded($"/x: {words}").Evaluate(Request("/x", at: time), null));
        Assert.Equal(open ? null : "time.outside-window", Loaded($"/x: {words}").Explain(Request("/x", at: time), null).Cause?.Id);
    }

    [Fact]
    public void Deciding_by_hours_of_a_zone_allocates_nothing()
    {
        var policy = Loaded("/x: hours 08:00-18:00 Europe/Berlin and network 10.0.0.0/8 and method GET");
        var facts = Request("/x", from: "10.0.0.1");
        Assert.Equal(Verdict.Allow, policy.Evaluate(facts, null));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) policy.Evaluate(facts, null);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Whatever_the_words_are_they_are_read_or_told_and_never_thrown_over()
    {
        var pieces = Pick("role", "user", "network", "country", "hours", "within", "claim", "and", "or", "not", "(", ")", "\"", "'", " ", ",", "\\", "10.0.0.0/8", "DE", "admin", "mon-fri", "08:00-18:00", "10m", "=", "\t", "ü", "\0", "anyone", "nobody", "method", "GET", "subscription", "list", "blocklist.txt");
        pieces.Array[0, 14].Select(parts => string.Join(' ', parts)).Sample(words =>
        {
            var policy = AccessPolicy.Load([], [new RuleText { Pattern = "/x", Words = words, File = "f", Line = 1 }], Surroundings, out var faults);
            return policy is null == faults.Any(fault => fault.IsError) && faults.All(fault => fault.Column >= 1 && fault.Column <= words.Length + 1 && fault.Line == 1);
        }, iter: 20_000);
    }

    [Fact]
    public void What_would_grow_without_bound_is_told()
    {
        var doubling = string.Join(" and ", Enumerable.Range(0, 20).Select(i => $"(role a{i} or user b{i})"));
        Assert.Contains("512 combinations", Told(doubling));
        Assert.Contains("64 conditions", Told(string.Join(" or ", Enumerable.Range(0, 65).Select(i => $"role a{i}"))));
        Assert.Contains("deep", Told(new string('(', 40) + "anyone" + new string(')', 40)));
        Assert.Contains("16384", Told("role " + new string('x', 20_000)));
    }
}
