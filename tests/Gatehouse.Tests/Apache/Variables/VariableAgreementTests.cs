using System.Globalization;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Variables;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Tests.Apache.Variables;

/// <summary>SetEnvIf and its kin and SetEnv, in .htaccess files, asked of the real httpd and evaluated here.</summary>
public sealed class VariableAgreementTests
{
    private static readonly string[] Files =
    [
        "SetEnvIf User-Agent ^prob(.*)$ V=$1", "SetEnvIf User-Agent Probe V", "SetEnvIfNoCase User-Agent Probe V", "BrowserMatch probe V W=2 !X", "BrowserMatchNoCase PROBE V=x$0y", "BrowserMatch pr.be V=x$0y", "SetEnvIf X-None ^$ V=empty",
        "SetEnvIf X-None .+ V", "SetEnvIf Remote_Addr ^127\\. V=local", "SetEnvIf Remote_Host 127.0.0.1 V", "SetEnvIf Request_URI ^/[0-9]+/f$ V=uri", "SetEnvIf Request_Method GET V", "SetEnvIf Request_Protocol HTTP/1\\.1 V=$0", "SetEnvIf Server_Addr ^127 V",
        "SetEnvIf Host lab.test V", "SetEnvIf ^X-T.* (.)$ V=$1", "SetEnvIf X.Two a V", "SetEnvIf Host . V=1\nSetEnvIf V 1 W=chained", "SetEnvIf V ^$ V=1\nSetEnvIf V 1 W=cached", "SetEnvIf V ^$ V=1\nSetEnvIf Host . X\nSetEnvIf V 1 W=seen", "SetEnvIf Host . V=1 W=1\nSetEnvIf Host lab !V",
        "SetEnvIf Host . V=!x", "SetEnvIf Host . V=", "SetEnvIf Host . V=a=b", "SetEnvIf Host (a)(z)? V=[$1$2$3]", "SetEnvIf Host \\. V=$0", "SetEnvIf Host lab\\.test V=\\$0", "SetEnvIf Host . v=lower", "SetEnvIfExpr \"%{REQUEST_URI} =~ m#^/([0-9]+)/f#\" V=$1",
        "SetEnvIfExpr \"req('X-Two') == 'a, b'\" V=two", "SetEnvIfExpr false V", "SetEnvIfExpr \"-T 'on'\" V=$0", "SetEnv V plain", "SetEnv V", "SetEnv V a\nSetEnvIf Host . V=b", "SetEnvIf V ^$ W=early\nSetEnv V a", "SetEnv V a\nUnsetEnv V", "PassEnv PATH\nSetEnv V x", "UnsetEnv V\nSetEnv V b", "SetEnv \"V\" \"a b\"",
        "SetEnvIf Host", "SetEnvIf Host .", "SetEnvIf", "SetEnvIf Host (a V", "SetEnvIfExpr \"a\" V", "SetEnvIfExpr \"-f '/x'\" V", "SetEnvIf X-Two ^a,\\sb$ V=joined", "SetEnvIf OID(\"2.1\") . V", "SetEnvIf Request_URI \"f\" \"V=a b\"", "SetEnvIf User-Agent \"^$\" V", "SetEnvIf Referer ^http://([^/]+)/ V=$1",
    ];

    [Fact]
    public async Task Variables_are_set_as_in_the_real_httpd()
    {
        RealHttpd.Require();
        var folder = RealHttpd.NewFolder();
        for (var i = 0; i < Files.Length; i++)
        {
            RealHttpd.Write(folder, $"www/{i}/.htaccess", Files[i] + "\nHeader always set X-E \"%{V}e|%{W}e|%{X}e\"\n");
            RealHttpd.Write(folder, $"www/{i}/f", "x");
        }

        await using var httpd = await RealHttpd.StartAsync(folder, "<Directory @FOLDER@/www>\nAllowOverride All\nRequire all granted\n</Directory>\n");
        string[] fields = ["User-Agent: probe/1", "X-Two: a", "X-Two: b", "X-Tree: oak", "Referer: http://here.test/x"];
        var wrong = new StringBuilder();
        for (var i = 0; i < Files.Length; i++)
        {
            var said = await httpd.AskAsync($"/{i}/f", "lab.test", "GET", fields);
            var there = said.Status == 500 ? "500" : said["X-E"];
            var faults = new List<ConfigFault>();
            var lines = ConfigLines.Of(Files[i]);
            var request = AskedRequest.Of(httpd, $"/{i}/f", "lab.test", "GET", fields);
            VariableRules.Read(lines, faults)?.Apply(request, new Surroundings(new TreeView()), []);
            FixedVariables.Read(lines)?.Apply(request);
            var here = faults.Count > 0 ? "500" : Octets.Of($"{Show("V")}|{Show("W")}|{Show("X")}");
            if (there != here) wrong.AppendLine(CultureInfo.InvariantCulture, $"`{Files[i]}`: there {there}, here {here} {string.Join(';', faults)}");

            string Show(string name) => request.Environment.GetValueOrDefault(name) ?? "(null)";
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    [Fact]
    public void What_can_not_be_told_leaves_its_variables_unknown()
    {
        var request = new ApacheRequest { Method = "GET", UnparsedTarget = "/", Path = "/", Client = System.Net.IPAddress.Loopback, Peer = System.Net.IPAddress.Loopback };
        var faults = new List<ConfigFault>();
        VariableRules.Read(ConfigLines.Of("SetEnvIf Server_Addr 10 INSIDE\nSetEnvIf INSIDE 1 THEN\nSetEnvIf Request_Method GET KNOWN"), faults)!.Apply(request, new Surroundings(new TreeView()), []);
        Assert.Empty(faults);
        Assert.Equal(["INSIDE", "THEN"], request.UnknownVariables.Keys.Order());
        Assert.Equal("1", request.Environment["KNOWN"]);
    }
}
