using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Tests.Nginx;

/// <summary>Servers made at random from directives that decide access, in nestings and orders that nobody writes by hand.</summary>
internal sealed class RandomServers(Random random)
{
    private static readonly string[] Prefixes = ["/", "/docs", "/docs/", "/private/", "/private", "/img/", "/a.html", "/empty/", "/docs/page.html", "/shop/", "/closed/", "/up/"];
    private static readonly string[] Patterns = [@"\.html$", @"\.php$", @"^/docs/", @"/\.", @"^/(private|img)/", @"\.(pdf|png|txt)$", @"^/[a-z]+/$", @"page|plan", @"^/(?<seg>[a-z]+)/(.*)$", @"^/private/.*\.html$"];
    private static readonly string[] Nets = ["127.0.0.1", "127.0.0.9", "127.0.0.0/8", "127.0.0.0/30", "10.0.0.0/8", "all", "::1", "127.0.0.8/29", "2001:db8::/32"];
    private static readonly string[] Statuses = ["400", "401", "403", "404", "405", "410", "418", "200", "204", "301 /moved", "302 /a.html", "444", "403 text", "200 ok", "503", "429"];
    private static readonly string[] Conditions =
    [
        "$http_user_agent ~* bot", "$request_method = POST", "$request_method !~ ^(GET|HEAD)$", "$arg_token != good", "$arg_token", "$http_x_key = \"\"", "$remote_addr = 127.0.0.9", "$cookie_sid", "-f $request_filename", "!-e $request_filename",
        "-d $request_filename", "$uri ~ ^/docs", "$uri ~* \\.HTML$", "$bad", "$listed = no", "$host != localhost", "$scheme = http", "$args ~ x=(.*)", "$flag", "$http_referer ~ evil", "$invalid_referer", "$seg = docs", "$mapped = A", "$request_uri ~ //", "$x = a",
    ];

    private static readonly string[] Targets = ["/docs/", "/a.html", "/private/index.html", "/index.html", "/nothing", "/img/a.png", "/docs/page.html?z=1", "/$1", "/docs/$1", "$uri/index.html", "/empty/"];

    public const string Http = """
        map $http_user_agent $bad { default 0; ~*scan 1; curl 1; "" 0; }
        map $uri $mapped { default -; ~^/docs A; /a.html B; ~\.txt$ A; }
        map $uri $unused { ~^/(?<seg>[a-z]+)/never x; }
        geo $listed { default no; 127.0.0.0/29 yes; 127.0.0.9 no; }
        """;

