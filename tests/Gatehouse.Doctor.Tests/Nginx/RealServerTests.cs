using System.Globalization;

namespace Gatehouse.Doctor.Tests.Nginx;

/// <summary>Curated configurations, each held against the real nginx.</summary>
public class RealServerTests
{
    private static readonly (string Name, string Value)[][] HeaderSets =
    [
        [],
        [("Authorization", "Basic " + Base64("aprr:wonder"))],
        [("Authorization", "Basic " + Base64("aprr:wrong"))],
        [("Authorization", "Basic " + Base64("nobody:wonder"))],
        [("Authorization", "Bearer t0ken")],
        [("Authorization", "Basic !!!")],
        [("Authorization", "Basic " + Base64("nocolon"))],
    ];

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.Latin1.GetBytes(text));

    private static void Hold(string servers, IEnumerable<Asked> requests, double share = 0.98, string http = "", Action<string>? prepare = null)
    {
        var folder = RealNginx.NewFolder();
        NginxSite.Make(folder);
        prepare?.Invoke(folder);
        var ports = RealNginx.FreePorts(3);
        string Filled(string text)
        {
            for (var i = 0; i < ports.Length; i++) text = text.Replace($"PORT{i}", ports[i].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            return text.Replace("DIR", folder, StringComparison.Ordinal);
        }

        if (!servers.Contains("server {", StringComparison.Ordinal)) servers = $"server {{\nlisten 127.0.0.1:PORT0;\nroot DIR/site;\n{servers}\n}}";
        using var nginx = RealNginx.Running(folder, Filled(http + "\n" + servers), ports[0]);
        var agreement = new Agreement();
        foreach (var asked in requests) agreement.Hold(nginx, asked.Port is > 0 and < 3 ? asked with { Port = ports[asked.Port] } : asked, ports[0], servers);
        TestContext.Current.TestOutputHelper?.WriteLine(agreement.ToString());
        agreement.Check(share);
    }

    private static IEnumerable<Asked> Everywhere => NginxSite.Paths.Select(path => new Asked(path));

    [Fact]
    public void Files_and_directories() => Hold("index index.html;", [.. Everywhere, .. Everywhere.Select(one => one with { Method = "POST" }), .. Everywhere.Select(one => one with { Method = "HEAD" }),
        .. ((string[])["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO", "get", "PROPFIND"]).SelectMany(method => NginxSite.Paths.Take(8).Select(path => new Asked(path) { Method = method }))]);

    [Fact]
    public void Listings_and_other_indexes() => Hold("autoindex on; index nope.html index.php /a.html; location /empty/ { index x y; } location /dirindex/ { index index.html; } location /unlisted/ { index x; } location /listed/ { index x; } location /private { autoindex off; index x; } location /closed/ { index x; }", Everywhere);

    [Theory]
    [InlineData("disable_symlinks on;")]
    [InlineData("disable_symlinks if_not_owner;")]
    [InlineData("disable_symlinks on from=DIR/site;")]
    [InlineData("disable_symlinks if_not_owner from=$document_root;")]
    public void Links(string directive) => Hold(directive + " location /up/ { disable_symlinks off; }", Everywhere);

    [Theory]
    [InlineData("try_files $uri $uri/ =404;")]
    [InlineData("try_files $uri $uri/index.html /index.html;")]
    [InlineData("location / { try_files $uri @x; } location @x { return 403; }")]
    [InlineData("location / { try_files $uri $uri/ /index.html?$args; } location ~ \\.php$ { return 200 php; }")]
    [InlineData("location / { try_files /nope $uri.html =403; }")]
    [InlineData("location / { try_files /nope @gone; }")]
    [InlineData("location / { try_files $uri /nope2; }")]
    [InlineData("location /img/ { alias DIR/site/docs/; } location /x/ { alias DIR/site/; try_files $uri $uri/ =404; } location ~ ^/y/(.*)$ { alias DIR/site/$1; } location /docs/ { alias DIR/site/private; }")]
    public void Try_files_and_alias(string body) => Hold(body, [.. Everywhere, .. NginxSite.Paths.SelectMany(path => (Asked[])[new("/x" + path), new("/y" + path), new("/img" + path)])]);

    [Theory]
    [InlineData("location /private/ { deny all; }")]
    [InlineData("location /private/ { allow 127.0.0.1; deny all; } location /docs/ { deny 127.0.0.1; allow all; } location /img/ { allow 10.0.0.0/8; } location /up/ { deny 10.0.0.0/8; }")]
    [InlineData("allow 127.0.0.0/30; deny all; location /docs/ { allow 127.0.0.9; } location /private/ { allow all; location ~ \\.php$ { deny all; } }")]
    [InlineData("location = / { deny all; } location / { allow all; } location ~ /\\. { deny all; } location ^~ /private/ { deny 127.0.0.9; }")]
    [InlineData("error_page 403 /403.html; deny 127.0.0.9; location = /403.html { allow all; } location /private/ { deny all; }")]
    [InlineData("error_page 403 =404 /404.html; location /private/ { deny all; } location /docs/ { deny all; error_page 404 /a.html; }")]
    [InlineData("error_page 403 404 = @back; location @back { return 200 hello; } location /private/ { deny all; }")]
    [InlineData("error_page 403 = /login.html; error_page 404 =200 /nope.html; location /private/ { deny all; }")]
    [InlineData("error_page 403 http://example.com/; error_page 404 =301 http://example.com/; location /private/ { deny all; }")]
    [InlineData("error_page 403 @a; recursive_error_pages on; location @a { return 404; error_page 404 @b; } location @b { return 410; } location /private/ { deny all; }")]
    [InlineData("error_page 403 @a; location @a { return 404; error_page 404 @b; } location @b { return 410; } location /private/ { deny all; }")]
    [InlineData("recursive_error_pages on; error_page 403 /private/; location /private/ { deny all; }")]
    public void Addresses_and_error_pages(string body) => Hold(body, [.. Everywhere, .. Everywhere.Select(one => one with { From = "127.0.0.9" })]);

    [Theory]
    [InlineData("location /private/ { auth_basic x; auth_basic_user_file users; }")]
    [InlineData("auth_basic x; auth_basic_user_file DIR/users; location /docs/ { auth_basic off; }")]
    [InlineData("location /private/ { auth_basic x; auth_basic_user_file DIR/gone; } location /docs/ { auth_basic x; auth_basic_user_file DIR/secretusers; } location /img/ { auth_basic x; } location /up/ { auth_basic_user_file users; } location /listed/ { auth_basic x; auth_basic_user_file DIR; }")]
    [InlineData("location / { satisfy any; allow 127.0.0.1; deny all; auth_basic x; auth_basic_user_file users; } location /docs/ { satisfy all; deny 127.0.0.9; auth_basic x; auth_basic_user_file users; }")]
    [InlineData("satisfy any; location / { deny 127.0.0.9; auth_basic x; auth_basic_user_file users; } location /docs/ { allow 127.0.0.1; } location /img/ { auth_basic x; auth_basic_user_file users; }")]
    [InlineData("set $realm off; if ($arg_x) { set $realm on; } location / { auth_basic $realm; auth_basic_user_file users; }")]
    [InlineData("error_page 401 =403 /403.html; location /private/ { auth_basic x; auth_basic_user_file users; } location /docs/ { auth_basic x; auth_basic_user_file users; error_page 401 @l; } location @l { return 302 /login.html; }")]
    public void Passwords_and_satisfy(string body) => Hold(body, [.. HeaderSets.SelectMany(headers => NginxSite.Paths.Take(24).SelectMany(path => (Asked[])[new(path) { Headers = headers }, new(path) { Headers = headers, From = "127.0.0.9" }]))]);

    [Fact]
    public void Every_kind_of_hash() => Hold("auth_basic x; auth_basic_user_file users;", ((string[])["apr", "sha", "plainmark", "clear", "argon", "empty", "twice", "more", "five", "six", "one", "aprr", "#", "# comment", "comment"]).SelectMany(user =>
        ((string[])["wonder", "wrong", "", "first", "second", "line"]).Select(password => new Asked("/") { Headers = [("Authorization", "Basic " + Base64($"{user}:{password}"))] })));

    [Theory]
    [InlineData("location /private/ { auth_request /auth; } location = /auth { internal; return 204; }")]
    [InlineData("location /private/ { auth_request /auth; } location = /auth { internal; if ($cookie_sid = \"\") { return 401; } return 200; }")]
    [InlineData("location /private/ { auth_request /auth; } location = /auth { return 403; } location /docs/ { auth_request /nope; } location /img/ { auth_request /a.html; }")]
    [InlineData("location /private/ { auth_request /auth; error_page 401 =302 /login.html; } location = /auth { deny all; if ($cookie_sid != ok) { return 401; } return 200; }")]
    [InlineData("auth_request /auth; location = /auth { auth_request off; return 401; } location /docs/ { satisfy any; allow 127.0.0.1; deny all; }")]
    [InlineData("error_page 401 = @in; location /private/ { auth_request /auth; } location = /auth { return 401; } location @in { return 200 signin; }")]
    public void Auth_requests(string body) => Hold(body, [.. Everywhere, .. Everywhere.Select(one => one with { Headers = [("Cookie", "a=b; sid=ok")] }), .. Everywhere.Select(one => one with { From = "127.0.0.9" }), new("/auth")]);

    [Theory]
    [InlineData("location /private/ { limit_except GET { deny all; } }")]
    [InlineData("location /private/ { limit_except GET POST { allow 127.0.0.1; deny all; } } location /docs/ { limit_except POST { auth_basic x; auth_basic_user_file users; } }")]
    [InlineData("location /private/ { return 418; limit_except GET { allow all; } } location /docs/ { try_files /nope =410; limit_except OPTIONS { allow all; } }")]
    public void Methods(string body) => Hold(body, ((string[])["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "FOO"]).SelectMany(method => NginxSite.Paths.Take(20).Select(path => new Asked(path) { Method = method, From = method == "PUT" ? "127.0.0.9" : "127.0.0.1" })));

    [Theory]
    [InlineData("if ($http_user_agent ~* (curl|bot)) { return 403; }")]
    [InlineData("if ($request_method !~ ^(GET|HEAD)$) { return 405; } if ($host != localhost) { return 444; }")]
    [InlineData("set $x 0; if ($arg_token = good) { set $x 1; } if ($x = 0) { return 403; }")]
    [InlineData("set $t \"\"; if ($request_method = GET) { set $t A; } if ($uri ~ ^/docs) { set $t \"${t}B\"; } if ($t = AB) { return 418; }")]
    [InlineData("rewrite ^/docs/(.*)$ /private/$1 last; location /private/ { rewrite ^ /docs/ last; } location /img { rewrite ^/img/(.*) /$1 break; }")]
    [InlineData("location / { rewrite ^/a\\.html$ /docs/page.html; rewrite ^/docs/page\\.html$ /b.txt last; rewrite ^/b /index.html break; } location /docs/ { rewrite (.*) /x permanent; } location /up/ { rewrite ^ http://example.com/; }")]
    [InlineData("location / { if (-f $request_filename) { break; } rewrite ^(.*)$ /index.html?q=$1 last; } location = /index.html { if ($arg_q) { return 402; } }")]
    [InlineData("location / { if (!-e $request_filename) { rewrite ^ /index.html last; } if (-d $request_filename) { return 403; } }")]
    [InlineData("location / { if ($http_x_secret != \"s e c\") { return 401 no; } } location /docs { if ($http_x_secret) { return 201; } root DIR/site; if ($args ~ x) { return 301 /y; } return 200; deny all; }")]
    [InlineData("location / { set $a 1; if ($a) { root DIR/site/docs; } try_files /page.html =404; } location /docs/ { if ($a) { return 200; } return 203; }")]
    [InlineData("valid_referers none blocked server_names *.example.com www.good.* ~\\.pattern\\.; server_name mine.test; if ($invalid_referer) { return 403; }")]
    [InlineData("location /docs/ { valid_referers example.com/path .dot.com; if ($invalid_referer = 1) { return 403; } }")]
    [InlineData("location ~ ^/(?<dir>[a-z]+)/(.*)$ { if ($dir = docs) { return 403; } set $two $2; if ($two ~ ^in) { return 402; } return 200 $dir; }")]
    [InlineData("return 301 https://$host$request_uri; location / { deny all; }")]
    [InlineData("location / { return 403 \"text\"; error_page 403 /403.html; } location /docs/ { return 403; error_page 403 /403.html; }")]
    public void Rewriting(string body) => Hold(body, [.. Everywhere, .. NginxSite.Paths.SelectMany(path => (Asked[])[
        new(path) { Headers = [("User-Agent", "curl/8"), ("X-Secret", "s e c"), ("Referer", "http://www.example.com/x")] },
        new(path) { Host = "other.test", Method = "POST", Headers = [("Referer", "https://example.com/path/y"), ("Cookie", "sid=1")] },
        new(path) { Headers = [("Referer", "no-scheme")] }, new(path) { Headers = [("Referer", "http://www.good.org:80/")] }, new(path) { Headers = [("Referer", "http://x.pattern.y/")] }, new(path) { Headers = [("Referer", "https://dot.com")] }, new(path) { Headers = [("Referer", "http://mine.test/")] }])]);

    [Theory]
    [InlineData("location /docs { return 401; } location /docs/ { return 402; } location = /docs/page.html { return 403; } location ~ \\.html$ { return 405; } location ~* \\.HTML$ { return 406; } location ^~ /private/ { return 407; }")]
    [InlineData("location / { location /docs/ { location ~ page { return 410; } return 411; } location ~ \\.html$ { return 412; } } location ~ a\\. { return 413; }")]
    [InlineData("location ^~ /docs/ { location ~ page { return 410; } } location ~ \\.html$ { return 412; } location /private { location /private/deep { return 413; } }")]
    [InlineData("location /docs { location ~ \\.html$ { return 414; } } location ~ page { return 416; } location =/a.html{return 417;} location ~\\.txt$ {return 420;} location ^~/img/{return 421;} location ~*\\.PNG$ {return 422;}")]
    [InlineData("merge_slashes off; location /docs//page { return 410; } location //a { return 411; }")]
    [InlineData("location /docs/ { proxy_pass http://127.0.0.1:9; } location = /img/ { return 402; } location /private/ { internal; } location /up/ { fastcgi_pass 127.0.0.1:9; }")]
    [InlineData("location ~ \"^/d[a-z]++/p\" { return 402; } location ~* \"^/(?:\\xE9|PRIV)\\S*+$\" { return 403; } location ~ \"^/(?x: a \\. h )tml\" { return 405; } location ~ \"(.)\\g{1}\" { return 406; } location ~ \"\\056txt\\Z\" { return 408; }")]
    [InlineData("location ~ \"^/[[:alpha:]]+\\.html$\" { return 402; } location ~ \"^/\\w{4}/$\" { return 403; } location ~ (?i)^/PRIV { return 405; } location ~ \"^/(a|b)(?!\\.html)\" { return 406; }")]
    public void Locations(string body) => Hold(body, Everywhere, share: 0.8);

    [Fact]
    public void Servers() => Hold("""
        server { listen 127.0.0.1:PORT0; server_name first.test; return 401; }
        server { listen 127.0.0.1:PORT0; server_name *.wild.test .dot.test; return 402; }
        server { listen 127.0.0.1:PORT0; server_name www.wild.*; return 403; }
        server { listen 127.0.0.1:PORT0 default_server; server_name _; return 404; }
        server { listen 127.0.0.1:PORT0; server_name ~^(?<who>[a-z]+)\.re\.test$; if ($who = bob) { return 405; } return 406; }
        server { listen 127.0.0.1:PORT0; server_name a.b.wild.test exact.wild.test; return 409; }
        server { listen 127.0.0.1:PORT0; server_name ""; return 410; }
        server { listen 127.0.0.1:PORT1; server_name second.test; return 411; }
        server { listen *:PORT1; server_name third.test; return 412; }
        server { listen PORT2; return 444; }
        """, ((string[])["first.test", "FIRST.test", "first.test:99", "first.test.", "x.wild.test", "y.x.wild.test", "wild.test", "dot.test", "a.dot.test", "www.wild.org", "www.wild.test", "exact.wild.test", "a.b.wild.test", "bob.re.test", "al.re.test", "127.0.0.1", "second.test", "third.test", "bad host", "a..b", "[::1]:80"])
        .SelectMany(host => (Asked[])[new("/") { Host = host }, new("/") { Host = host, Port = 1 }, new("/") { Host = host, Port = 2 }, new("http://first.test/x") { Host = host }]).Append(new("/") { Host = "" }));

    [Theory]
    [InlineData("map $http_user_agent $bad { default 0; ~*bot 1; \"\" 1; curl 1; } map $http_origin $ok { default 0; \"\" 1; \"https://app.example.test\" 1; }", "if ($bad) { return 403; } if ($ok = 0) { return 402; }")]
    [InlineData("geo $allowed { default 0; 127.0.0.0/30 1; 127.0.0.9 2; } geo $arg_ip $other { ranges; default x; 10.0.0.0-10.0.0.9 y; } map $allowed$other $m { 1x a; ~^2 b; default c; }", "if ($m = a) { return 402; } if ($m = b) { return 403; } if ($other = y) { return 405; }")]
    [InlineData("map $host $h { hostnames; default d; .example.com e; *.wild.test w; mail.* m; x.example.com x; } map $uri $u { volatile; ~^/docs/(?<rest>.*) $rest; default -; }", "if ($h = e) { return 402; } if ($h = w) { return 403; } if ($h = m) { return 405; } if ($h = x) { return 406; } if ($u = page.html) { return 408; }")]
    public void Maps_and_geo(string http, string body) => Hold(body, [.. Everywhere, .. ((string[])["x.example.com", "y.example.com", "example.com", "a.wild.test", "mail.org", "localhost"]).SelectMany(host => (Asked[])[
        new("/docs/page.html") { Host = host }, new("/a.html?ip=10.0.0.5") { Host = host, From = "127.0.0.9" }, new("/?ip=127.0.0.1") { Host = host, From = "127.0.0.77", Headers = [("User-Agent", "Googlebot"), ("Origin", "https://evil.test")] },
        new("/") { Host = host, Headers = [("User-Agent", "curl"), ("Origin", "https://APP.example.test")] }, new("/") { Host = host, Headers = [("User-Agent", "x")] }])], http: http);

    [Theory]
    [InlineData("set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; real_ip_recursive on; deny 203.0.113.0/24; allow 127.0.0.0/8; allow 198.51.100.0/24; deny all;")]
    [InlineData("set_real_ip_from 127.0.0.0/8; deny 203.0.113.0/24; allow 127.0.0.1; deny all;")]
    [InlineData("location / { set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; deny 203.0.113.0/24; if ($remote_addr = 203.0.113.5) { return 410; } }")]
    [InlineData("set_real_ip_from 127.0.0.1; set_real_ip_from 198.51.100.0/24; real_ip_header X-Forwarded-For; real_ip_recursive on; deny 203.0.113.0/24;")]
    public void Real_addresses(string body) => Hold(body, ((string?[])[null, "203.0.113.5", "198.51.100.7", "203.0.113.5, 198.51.100.7", "203.0.113.5, 127.0.0.1", "junk", "203.0.113.5:8080", "[2001:db8::1]:80", "2001:db8::1", "", "198.51.100.1,203.0.113.9", " 203.0.113.5 , "]).SelectMany(value =>
        ((string[])["127.0.0.1", "127.0.0.9"]).SelectMany(from => (Asked[])[
            new("/a.html") { From = from, Headers = value is null ? [] : [("X-Forwarded-For", value)] }, new("/a.html") { From = from, Headers = value is null ? [] : [("X-Real-IP", value)] },
            new("/a.html") { From = from, Headers = value is null ? [] : [("X-Forwarded-For", value), ("X-Forwarded-For", "127.0.0.1")] }])));

    [Fact]
    public void Headers_with_underscores_are_dropped() => Hold("if ($http_api_key = k) { return 402; } if ($http_x_api_key = k) { return 403; }",
        [new("/") { Headers = [("api_key", "k")] }, new("/") { Headers = [("api-key", "k")] }, new("/") { Headers = [("X_API-Key", "k")] }, new("/") { Headers = [("x-api-key", "k")] }, new("/") { Headers = [("x.api.key", "k")] }]);

    [Fact]
    public void Signed_links()
    {
        static string Signed(string text)
        {
#pragma warning disable CA5351 // the module signs with MD5
            return Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.ASCII.GetBytes(text))).Replace('+', '-').Replace('/', '_').TrimEnd('=');
#pragma warning restore CA5351
        }

        Hold("location /dl/ { secure_link $arg_md5,$arg_expires; secure_link_md5 \"$secure_link_expires$uri lab\"; if ($secure_link = \"\") { return 403; } if ($secure_link = 0) { return 410; } } location /docs/ { secure_link $arg_md5; secure_link_md5 \"$uri$remote_addr lab\"; if ($secure_link = 1) { return 402; } }",
            [new("/dl/a.bin"), new("/dl/a.bin?md5=x&expires=1"), new($"/dl/a.bin?md5={Signed("2147483647/dl/a.bin lab")}&expires=2147483647"), new($"/dl/a.bin?md5={Signed("1000/dl/a.bin lab")}&expires=1000"), new($"/dl/b.bin?md5={Signed("1000/dl/a.bin lab")}&expires=1000"),
            new($"/dl/a.bin?md5={Signed("2147483647/dl/a.bin lab")}==&expires=2147483647"), new($"/docs/page.html?md5={Signed("/docs/page.html127.0.0.1 lab")}"), new($"/docs/page.html?md5={Signed("/docs/page.html127.0.0.1 lab")}") { From = "127.0.0.2" }, new("/docs/page.html?md5=")]);
    }
}
