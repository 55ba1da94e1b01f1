using System.Globalization;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Gatehouse.Doctor.Http;

/// <summary>One text of a body with the place where it stands.</summary>
/// <param name="Name">The JSON member or XML element, with its parents (<c>error.code</c>); <c>title</c>, <c>h1</c> ... of HTML; empty: plain text.</param>
/// <param name="Text">Whitespace run together, as people read it.</param>
public readonly record struct NamedText(string Name, string Text)
{
    /// <summary>The last part of the name.</summary>
    public string LastName => Name[(Name.LastIndexOf('.') + 1)..];
}

/// <summary>A form of an HTML page.</summary>
/// <param name="Action">As written; empty: the page itself.</param>
/// <param name="HasPassword">Whether it has a password field.</param>
/// <param name="Fields">Names of its fields.</param>
public sealed record PageForm(string Action, bool HasPassword, IReadOnlyList<string> Fields);

/// <summary>A body taken apart: what kind it is and which texts stand where. Never throws, whatever came.</summary>
public sealed class AnswerContent
{
    /// <summary>Longest body taken apart, in characters: a refusal is short, and a page of megabytes would cost a document tree of many times its size.</summary>
    public const int MaximumLength = 262_144;

    /// <summary>Most texts kept: a page of a million paragraphs.</summary>
    public const int MaximumTexts = 400;

