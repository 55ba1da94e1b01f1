using System.Net;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Corpus.Tests;

/// <summary>Configurations of others: every byte comes back, none is a fault that is none, and every one is evaluated to an answer or an honest no.</summary>
public class NginxConfTests
{
    private static readonly string[] Paths = ["/", "/index.php", "/wp-login.php", "/.htaccess", "/.well-known/acme-challenge/x", "/admin/", "/images/a.png", "/uploads/x.php", "/wp-config.php", "/api/v1/x?y=1"];

    /// <summary>Nothing is there.</summary>
    private sealed class NoFiles : INginxFiles
    {
        public FileLook Stat(string path) => new(FileAnswer.NotFound);

        public FileLook Open(string path, LinkRule links, int from) => new(FileAnswer.NotFound);

        public byte[]? Read(string path, out FileAnswer answer)
        {
            answer = FileAnswer.NotFound;
            return null;
        }

        public string? Country(string database, IPAddress address, out string? problem)
        {
            problem = "no database";
            return null;
        }
    }

    private sealed class OneFile(string name, string text) : IConfSource
    {
        public bool OnDisk => false;

        public string? Read(string path, out string? problem)
        {
            problem = path == name ? null : "does not exist";
            return path == name ? text : null;
        }

        public IReadOnlyList<string> Match(string pattern) => [];
    }

    [Fact]
    public void Real_configurations_are_read_whole_and_evaluated()
    {
        int read = 0, servers = 0, asked = 0, known = 0;
        foreach (var path in Corpus.Files("nginx-confs", "*.conf"))
        {
            var bytes = File.ReadAllBytes(path);
            var text = System.Text.Encoding.Latin1.GetString(bytes);
            var tree = ConfTree.Load("/etc/nginx/nginx.conf", new OneFile("/etc/nginx/nginx.conf", text));
            Assert.Equal(bytes, tree.Files[0].Bytes);
            if (tree.Faults.Count > 0) continue; // templates with markers of their own
            read++;
            if (HttpModel.Of([tree]) is not { } model) continue;
            foreach (var server in model.Servers)
            {
                servers++;
                var listen = server.Listens[0];
                foreach (var target in Paths)
                {
                    var host = server.Names[0].Text is { Length: > 0 } name && !name.StartsWith('~') ? name.TrimStart('.').Replace("*", "www", StringComparison.Ordinal) : "localhost";
                    var request = new NginxRequest { Target = target, Headers = [new("Host", host), new("User-Agent", "x")], Peer = IPAddress.Parse("198.51.100.7"), ServerPort = listen.Port == 0 ? 80 : listen.Port, Https = listen.Ssl, Sni = host, Time = DateTimeOffset.UnixEpoch.AddYears(55) };
                    var verdict = Evaluator.Of(model, request, new NoFiles(), "/usr/share/nginx", "/etc/nginx");
                    asked++;
                    Assert.True(verdict.UnknownBecause is not null || verdict.Closed || verdict.Status is >= 200 and < 600, $"{path} {target}");
                    if (verdict.UnknownBecause is null) known++;
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{read} files, {servers} servers, {asked} requests, {known} known");
        Assert.True(read >= 40, $"only {read} are read");
        Assert.True(known >= asked * 0.9, $"{known} of {asked} are known");
    }
}
