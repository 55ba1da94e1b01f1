using Gatehouse.Doctor.Nginx.Patterns;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx.Model;

/// <summary>One directive of the rewrite module (src/http/modules/ngx_http_rewrite_module.c).</summary>
internal abstract record RewriteStep(ConfNode Node)
{
    /// <summary><c>set $name value</c>.</summary>
    internal sealed record Set(ConfNode Node, string Name, string Value) : RewriteStep(Node);

    /// <summary><c>break</c>.</summary>
    internal sealed record Break(ConfNode Node) : RewriteStep(Node);

    /// <summary><c>return code [text]</c> or <c>return URL</c> (302).</summary>
    internal sealed record Return(ConfNode Node, int Status, string? Text) : RewriteStep(Node);

    /// <summary><c>rewrite pattern replacement [flag]</c>; <paramref name="Pattern"/> is null where it can't be evaluated.</summary>
    internal sealed record Rewrite(ConfNode Node, Pcre? Pattern, string? Problem, string Replacement, bool AddArguments, int RedirectStatus, bool Last, bool Stays) : RewriteStep(Node);

    /// <summary><c>if (condition) { ... }</c>.</summary>
    internal sealed record If(ConfNode Node, IfCondition Condition, Scope Scope, IReadOnlyList<RewriteStep> Steps) : RewriteStep(Node);

    /// <summary>A directive of a module that we don't know (Lua and others) in the same phase.</summary>
    internal sealed record Unknown(ConfNode Node) : RewriteStep(Node);
}

/// <summary>What an if asks.</summary>
internal enum IfTest
{
    /// <summary>Whether the value is neither empty nor 0.</summary>
    Truth,

    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>~</c> and <c>~*</c></summary>
    Pattern,

    /// <summary><c>-f</c></summary>
    File,

    /// <summary><c>-d</c></summary>
    Directory,

    /// <summary><c>-e</c></summary>
    Exists,

    /// <summary><c>-x</c></summary>
    Executable,

    /// <summary>It does not parse.</summary>
    Invalid,
}

/// <summary>The condition of an if.</summary>
/// <param name="Test">What is asked.</param>
/// <param name="Negated">Whether the answer is turned round.</param>
/// <param name="Left">The variable with its dollar sign, or the text of a file test.</param>
/// <param name="Right">What it is compared with.</param>
/// <param name="Pattern">Of a pattern; null where it can't be evaluated.</param>
internal sealed record IfCondition(IfTest Test, bool Negated, string Left, string Right, Pcre? Pattern, string? Problem)
{
    /// <summary>Reads the words between <c>if</c> and the brace as ngx_http_rewrite_if_condition does.</summary>
    public static IfCondition Of(ConfNode node)
    {
        var words = node.Arguments.ToList();
        if (words.Count == 0 || !words[0].StartsWith('(')) return Invalid;
        words[0] = words[0][1..];
        if (words[0].Length == 0) words.RemoveAt(0);
        if (words.Count == 0 || !words[^1].EndsWith(')')) return Invalid;
        words[^1] = words[^1][..^1];
        if (words[^1].Length == 0 && words.Count > 1) words.RemoveAt(words.Count - 1);
        if (words.Count == 0) return Invalid;
        if (words[0].StartsWith('$') && words[0].Length > 1)
        {
            // One variable, not a text of several: nginx looks for one of that whole name.
            if (words[0].AsSpan(1).ContainsAnyExcept(NameCharacters)) return Invalid;
            if (words.Count == 1) return new(IfTest.Truth, false, words[0], "", null, null);
            var right = words.Count > 2 ? words[2] : "";
            if (words.Count > 3) return Invalid;
            switch (words[1])
            {
                case "=":
                    return new(IfTest.Equal, false, words[0], right, null, null);
                case "!=":
                    return new(IfTest.Equal, true, words[0], right, null, null);
                case "~" or "~*" or "!~" or "!~*":
                    var pattern = Pcre.Of(right, words[1].EndsWith('*'), out var problem);
                    return new(IfTest.Pattern, words[1].StartsWith('!'), words[0], right, pattern, problem);
                default:
                    return Invalid;
            }
        }

        if (words.Count != 2) return Invalid;
        var negated = words[0].StartsWith('!');
        var test = words[0].TrimStart('!') switch
        {
            "-f" => IfTest.File,
            "-d" => IfTest.Directory,
            "-e" => IfTest.Exists,
            "-x" => IfTest.Executable,
            _ => IfTest.Invalid,
        };
        return new(test, negated, words[1], "", null, null);
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_{}");

    private static IfCondition Invalid { get; } = new(IfTest.Invalid, false, "", "", null, null);
}
