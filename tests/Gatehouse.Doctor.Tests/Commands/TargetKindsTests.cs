using System.Text;
using Gatehouse.Cli.Targets;

namespace Gatehouse.Doctor.Tests.Commands;

/// <summary>Targets are told apart by what stands in them.</summary>
public class TargetKindsTests
{
    [Theory]
    [InlineData("x", "{ \"log\": { \"version\": \"1.2\", \"entries\": [] } }", "Har")]
    [InlineData("x.har", "", "Har")]
    [InlineData("x", "HTTP/1.1 403 Forbidden\r\n\r\n", "Answer")]
    [InlineData("x", "curl 'https://a.example/' -H 'a: b'", "Command")]
    [InlineData("x", "127.0.0.1 - - [10/Oct/2026:13:55:36 +0000] \"GET / HTTP/1.1\" 403 12", "Log")]
    [InlineData("x", "[Tue Nov 24 10:00:00.123456 2026] [authz_core:error] [pid 1] AH01630: client denied", "Log")]
    [InlineData("x", "2026/11/24 10:00:00 [error] 1#1: *1 access forbidden by rule", "Log")]
    [InlineData("x", "{\"level\":\"error\",\"ts\":1.0,\"msg\":\"x\",\"status\":403}", "Log")]
    [InlineData("x", "Nov 24 10:00:00 host haproxy[1]: 127.0.0.1:1 [24/Nov/2026:10:00:00.000] f b/s", "Log")]
    [InlineData("x", "#Software: Microsoft Internet Information Services\n#Fields: date time", "Log")]
    [InlineData("access.log.1.gz", "\u001f\u008b", "Log")]
    [InlineData("x", "server {\n  listen 80;\n  location / { deny all; }\n}", "ServerConfiguration")]
    [InlineData("x", "<VirtualHost *:80>\n  DocumentRoot /srv\n</VirtualHost>", "ServerConfiguration")]
    [InlineData("x", "frontend f\n  bind :80\n  http-request deny if TRUE", "ServerConfiguration")]
    [InlineData("x", "example.org {\n  respond \"no\" 403\n}", "ServerConfiguration")]
    [InlineData("x", "server.document-root = \"/srv\"", "ServerConfiguration")]
    [InlineData("x", "acl all src all\nhttp_access deny all", "ServerConfiguration")]
    [InlineData("web.xml", "<web-app><security-constraint/></web-app>", "ServerConfiguration")]
    [InlineData("web.config", "<configuration/>", "ServerConfiguration")]
    [InlineData("gatehouse.yaml", "", "ServerConfiguration")]
    [InlineData("index.html", "<!doctype html><title>x</title>", "Resource")]
    [InlineData("notes.txt", "hello", "Resource")]
    public void By_content_first_and_by_name_where_that_leaves_it_open(string name, string content, string kind) =>
        Assert.Equal(kind, TargetKinds.Of(name, Encoding.Latin1.GetBytes(content)).ToString());
}
