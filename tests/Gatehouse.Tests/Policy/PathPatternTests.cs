using System.Text.RegularExpressions;
using CsCheck;
using Gatehouse.Policy;
using static Gatehouse.Tests.Policy.Given;

namespace Gatehouse.Tests.Policy;

public class PathPatternTests
{
    private static PathPattern Pattern(string key) => PathPattern.TryParse(key, out var pattern, out _, out var message, out _) ? pattern : throw new ArgumentException(message);

    [Theory]
    [InlineData("/x", "/x", true)]
    [InlineData("/x", "/x/", false)]
    [InlineData("/x", "/X", false)]
    [InlineData("/x/", "/x/", true)]
    [InlineData("/x/", "/x", false)]
    [InlineData("/x/**", "/x", true)]
    [InlineData("/x/**", "/x/", true)]
    [InlineData("/x/**", "/x/y/z", true)]
    [InlineData("/x/**", "/xy", false)]
    [InlineData("/**", "/", true)]
    [InlineData("/**", "/a/b", true)]
    [InlineData("/**/*.key", "/a.key", true)]
    [InlineData("/**/*.key", "/x/y/a.key", true)]
    [InlineData("/**/*.key", "/x/a.key/", true)]
    [InlineData("/**/*.key", "/x/a.keys", false)]
    [InlineData("/**/*.key", "/x/.key", true)]
    [InlineData("/**/*.key", "/x.key/y", false)]
    [InlineData("/*.png", "/a.png", true)]
    [InlineData("/*.png", "/x/a.png", false)]
    [InlineData("/img/*", "/img/a", true)]
    [InlineData("/img/*", "/img/", false)]
    [InlineData("/img/*", "/img/a/b", false)]
    [InlineData("/**/.*", "/x/.git", true)]
    [InlineData("/**/.*", "/.env", true)]
    [InlineData("/**/.git", "/x/.git", true)]
    [InlineData("/**/.git", "/x/.github", false)]
    [InlineData("/docs/**/*.pdf", "/docs/a/b.pdf", true)]
    [InlineData("/docs/**/*.pdf", "/docs/b.pdf", true)]
    [InlineData("/docs/**/*.pdf", "/docsx/b.pdf", false)]
    [InlineData("/docs/**/a*b*c", "/docs/x/aXbXbc", true)]
    [InlineData("/docs/**/a*b*c", "/docs/x/aXcXb", false)]
    public void Names_paths(string key, string path, bool named)
    {
        Assert.Equal(named, Pattern(key).Matches(path));
        Assert.Equal(named ? Verdict.Allow : Verdict.Deny, Loaded($"{key}: anyone").Evaluate(Request(path), null));
    }

    [Theory]
    [InlineData("x", 0, "write `/x`")]
    [InlineData("admin/x", 0, "write `/admin/x` if `admin` belongs to the path")]
    [InlineData("*.key", 0, "write `/**/*.key` for this name in every folder")]
    [InlineData("get /x", 0, "write `GET`")]
    [InlineData("POST PTU /x", 5, "did you mean `PUT`?")]
    [InlineData("POST", 0, "write `/POST`")]
    [InlineData("POST PUT", 8, "write `POST PUT /**` for every path")]
    [InlineData("/a//b", 3, "write the path as it is after they are resolved")]
    [InlineData("/a/../b", 3, "write the path as it is after they are resolved")]
    [InlineData("/a/*/b", 3, "write `/folder/**` for all below a folder, `/folder/*.png` for names in it, `/folder/**/*.png` for names at any depth")]
    [InlineData("/a/**/b/c", 3, "write `/folder/**` for all below a folder, `/folder/*.png` for names in it, `/folder/**/*.png` for names at any depth")]
    [InlineData("/a?x=1", 2, "write `/a`")]
    [InlineData("/a%20b", 2, "write `/a b`")]
    public void A_key_that_names_nothing_is_told(string key, int offset, string advice)
    {
        Assert.False(PathPattern.TryParse(key, out _, out var at, out var message, out var told));
        Assert.NotEqual("", message);
        Assert.Equal((offset, advice), (at, told));
    }