    /// <summary>The inside of a server block.</summary>
    public string Next()
    {
        var text = new StringBuilder();
        text.AppendLine("root DIR/site;");
        text.AppendLine("set $flag 0; set $x a; set $y c;");
        if (Chance(3)) text.AppendLine("valid_referers none blocked *.example.com ~good;");
        for (var i = random.Next(4); i > 0; i--) Shared(text, server: true);
        if (Chance(5)) Rewriting(text, server: true);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 1 + random.Next(6); i > 0; i--) Location(text, names, depth: 0, "");
        if (Chance(2)) text.AppendLine("location @back { " + One("return 200 back;", "try_files /a.html =404;", "return 403;", "rewrite ^ /docs/ last;", "deny all;", "root DIR/site; index index.html;") + " }");
        else text.AppendLine("location @back { return 410; }");
        text.AppendLine("location = /authok { internal; return 204; }\nlocation = /authno { return " + One("401", "403", "404", "302 /x", "500") + "; }\nlocation = /authif { if ($cookie_sid = \"\") { return 401; } return 200; }");
        return text.ToString();
    }

    /// <summary>A request to it.</summary>
    public Asked Request()
    {
        var headers = new List<(string, string)>();
        if (Chance(3)) headers.Add(("User-Agent", One("curl", "Googlebot/2", "scanner", "Mozilla")));
        if (Chance(3)) headers.Add(("Authorization", "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(One("plainmark:wonder", "plainmark:no", "nobody:x", "sha:wonder", "clear:wonder")))));
        if (Chance(4)) headers.Add(("Cookie", One("sid=1", "a=b; sid=", "b=c")));
        if (Chance(4)) headers.Add(("Referer", One("http://www.example.com/", "http://evil.test/", "https://good.test/x", "nonsense")));
        if (Chance(5)) headers.Add(("X-Key", "k"));
        if (Chance(5)) headers.Add(("X-Forwarded-For", One("203.0.113.5", "127.0.0.9", "127.0.0.9, 127.0.0.1", "junk")));
        var path = NginxSite.Paths[random.Next(NginxSite.Paths.Length)];
        if (!path.Contains('?', StringComparison.Ordinal) && Chance(4)) path += One("?token=good", "?token=bad", "?x=1", "?x=y&token=good");
        return new Asked(path)
        {
            Method = Chance(4) ? One("POST", "HEAD", "OPTIONS", "PUT", "DELETE", "FOO") : "GET",
            From = One("127.0.0.1", "127.0.0.1", "127.0.0.9", "127.0.0.77"),
            Host = Chance(8) ? One("other.test", "LOCALHOST:80", "127.0.0.1") : "localhost",
            Headers = headers,
        };
    }

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private string One(params string[] choices) => choices[random.Next(choices.Length)];

    private void Location(StringBuilder text, HashSet<string> names, int depth, string parent)
    {
        var (modifier, name) = random.Next(6) switch
        {
            0 => ("= ", One(Prefixes)),
            1 => ("^~ ", One(Prefixes)),
            2 => ("~ ", One(Patterns)),
            3 => ("~* ", One(Patterns)),
            _ => ("", One(Prefixes)),
        };
        // nginx wants nested prefixes below their parent, and names once a level.
        if (modifier is "" or "^~ " or "= ")
        {
            if (!name.StartsWith(parent, StringComparison.Ordinal)) name = parent;
            if (!names.Add((modifier == "= " ? "=" : "") + name)) return;
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"location {modifier}\"{name.Replace("\\", "\\\\", StringComparison.Ordinal)}\" {{");
        var exact = modifier == "= ";
        for (var i = random.Next(4); i > 0; i--) Shared(text, server: false);
        for (var i = random.Next(3); i > 0; i--) Rewriting(text, server: false);
        if (Chance(5)) text.AppendLine(One("try_files $uri $uri/ =404;", "try_files $uri /index.html;", "try_files $uri @back;", "try_files /none =403;", "try_files $uri.html $uri/page.html @back;"));
        if (Chance(7)) text.AppendLine("limit_except " + One("GET", "GET POST", "PUT", "OPTIONS") + " { " + One("deny all;", "allow 127.0.0.1; deny all;", "auth_basic x; auth_basic_user_file DIR/users;") + " }");
        if (Chance(14)) text.AppendLine("internal;");
        if (Chance(10) && !modifier.StartsWith('~')) text.AppendLine("alias DIR/site/" + One("docs/", "private/", "", "a.html") + ";");
        else if (Chance(10)) text.AppendLine("root DIR/site/" + One("docs", "private", "") + ";");
        if (depth < 2 && !exact && Chance(4))
        {
            var inner = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 1 + random.Next(2); i > 0; i--) Location(text, inner, depth + 1, modifier.StartsWith('~') ? "\0" : name);
        }

        text.AppendLine("}");
    }

    private void Shared(StringBuilder text, bool server)
    {
        switch (random.Next(13))
        {
            case 0 or 1 or 2:
                for (var i = 1 + random.Next(3); i > 0; i--) text.AppendLine(One("allow ", "deny ") + One(Nets) + ";");
                break;
            case 3:
                if (Once(text, "auth_basic ")) text.AppendLine("auth_basic " + One("x", "x", "off") + ";");
                if (Chance(4) || !Once(text, "auth_basic_user_file")) break;
                text.AppendLine("auth_basic_user_file " + One("DIR/users", "DIR/users", "users", "DIR/gone", "DIR/secretusers") + ";");
                break;
            case 4:
                if (Once(text, "satisfy ")) text.AppendLine("satisfy " + One("any", "all") + ";");
                break;
            case 5 or 6:
                text.AppendLine("error_page " + One("403", "404", "401 403", "405", "403 404 405") + " " + One("", "=200 ", "=404 ", "= ", "=403 ", "") + One("/403.html", "/404.html", "@back", "/login.html", "/private/", "http://example.com/", "/nope") + ";");
                break;
            case 7:
                if (Once(text, "index ")) text.AppendLine("index " + One("index.html", "nope.html index.php", "page.html index.html", "x /a.html") + ";");
                break;
            case 8:
                if (Once(text, "autoindex ")) text.AppendLine("autoindex " + One("on", "off") + ";");
                break;
            case 9:
                if (Once(text, "disable_symlinks ")) text.AppendLine("disable_symlinks " + One("on", "off", "if_not_owner", "on from=$document_root") + ";");
                break;
            case 10:
                if (!server && Once(text, "auth_request ")) text.AppendLine("auth_request " + One("/authok", "/authno", "/authif", "off", "/a.html", "/nothing") + ";");
                break;
            case 11:
                if (Once(text, "recursive_error_pages ")) text.AppendLine("recursive_error_pages " + One("on", "off") + ";");
                break;
            case 12:
                if (!Once(text, "real_ip_header ")) break;
                text.AppendLine("set_real_ip_from 127.0.0." + One("1", "0/30") + "; real_ip_header X-Forwarded-For;" + One("", " real_ip_recursive on;"));
                break;
        }
    }

    /// <summary>Whether the block that is being written has no such directive yet.</summary>
    private static bool Once(StringBuilder text, string directive)
    {
        var all = text.ToString();
        var depth = 0;
        var start = all.Length - 1;
        for (; start >= 0; start--)
        {
            if (all[start] == '}') depth++;
            else if (all[start] == '{' && --depth < 0) break;
        }

        // Nested blocks may be met here, too: then one directive less is made.
        return !all[(start + 1)..].Contains("\n" + directive, StringComparison.Ordinal) && !all[(start + 1)..].Contains("; " + directive, StringComparison.Ordinal);
    }

    private void Rewriting(StringBuilder text, bool server)
    {
        switch (random.Next(7))
        {
            case 0:
                text.AppendLine($"if ({One(Conditions)}) {{ {Inside(server)} }}");
                break;
            case 1:
                text.AppendLine($"if ({One(Conditions)}) {{ set $flag 1; }} if ($flag{One("", " = 1", " != 0")}) {{ {Inside(server)} }}");
                break;
            case 2:
                text.AppendLine($"rewrite {One("^/docs/(.*)$", "^/(.*)\\.html$", "^/a", "(.*)", "^/private(.*)", "^/nomatch")} {One(Targets)}{(Chance(5) ? "?" : "")}{One("", " last", " break", " redirect", " permanent", " last")};");
                break;
            case 3:
                text.AppendLine("set $" + One("x", "y", "flag") + " " + One("a", "b", "1", "$arg_token", "\"${x}$y\"") + ";");
                break;
            case 4:
                text.AppendLine("break;");
                break;
            case 5 when !server || Chance(6):
                text.AppendLine("return " + One(Statuses) + ";");
                break;
            default:
                text.AppendLine($"if ({One(Conditions)}) {{ {Inside(server)} }}");
                break;
        }
    }

    private string Inside(bool server) => random.Next(server ? 5 : 7) switch
    {
        0 or 1 or 2 => $"return {One(Statuses)};",
        3 => $"rewrite {One("^(.*)$", "^/docs/(.*)")} {One(Targets)} {One("last", "break")};",
        4 => "break;",
        5 => "root DIR/site/docs;",
        _ => "error_page 403 404 /a.html;",
    };
}