    /// <summary>Deepest JSON that is read: deeper text would overflow a recursive reader.</summary>
    public const int MaximumDepth = 24;

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "P", "DIV", "TD", "TH", "LI", "DT", "DD", "PRE", "BR", "HR", "SECTION", "ARTICLE", "MAIN", "HEADER", "FOOTER", "FORM", "LABEL", "BUTTON", "A", "ADDRESS", "TABLE", "TR", "UL", "OL", "CENTER",
        "H1", "H2", "H3", "H4", "H5", "H6", "BODY", "FIELDSET", "OPTION",
    };

    private readonly List<NamedText> _texts = [];
    private readonly List<PageForm> _forms = [];

    private AnswerContent()
    {
    }

    /// <summary>Nothing but white space.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Whether it was read as HTML.</summary>
    public bool IsHtml { get; private set; }

    /// <summary>Whether it was read as JSON.</summary>
    public bool IsJson { get; private set; }

    /// <summary>Whether it was read as XML.</summary>
    public bool IsXml { get; private set; }

    /// <summary>The page's title; empty: none.</summary>
    public string Title { get; private set; } = "";

    /// <summary>All texts, in order.</summary>
    public IReadOnlyList<NamedText> Texts => _texts;

    /// <summary>The page's forms.</summary>
    public IReadOnlyList<PageForm> Forms => _forms;

    /// <summary>The first text of that name (the whole name, or its last part), without regard to case; null: none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var text in _texts)
            {
                if (text.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || text.LastName.Equals(name, StringComparison.OrdinalIgnoreCase)) return text.Text;
            }

            return null;
        }
    }

    /// <summary>Takes an answer's body apart, by what it is rather than by what its Content-Type says.</summary>
    public static AnswerContent Of(ReceivedAnswer answer)
    {
        var content = new AnswerContent();
        var text = answer.Text.Length > MaximumLength ? answer.Text[..MaximumLength] : answer.Text;
        var start = text.AsSpan().TrimStart();
        content.IsEmpty = start.IsEmpty;
        if (start.IsEmpty) return content;
        if (start[0] is '{' or '[' && content.ReadJson(text)) return content;
        var isMarkup = start[0] == '<' || (answer.Value("Content-Type")?.Contains("html", StringComparison.OrdinalIgnoreCase) ?? false);
        if (isMarkup && IsXmlDocument(start, answer.Value("Content-Type")))
        {
            content.ReadXml(text);
            return content;
        }

        if (isMarkup) content.ReadHtml(text);
        else content.ReadLines(text);
        return content;
    }

    private static bool IsXmlDocument(ReadOnlySpan<char> start, string? type)
    {
        if (start.StartsWith("<?xml", StringComparison.Ordinal)) return start.Length < 6 || start[..Math.Min(start.Length, 400)].IndexOf("html", StringComparison.OrdinalIgnoreCase) < 0;
        return type is not null && type.Contains("xml", StringComparison.OrdinalIgnoreCase) && !type.Contains("html", StringComparison.OrdinalIgnoreCase);
    }

    private bool ReadJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaximumDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            Add(document.RootElement, "");
            return IsJson = true;
        }
        catch (JsonException)
        {
            // The runtime's reader has no other way to say that a text is not JSON.
            _texts.Clear();
            return false;
        }
    }

    private void Add(JsonElement element, string name)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (TryName(member, out var own)) Add(member.Value, name.Length == 0 ? own : name + "." + own);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Add(item, name);
                break;
            case JsonValueKind.String:
                if (TryText(element, out var text)) Keep(name, text);
                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                Keep(name, element.GetRawText());
                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            default:
                break;
        }
    }

    private static bool TryName(JsonProperty member, out string name)
    {
        try
        {
            name = member.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate.
            name = "";
            return false;
        }
    }

    private static bool TryText(JsonElement element, out string text)
    {
        try
        {
            text = element.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate.
            text = "";
            return false;
        }
    }

    /// <summary>Leaf elements with their text: error documents of object stores are no deeper than that.</summary>
    private void ReadXml(string text)
    {
        IsXml = true;
        var at = 0;
        while (at < text.Length && _texts.Count < MaximumTexts)
        {
            var open = text.IndexOf('<', at);
            if (open < 0) return;
            var close = text.IndexOf('>', open + 1);
            if (close < 0) return;
            at = close + 1;
            var tag = text.AsSpan(open + 1, close - open - 1);
            if (tag.Length == 0 || tag[0] is '/' or '?' or '!' || tag[^1] == '/') continue;
            var end = tag.IndexOfAny(" \t\r\n");
            var name = end < 0 ? tag : tag[..end];
            var next = text.IndexOf('<', at);
            if (next < 0 || next == at || !text.AsSpan(next).StartsWith("</", StringComparison.Ordinal)) continue;
            if (name.IndexOf(':') is >= 0 and var colon) name = name[(colon + 1)..];
            Keep(name.ToString(), System.Net.WebUtility.HtmlDecode(text[at..next]));
            at = next;
        }
    }

    private void ReadHtml(string text)
    {
        IsHtml = true;
        using var document = new HtmlParser().ParseDocument(text);
        Title = OneLine(document.Title ?? "");
        if (Title.Length > 0) Keep("title", Title);
        foreach (var form in document.Forms)
        {
            var fields = form.QuerySelectorAll("input, select, textarea, button").Select(field => field.GetAttribute("name") ?? "").Where(name => name.Length > 0).ToArray();
            var hasPassword = form.QuerySelectorAll("input").Any(field => "password".Equals(field.GetAttribute("type"), StringComparison.OrdinalIgnoreCase));
            _forms.Add(new(form.GetAttribute("action") ?? "", hasPassword, fields));
        }

        if (document.Body is { } body) ReadBlocks(body);
    }

    /// <summary>The text between block tags, one piece each; an iterative walk, so that depth costs nothing.</summary>
    private void ReadBlocks(IElement body)
    {
        var piece = new System.Text.StringBuilder();
        var name = "";
        for (INode? node = body.FirstChild; node is not null && _texts.Count < MaximumTexts; node = Next(node, body, piece, ref name))
        {
            if (node is IText text) piece.Append(text.Data);
            else if (node is IElement element && Blocks.Contains(element.TagName)) Flush(piece, ref name, element.LocalName);
        }

        Flush(piece, ref name, "");
    }

    private INode? Next(INode node, IElement root, System.Text.StringBuilder piece, ref string name)
    {
        var isSkipped = node is IHtmlScriptElement or IHtmlStyleElement || node is IElement { LocalName: "noscript" or "template" or "svg" };
        if (!isSkipped && node.FirstChild is { } child) return child;
        INode? at = node;
        while (at is not null && !ReferenceEquals(at, root))
        {
            if (at is IElement element && Blocks.Contains(element.TagName)) Flush(piece, ref name, "");
            if (at.NextSibling is { } sibling) return sibling;
            at = at.Parent;
        }

        return null;
    }

    private void Flush(System.Text.StringBuilder piece, ref string name, string next)
    {
        if (piece.Length > 0) Keep(name, piece.ToString());
        piece.Clear();
        name = next;
    }

    private void ReadLines(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (_texts.Count >= MaximumTexts) return;
            Keep("", line.ToString());
        }
    }

    private void Keep(string name, string text)
    {
        var line = OneLine(text);
        if (line.Length > 0 && _texts.Count < MaximumTexts) _texts.Add(new(name, line));
    }

    private static string OneLine(string text)
    {
        var line = new System.Text.StringBuilder(Math.Min(text.Length, 512));
        foreach (var c in text)
        {
            var isBlank = char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Control;
            if (!isBlank) line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }

        if (line.Length > 0 && line[^1] == ' ') line.Length--;
        return line.ToString();
    }
}
