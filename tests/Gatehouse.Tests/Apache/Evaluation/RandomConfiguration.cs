using System.Text;

namespace Gatehouse.Tests.Apache.Evaluation;

/// <summary>Configurations and rules files made at random from the directives that decide access; the same seed makes the same.</summary>
internal sealed class RandomConfiguration(int seed)
{
    private readonly Random random = new(seed);

    private static readonly string[] Requires =
    [
        "all granted", "all denied", "valid-user", "user alice", "user bob carol", "group admins", "group users", "ip 127.0.0.1", "ip 10.0.0.0/8", "ip 127", "local", "method GET", "method POST PUT", "env GOOD", "env BAD",
        "expr \"%{REQUEST_METHOD} == 'GET'\"", "expr \"%{REQUEST_URI} =~ /sub/\"", "expr \"%{REMOTE_USER} == 'alice'\"",
    ];

    private static readonly string[] Folders = ["", "/sub", "/sub/deep", "/empty", "/private", "/*/deep"];

    private static readonly string[] Locations = ["/", "/sub", "/sub/", "/a.txt", "/private", "/sub/*/a.txt", "~ \"^/sub/[a-d]\"", "/index.html"];

    private static readonly string[] Names = ["*.bak", "a.txt", "~ \"\\.(html|bak)$\"", "index.html", "?.txt"];

    /// <summary>The server's part.</summary>
    public string Server()
    {
        var text = new StringBuilder("SetEnvIf X-Good 1 GOOD\nSetEnvIf User-Agent bad BAD\n");
        if (One(4)) text.Append("RewriteEngine On\nRewriteRule ^/old/ - [F]\nRewriteRule ^/gone$ /a.txt [PT]\n");
        text.Append("<Directory @FOLDER@/www>\nRequire all granted\nAllowOverride ").Append(Pick("All", "All", "None", "AuthConfig", "AuthConfig Limit", "Limit FileInfo Indexes Options")).Append("\nOptions ")
            .Append(Pick("FollowSymLinks", "Indexes FollowSymLinks", "None", "SymLinksIfOwnerMatch Indexes")).Append('\n');
        if (One(2)) Login(text);
        Rules(text, 0);
        text.Append("</Directory>\n");
        for (var i = random.Next(3); i > 0; i--) Section(text, "Directory", "@FOLDER@/www" + Pick(Folders));
        for (var i = random.Next(3); i > 0; i--) Section(text, "Location", Pick(Locations));
        for (var i = random.Next(2); i > 0; i--) Section(text, "Files", Pick(Names));
        return text.ToString();
    }

    /// <summary>An .htaccess file.</summary>
    public string RulesFile()
    {
        var text = new StringBuilder();
        if (One(2)) Login(text);
        Rules(text, 0);
        if (One(3))
        {
            text.Append("<Files ").Append(Pick(Names)).Append(">\n");
            Rules(text, 1);
            text.Append("</Files>\n");
        }

        if (One(6)) text.Append("Options ").Append(Pick("+Indexes", "-Indexes", "-FollowSymLinks", "+SymLinksIfOwnerMatch -FollowSymLinks")).Append('\n');
        if (One(6)) text.Append(Pick("RewriteEngine On\nRewriteRule \\.bak$ - [F]\n", "RewriteEngine On\nRewriteRule ^b\\.html$ a.txt [L]\n", "Redirect 410 /gone\n", "RedirectMatch 403 \\.bak$\n", "DirectoryIndex a.txt\n", "Requre all granted\n"));
        return text.ToString();
    }

    private void Section(StringBuilder text, string kind, string argument)
    {
        text.Append('<').Append(kind).Append(' ').Append(argument).Append(">\n");
        if (One(3)) Login(text);
        Rules(text, 1);
        text.Append("</").Append(kind).Append(">\n");
    }

    private static void Login(StringBuilder text) => text.Append("AuthType Basic\nAuthName x\nAuthUserFile @FOLDER@/users\nAuthGroupFile @FOLDER@/groups\n");

    private void Rules(StringBuilder text, int depth)
    {
        for (var i = random.Next(3); i > 0; i--) text.Append("Require ").Append(Pick(Requires)).Append('\n');
        if (One(3)) Container(text, depth);
        if (One(5)) text.Append("AuthMerging ").Append(Pick("Off", "And", "Or")).Append('\n');
        if (One(8)) text.Append("AuthzSendForbiddenOnFailure ").Append(Pick("On", "Off")).Append('\n');
        if (One(4)) text.Append("Order ").Append(Pick("allow,deny", "deny,allow", "mutual-failure")).Append('\n');
        if (One(5)) text.Append(Pick("Allow", "Deny")).Append(" from ").Append(Pick("all", "127.0.0.1", "10.0.0.0/8", "env=GOOD", "env=BAD", "127")).Append('\n');
        if (One(6)) text.Append("Satisfy ").Append(Pick("any", "all")).Append('\n');
        if (One(8)) text.Append(Pick("<Limit GET>", "<Limit POST PUT>")).Append("\nRequire ").Append(Pick(Requires)).Append("\n</Limit>\n");
        if (One(8)) text.Append("<LimitExcept GET>\nRequire ").Append(Pick(Requires)).Append("\n</LimitExcept>\n");
        if (depth == 0 && One(8)) text.Append("<If \"%{QUERY_STRING} == 'no'\">\nRequire all denied\n</If>\n");
    }

    private void Container(StringBuilder text, int depth)
    {
        var all = One(2);
        text.Append(all ? "<RequireAll>\n" : "<RequireAny>\n");
        text.Append("Require ").Append(Pick(Requires)).Append('\n');
        for (var i = random.Next(3); i > 0; i--) text.Append(all && One(3) ? "Require not " : "Require ").Append(Pick(Requires)).Append('\n');
        if (depth < 2 && One(3)) Container(text, depth + 1);
        if (all && One(4)) text.Append("<RequireNone>\nRequire ").Append(Pick(Requires)).Append("\n</RequireNone>\n");
        text.Append(all ? "</RequireAll>\n" : "</RequireAny>\n");
    }

    /// <summary>A request.</summary>
    public Probe Request()
    {
        var fields = new List<string>();
        if (One(2)) fields.Add(HttpdAgreement.Basic(Pick("alice:wonder", "bob:builder", "alice:no", "nobody:x", "carol:x")));
        if (One(3)) fields.Add("X-Good: 1");
        if (One(5)) fields.Add("User-Agent: bad");
        return new(Pick("GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS"), Pick("/", "/index.html", "/a.txt", "/sub", "/sub/", "/sub/a.txt", "/sub/b.html", "/sub/x.bak", "/sub/deep/a.txt", "/sub/deep/", "/empty/", "/private/a.txt", "/missing", "/link.txt", "/linkdir/a.txt", "/a.bak", "/gone", "/old/x") + (One(8) ? "?no" : ""), [.. fields]);
    }

    private bool One(int of) => random.Next(of) == 0;

    private string Pick(params string[] from) => from[random.Next(from.Length)];
}
