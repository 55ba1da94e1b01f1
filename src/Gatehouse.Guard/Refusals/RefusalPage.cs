using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Gatehouse.Causes;
using Gatehouse.Guard.Pipeline;

namespace Gatehouse.Guard.Refusals;

/// <summary>The page that people see: no script, nothing loaded from elsewhere, light and dark, and the form with the 401.</summary>
internal static class RefusalPage
{
    private const string Style = """
        :root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--ink:#1b1f24;--quiet:#57606a;--line:#d0d7de;--act:#0b5cad;--act-ink:#fff;--bad:#a4161a}
        @media(prefers-color-scheme:dark){:root{--ground:#0f1318;--card:#171c23;--ink:#e8ecf1;--quiet:#9aa5b1;--line:#303843;--act:#6cb2ff;--act-ink:#06121f;--bad:#ff8f8f}}
        *{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
        main{width:100%;max-width:34rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:2rem}
        .status{margin:0;color:var(--quiet);font-size:.9rem}h1{margin:.2rem 0 1rem;font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}h2{margin:1.5rem 0 .3rem;font-size:1rem}p{margin:0 0 1rem;overflow-wrap:anywhere}
        form{margin:1.5rem 0}label{display:block;margin:0 0 1rem;font-weight:600}input{display:block;width:100%;margin-top:.3rem;padding:.6rem .7rem;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--quiet);border-radius:.4rem}
        button{padding:.65rem 1.4rem;font:inherit;font-weight:600;color:var(--act-ink);background:var(--act);border:0;border-radius:.4rem;cursor:pointer}:focus-visible{outline:3px solid var(--act);outline-offset:2px}
        .problem{color:var(--bad);font-weight:600}footer{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.85rem}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
        """;

    /// <summary>Lets the page have its own style and its own form and nothing else; no frame may hold it.</summary>
    public static readonly string ContentSecurityPolicy = $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Writes the page.</summary>
    /// <param name="words">What to say.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="incident">The incident's id, or what stands for it in a prepared body.</param>
    /// <param name="form">The sign-in form; null: none.</param>
    /// <param name="fullText">What the level <c>full</c> adds, one item a line; null: nothing.</param>
    public static string Write(Words words, int status, string incident, SignInForm? form, string? fullText)
    {
        var page = Begin(words.Title).Append("<p class=\"status\">").Append(status).Append("</p>\n<h1>");
        Text(page, words.Title).Append("</h1>\n<p>");
        Text(page, words.Detail).Append("</p>\n<p>");
        Text(page, words.Remedy).Append("</p>\n");
        if (form is not null) Form(page, form);
        if (fullText is not null) Text(page.Append("<details open>\n<summary>For development</summary>\n<pre><code>"), fullText).Append("</code></pre>\n</details>\n");
        return page.Append("<footer>Incident <code>").Append(incident).Append("</code></footer>\n</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>The page of a cause, to which `type` of problem+json leads: what the catalogue says, nothing of the site.</summary>
    public static string Write(Cause cause)
    {
        var page = Begin(cause.Title).Append("<p class=\"status\">").Append(cause.Status).Append(" <code>").Append(cause.Id).Append("</code></p>\n<h1>");
        Text(page, cause.Title).Append("</h1>\n");
        foreach (var (heading, text) in new[] { (null, cause.Meaning), ("How to confirm it", cause.Confirm), ("If you are a visitor", cause.Visitor), ("If you write the program that asks", cause.Developer), ("If you run the server", cause.Owner), ("Specification", cause.Specification) })
        {
            if (text.Length == 0) continue;
            if (heading is not null) page.Append("<h2>").Append(heading).Append("</h2>\n");
            Text(page.Append("<p>"), text).Append("</p>\n");
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static StringBuilder Begin(string title)
    {
        var page = new StringBuilder(4096);
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n<title>");
        return Text(page, title).Append("</title>\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n<main>\n");
    }

    private static void Form(StringBuilder page, SignInForm form)
    {
        Text(page.Append("<form method=\"post\" action=\""), form.Action).Append("\" aria-label=\"Sign in\">\n");
        if (form.Problem is { } problem) Text(page.Append("<p class=\"problem\" role=\"alert\">"), problem).Append("</p>\n");
        page.Append("<label>User name <input name=\"").Append(SignInForm.NameField).Append("\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" required autofocus></label>\n");
        page.Append("<label>Password <input type=\"password\" name=\"").Append(SignInForm.PasswordField).Append("\" autocomplete=\"current-password\" required></label>\n");
        Hidden(page, SignInForm.ReturnField, form.ReturnTo);
        Hidden(page, form.AntiforgeryField, form.AntiforgeryToken);
        page.Append("<button>Sign in</button>\n</form>\n");
    }

    private static void Hidden(StringBuilder page, string name, string value)
    {
        Text(page.Append("<input type=\"hidden\" name=\""), name).Append("\" value=\"");
        Text(page, value).Append("\">\n");
    }

    private static StringBuilder Text(StringBuilder page, string text) => page.Append(HtmlEncoder.Default.Encode(text));
}
