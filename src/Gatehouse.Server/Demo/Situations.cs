using System.Text;

namespace Gatehouse.Server.Demo;

/// <summary>Every situation of 401 and 403 that the sample site shows. A new one is one line here, and where it needs one a rule or a file in samples/site.</summary>
internal static class Situations
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    public static IReadOnlyList<Situation> All(DemoCredentials known, DemoTokens tokens) =>
    [
        new("anybody", "GET", "/", 200, null),

        // 401: another sign-in, or a better one, would help.
        new("nobody, a program", "GET", "/account/", 401, "credentials.missing"),
        new("nobody, a browser", "GET", "/account/", 401, "credentials.missing") { Fields = [("Accept", Browser), ("Sec-Fetch-Mode", "navigate")] },
        new("an unknown user", "GET", "/account/", 401, "password.unknown-user") { Fields = [Basic("nobody", DemoFolder.Password)] },
        new("reader, wrong password", "GET", "/account/", 401, "password.wrong") { Fields = [Basic("reader", "a guess")] },
        new("locked, right password", "GET", "/account/", 401, "account.locked") { Fields = [Basic("locked", DemoFolder.Password)] },
        new("former, switched off", "GET", "/account/", 401, "account.disabled") { Fields = [Basic("former", DemoFolder.Password)] },
        new("a garbled Authorization", "GET", "/account/", 401, "credentials.malformed") { Fields = [("Authorization", "Basic %%%")] },
        new("Digest, which is not offered", "GET", "/account/", 401, "credentials.wrong-scheme") { Fields = [("Authorization", "Digest username=\"reader\", realm=\"x\", nonce=\"y\", uri=\"/account/\", response=\"00000000000000000000000000000000\"")] },
        new("a session that expired", "GET", "/account/", 401, "session.expired") { Fields = [Session(known.ExpiredSession)] },
        new("a session that was signed out", "GET", "/account/", 401, "session.revoked") { Fields = [Session(known.EndedSession)] },
        new("a session nobody knows", "GET", "/account/", 401, "session.unknown") { Fields = [Session(new string('A', 43))] },
        new("signed in two hours ago", "GET", "/settings/", 401, "authentication.too-old") { Fields = [Session(known.OldSession)] },
        new("reader, without a second factor", "GET", "/vault/", 401, "authentication.too-weak") { Fields = [Session(known.Session)] },
        new("no token", "GET", "/api/orders.json", 401, "credentials.missing"),
        new("a token that expired", "GET", "/api/orders.json", 401, "token.expired") { Fields = [Bearer(tokens.Make("orders.read", age: TimeSpan.FromHours(2)))] },
        new("a token of tomorrow", "GET", "/api/orders.json", 401, "token.not-yet-valid") { Fields = [Bearer(tokens.Make("orders.read", age: TimeSpan.FromDays(-1)))] },
        new("a token of another issuer", "GET", "/api/orders.json", 401, "token.wrong-issuer") { Fields = [Bearer(tokens.Make("orders.read", issuer: "https://login.example.net"))] },
        new("a token for another audience", "GET", "/api/orders.json", 401, "token.wrong-audience") { Fields = [Bearer(tokens.Make("orders.read", audience: "payments"))] },
        new("a token with a forged signature", "GET", "/api/orders.json", 401, "token.bad-signature") { Fields = [Bearer(tokens.Make("orders.read", forged: true))] },
        new("a token of an unknown key", "GET", "/api/orders.json", 401, "token.unknown-key") { Fields = [Bearer(tokens.Make("orders.read", kid: "last-year", forged: true))] },
        new("a token without a signature", "GET", "/api/orders.json", 401, "token.algorithm-refused") { Fields = [Bearer(tokens.Make("orders.read", algorithm: "none"))] },
        new("a token that is none", "GET", "/api/orders.json", 401, "token.malformed") { Fields = [Bearer("not-a-token")] },
        new("an unknown API key", "GET", "/api/orders.json", 401, "api-key.unknown") { Fields = [("X-API-Key", known.Key[..^4] + "AAAA")] },
        new("an API key that expired", "GET", "/api/orders.json", 401, "api-key.expired") { Fields = [("X-API-Key", known.ExpiredKey)] },

        // 403: no sign-in of this caller helps.
        new("127.0.0.66, on the refuse list", "GET", "/", 403, "ip.blocked") { From = 66 },
        new("127.0.0.66, with a right password", "GET", "/account/", 403, "ip.blocked") { From = 66, Fields = [Basic("reader", DemoFolder.Password)] },
        new("127.0.0.67, blocked by hand", "GET", "/", 403, "ip.blocked") { From = 67 },
        new("a reader in France", "GET", "/germany/", 403, "country.blocked") { From = 33 },
        new("a reader in Germany", "GET", "/germany/", 200, null) { From = 49 },
        new("from outside the office", "GET", "/office/", 403, "ip.not-allowed"),
        new("by a method that no rule allows", "GET", "/mailbox/", 403, "method.denied"),
        new("reader, without the role", "GET", "/admin/", 403, "role.missing") { Fields = [Basic("reader", DemoFolder.Password)] },
        new("editor, who has it", "GET", "/admin/", 200, null) { Fields = [Basic("editor", DemoFolder.Password)] },
        new("reader, who never subscribed", "GET", "/premium/tides.html", 403, "subscription.required") { Fields = [Basic("reader", DemoFolder.Password)] },
        new("lapsed, whose plan ended", "GET", "/premium/tides.html", 403, "subscription.required") { Fields = [Basic("lapsed", DemoFolder.Password)] },
        new("subscriber", "GET", "/premium/tides.html", 200, null) { Fields = [Basic("subscriber", DemoFolder.Password)] },
        new("a token without the scope", "POST", "/api/orders.json", 403, "scope.missing") { Fields = [Bearer(tokens.Make("orders.read"))] },
        new("a token with it", "GET", "/api/orders.json", 200, null) { Fields = [Bearer(tokens.Make("orders.read"))] },
        new("a token of two factors", "GET", "/vault/", 200, null) { Fields = [Bearer(tokens.Make("orders.read", methods: ["pwd", "otp"]))] },
        new("an API key", "GET", "/api/orders.json", 200, null) { Fields = [("X-API-Key", known.Key)] },
        new("anybody: the picture is for nobody", "GET", "/images/draft.svg", 403, "resource.denied"),
        new("anybody: no rule names it", "GET", "/unnamed", 403, "resource.denied-by-default"),
        new("anybody: a file without read permission", "GET", "/reports/2026.txt", 403, "file.not-readable"),
        new("anybody: a folder that can't be entered", "GET", "/archive/1999.txt", 403, "directory.not-searchable"),
        new("anybody: a folder without an index", "GET", "/downloads/", 403, "directory.no-index"),
        new("anybody: a link out of the site", "GET", "/downloads/hosts", 403, "symlink.refused"),
        new("anybody: a name with a dot in front", "GET", "/images/.draft", 403, "resource.denied"),
        new("reader: a draft that hides", "GET", "/drafts/", 404, "role.missing") { Fields = [Basic("reader", DemoFolder.Password)] },
        new("a form that another site posted", "POST", "/.gatehouse/sign-in", 403, "csrf.rejected") { Form = $"username=reader&password={DemoFolder.Password}", Fields = [("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site")] },
    ];

    private static (string, string) Basic(string name, string password) => ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));

    private static (string, string) Bearer(string token) => ("Authorization", "Bearer " + token);

    private static (string, string) Session(string text) => ("Cookie", $"{Guard.Sessions.SessionCookie.Name(secure: false)}={text}");
}
