using System.Net;
using System.Text.RegularExpressions;

namespace Gatehouse.Server.Tests;

/// <summary>A client with cookies that fills in the Guard's form as a browser would.</summary>
internal static partial class BrowserLike
{
    /// <summary>Signs in at the form that comes with the 401 of a page.</summary>
    public static async Task<HttpClient> SignInAsync(Uri address, string name, string password, string page = "/account/")
    {
        var browser = RunningServer.Client(cookies: new CookieContainer());
        using var ask = new HttpRequestMessage(HttpMethod.Get, new Uri(address, page));
        ask.Headers.TryAddWithoutValidation("Accept", "text/html");
        ask.Headers.TryAddWithoutValidation("Sec-Fetch-Mode", "navigate");
        using var wall = await browser.SendAsync(ask);
        Assert.Equal(HttpStatusCode.Unauthorized, wall.StatusCode);
        var form = await wall.Content.ReadAsStringAsync();
        var fields = Hidden().Matches(form).ToDictionary(match => match.Groups[1].Value, match => WebUtility.HtmlDecode(match.Groups[2].Value), StringComparer.Ordinal);
        fields["username"] = name;
        fields["password"] = password;
        using var post = new HttpRequestMessage(HttpMethod.Post, new Uri(address, Action().Match(form).Groups[1].Value)) { Content = new FormUrlEncodedContent(fields) };
        post.Headers.TryAddWithoutValidation("Origin", address.GetLeftPart(UriPartial.Authority));
        post.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        using var answer = await browser.SendAsync(post);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(page, answer.Headers.Location!.OriginalString);
        return browser;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Hidden();

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Action();
}