    [Fact]
    public void The_most_specific_is_first()
    {
        string[] inOrder = ["GET /a/b", "/a/b", "/a", "/a/b/**/*.key", "POST /**/*.key", "/**/*.key", "POST /a/b/c/**", "/a/b/c/**", "POST /a/b/**", "/a/b/**", "/a/**", "/**"];
        var policy = Loaded(string.Join('\n', inOrder.Reverse().Select((key, i) => $"{key}: role r{i}")));
        Assert.Equal(inOrder, policy.Rules.Select(rule => rule.Pattern));
    }

    [Fact]
    public void A_star_means_what_it_means_in_a_regular_expression()
    {
        var glyphs = Pick('a', 'b', '*', '.');
        Gen.Select(glyphs.Array[1, 7], Pick('a', 'b', '.').Array[1, 8]).Sample((p, n) =>
        {
            var (pattern, name) = (new string(p), new string(n));
            var expected = Regex.IsMatch(name, $"^{Regex.Escape(pattern).Replace("\\*", ".*")}$", RegexOptions.NonBacktracking);
            return PathPattern.Fits(pattern, name) == expected;
        }, iter: 20_000);
    }

    // The index against the plain reading of the order: of all that match, the first.
    [Fact]
    public void The_index_finds_what_a_walk_over_all_rules_finds()
    {
        var segment = Pick("a", "b", "ab", "x.key", "y.png");
        var folder = segment.Array[0, 3].Select(parts => string.Concat(parts.Select(part => "/" + part)));
        var key = Gen.Select(Pick("", "", "GET ", "POST ", "HEAD ", "GET POST "), folder, Pick("", "/", "/**", "/**/*.key", "/*.key", "/**/a*", "/*", "/**/ab"), (method, path, tail) => method + (path + tail is "" ? "/" : path + tail));
        var path = Gen.Select(folder, Pick("", "/"), (parts, slash) => parts + slash is "" ? "/" : parts + slash);
        Gen.Select(key.Array[1, 12], path.Array[1, 12], Pick("GET", "HEAD", "POST", "DELETE")).Sample((keys, paths, method) =>
        {
            var index = new RuleIndex(keys.Distinct().Select((text, i) => new CompiledRule(new RuleText { Pattern = text, Words = "anyone", File = "f", Line = i + 1 }, Pattern(text), Alternatives.Of(new Expression.Constant(true))!, [])));
            return paths.All(wanted =>
            {
                var walked = index.Rules.Where(rule => rule.Pattern!.Names(method) && rule.Pattern.Matches(wanted)).ToList();
                var found = index.Find(wanted, method);
                return walked.Count == 0 ? found is null : found is not null && walked[0].Pattern!.CompareTo(found.Pattern) == 0
                    && index.FindAll(wanted, method).Count == walked.Count;
            });
        }, iter: 20_000);
    }

    [Fact]
    public void Two_name_patterns_meet_exactly_where_some_name_fits_both()
    {
        string[] names = [.. Names(5)];
        var glyphs = Pick('a', 'b', '*');
        Gen.Select(glyphs.Array[1, 4], glyphs.Array[1, 4]).Sample((p, q) =>
        {
            var (a, b) = (new string(p), new string(q));
            if (!a.Contains('*') || !b.Contains('*') || a.Contains("**", StringComparison.Ordinal) || b.Contains("**", StringComparison.Ordinal)) return true;
            var (first, second) = (Pattern("/**/" + a), Pattern("/**/" + b));
            return first.Literal != second.Literal || first.Ties(second) == names.Any(name => PathPattern.Fits(a, name) && PathPattern.Fits(b, name));
        });

        static IEnumerable<string> Names(int length) => length == 0 ? [""] : Names(length - 1).SelectMany(name => name.Length < length - 1 ? [name] : new[] { name, name + "a", name + "b" });
    }

    [Fact]
    public void A_hostile_path_costs_no_more_than_the_longest_folder_of_a_rule()
    {
        var policy = Loaded("/a/b/**: anyone\n/**/*.key: nobody");
        var path = string.Concat(Enumerable.Repeat("/a", 16_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++) Assert.Equal(Verdict.Deny, policy.Evaluate(Request(path), null));
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{watch.Elapsed}");
    }
}
