using Gatehouse.Doctor.Logs;
using Xunit;

namespace Gatehouse.Doctor.Tests.Logs;

public sealed class FrontLinesTests
{
    private static List<string> All(string text)
    {
        var lines = new List<string>();
        var front = new FrontLines(new StringReader(text));
        while (front.Next() is { } line) lines.Add(line);
        return lines;
    }

    [Fact]
    public void Lines_come_without_their_ends_and_the_last_needs_none() => Assert.Equal(["a", "", "b\rc", "d"], All("a\r\n\nb\rc\nd"));

    [Fact]
    public void An_empty_text_has_no_lines() => Assert.Empty(All(""));

    [Fact]
    public void Lines_across_blocks_are_joined()
    {
        var lines = Enumerable.Range(0, 400).Select(number => new string((char)('a' + number % 26), 1 + number * 7 % 900)).ToList();
        Assert.Equal(lines, All(string.Join('\n', lines)));
    }

    [Fact]
    public void Of_a_line_that_is_too_long_the_front_is_kept_and_the_next_one_follows()
    {
        var lines = All(new string('x', BackwardLines.MaxLineBytes * 3) + "\nnext");
        Assert.Equal(2, lines.Count);
        Assert.Equal(BackwardLines.MaxLineBytes, lines[0].Length);
        Assert.Equal("next", lines[1]);
    }
}
