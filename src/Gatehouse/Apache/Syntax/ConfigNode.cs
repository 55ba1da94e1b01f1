namespace Gatehouse.Apache.Syntax;

/// <summary>A statement with what stands inside: the nesting of a file, before anything is expanded.</summary>
/// <param name="Opens">The directive, or the tag that opens a section.</param>
/// <param name="Inside">Null: not a section.</param>
/// <param name="ClosedAt">Line of the closing tag; 0: none.</param>
public sealed record ConfigNode(Statement Opens, IReadOnlyList<ConfigNode>? Inside, int ClosedAt)
{
    /// <summary>Deeper nesting is an attack on the stack, not a configuration.</summary>
    public const int MaxDepth = 64;

    private static readonly System.Buffers.SearchValues<char> NameEnds = System.Buffers.SearchValues.Create(Words.White + ">");

    /// <summary>Nests the statements of a file. The first fault ends it, as it ends httpd's own reading.</summary>
    public static IReadOnlyList<ConfigNode> Of(ConfigText text, out ConfigFault? fault)
    {
        fault = text.Fault;
        var open = new Stack<(Statement Tag, List<ConfigNode> Inside)>();
        var here = new List<ConfigNode>();
        foreach (var statement in text.Statements)
        {
            switch (statement.Kind)
            {
                case StatementKind.Blank or StatementKind.Comment:
                    break;
                case StatementKind.Directive:
                    here.Add(new(statement, null, 0));
                    break;
                case StatementKind.Open:
                    if (open.Count >= MaxDepth)
                    {
                        fault = new(Place(text, statement), ConfigFaultKind.Syntax, $"sections nest deeper than {MaxDepth}");
                        return [];
                    }

                    open.Push((statement, here));
                    here = [];
                    break;
                case StatementKind.Close:
                    var name = NameOf(statement.Text.AsSpan(2));
                    if (open.Count == 0)
                    {
                        fault = new(Place(text, statement), ConfigFaultKind.Syntax, $"`{statement.Text}` without matching `<{name}` section");
                        return here;
                    }

                    var (tag, outer) = open.Peek();
                    var opened = NameOf(tag.Text.AsSpan(1));
                    if (!statement.Text.EndsWith('>'))
                    {
                        fault = new(Place(text, statement), ConfigFaultKind.Syntax, $"`{statement.Text}` is missing its closing `>`");
                        return here;
                    }

                    if (!name.Equals(opened, StringComparison.OrdinalIgnoreCase))
                    {
                        fault = new(Place(text, statement), ConfigFaultKind.Syntax, $"expected `</{opened}>` but saw `{statement.Text}`");
                        return here;
                    }

                    open.Pop();
                    outer.Add(new(tag, here, statement.Line));
                    here = outer;
                    break;
            }
        }

        if (open.Count > 0 && fault is null) fault = new(Place(text, open.Peek().Tag), ConfigFaultKind.Syntax, $"`{open.Peek().Tag.Text}` was not closed");
        while (open.Count > 0)
        {
            var (tag, outer) = open.Pop();
            outer.Add(new(tag, here, 0));
            here = outer;
        }

        return here;
    }

    /// <summary>The name in a tag: up to white space or <c>&gt;</c>.</summary>
    public static string NameOf(ReadOnlySpan<char> tag)
    {
        var end = tag.IndexOfAny(NameEnds);
        return (end < 0 ? tag : tag[..end]).ToString();
    }

    internal static Place Place(ConfigText text, Statement statement) => new(text.Path, statement.Line, statement.Column);
}
