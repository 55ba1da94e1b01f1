using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gatehouse.Server.Tests.Hosting;

/// <summary>TLS, several sites by host, metrics, and what the process owes its surroundings.</summary>
public sealed class ListeningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Https_by_PEM_and_by_PFX_with_a_session_cookie_that_only_this_host_can_set(bool pfx)
    {
        using var site = new SiteFolder();
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.Parse("2020-01-01Z", System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse("2100-01-01Z", System.Globalization.CultureInfo.InvariantCulture));
            site.Write("site.pem", certificate.ExportCertificatePem());
            site.Write("site.key", key.ExportPkcs8PrivateKeyPem());
            site.Write("pass.txt", "a pass phrase\n");
            await File.WriteAllBytesAsync(site["site.pfx"], certificate.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, "a pass phrase"));
        }

        site.Write("gatehouse.yaml", SiteFolder.Usual.Replace("listen: http://127.0.0.1:0", pfx
            ? "listen: { url: \"https://127.0.0.1:0\", certificate: site.pfx, password: \"file:pass.txt\" }"
            : "listen: { url: \"https://127.0.0.1:0\", certificate: site.pem, key: site.key }", StringComparison.Ordinal));
        await using var server = await RunningServer.StartAsync(site);
        Assert.Equal("https", server.Address.Scheme);
        using var client = RunningServer.Client();
        using var two = new HttpRequestMessage(HttpMethod.Get, server.Address) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.SendAsync(two);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        using var wall = await server.AskAsync("/account/", null, 1, "GET", ("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate"));
        Assert.StartsWith("__Host-gatehouse-form=", wall.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Contains("; Secure", wall.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task B02_B03_several_sites_are_told_apart_by_host_and_an_unknown_one_is_served_by_none()
    {
        using var site = new SiteFolder("""
            listen: http://127.0.0.1:0
            sites:
              - hosts: one.test
                site: ./public
                rules: { /**: anyone }
              - hosts: [ two.test, "*.two.test" ]
                site: ./public
                rules: { /**: nobody }
            """);
        await using var server = await RunningServer.StartAsync(site);
        foreach (var (host, status) in new[] { ("one.test", 200), ("ONE.test.", 200), ("two.test", 403), ("a.two.test", 403), ("three.test", 403), ("127.0.0.1", 403) })
        {
            using var answer = await server.AskAsync("/", null, 1, "GET", ("Host", host));
            Assert.Equal((host, status), (host, (int)answer.StatusCode));
        }
    }

    [Fact]
    public async Task P10_metrics_count_by_status_and_cause_on_a_listener_of_their_own_and_name_nobody()
    {
        var port = FreePort();
        using var site = new SiteFolder(SiteFolder.Usual + $"\nmetrics: http://127.0.0.1:{port}\n");
        await using var server = await RunningServer.StartAsync(site);
        foreach (var path in new[] { "/account/secret-path", "/closed/secret-path", "/" })
        {
            using var _ = await server.AskAsync(path, "secret-name:wrong");
        }

        using var client = RunningServer.Client();
        var page = "";
        for (var i = 0; i < 100 && !page.Contains("gatehouse_decisions", StringComparison.Ordinal); i++)
        {
            page = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
            await Task.Delay(50);
        }

        foreach (var label in new[] { "status=\"401\"", "status=\"403\"", "cause=\"resource.denied\"", "decision=\"allow\"" }) Assert.Contains(label, page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page, StringComparison.Ordinal);
        using var notThere = await server.AskAsync("/metrics");
        Assert.Equal(404, (int)notThere.StatusCode);
    }

    [Fact]
    public async Task Systemd_is_told_when_it_is_ready_and_when_it_stops()
    {
        using var site = new SiteFolder();
        using var notify = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notify.Bind(new UnixDomainSocketEndPoint(site["notify"]));
        notify.ReceiveTimeout = 30_000;
        await using var server = await RunningServer.StartAsync(ServerProgram.StartOther(ServerProgram.File, ["serve", "--config", site.Configuration], ("NOTIFY_SOCKET", site["notify"])));
        Assert.Contains("READY=1", Received(notify), StringComparison.Ordinal);
        var stopped = server.StopAsync();
        Assert.Contains("STOPPING=1", Received(notify), StringComparison.Ordinal);
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task A_full_disk_under_the_decision_log_is_told_once_and_stops_nothing()
    {
        using var site = new SiteFolder();
        await using var server = await RunningServer.StartAsync(ServerProgram.StartOther("/bin/sh", ["-c", "exec \"$0\" serve --config \"$1\" >/dev/full", ServerProgram.File, site.Configuration]));
        for (var i = 0; i < 20; i++)
        {
            using var refused = await server.AskAsync("/closed/");
            Assert.Equal(403, (int)refused.StatusCode);
            await Task.Delay(20);
        }

        await server.UntilAsync(() => server.Complained.Contains("the decision log can't be written", StringComparison.Ordinal));
        Assert.Single(server.Complained.Split('\n'), line => line.Contains("the decision log can't be written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_under_the_database_is_one_sentence_and_2()
    {
        using var site = new SiteFolder();
        // No file may grow: what a full disk is to whoever writes. The runtime's own memory files are told not to be used.
        using var process = ServerProgram.StartOther("/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" serve --config \"$1\"", ServerProgram.File, site.Configuration], ("DOTNET_EnableWriteXorExecute", "0"), ("DOTNET_EnableDiagnostics", "0"));
        process.StandardInput.Close();
        var complained = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 2, $"{process.ExitCode}: {complained}");
        Assert.Contains("gatehouse.db", Assert.Single(complained.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task W34_who_signs_in_is_told_and_who_fails_is_told_apart_from_a_first_visit()
    {
        using var site = new SiteFolder();
        (await ServerProgram.RunWithAsync("correct horse\n", "user", "add", "alice", "--password-stdin", "--config", site.Configuration)).With(0);
        await using var server = await RunningServer.StartAsync(site);
        using var browser = await BrowserLike.SignInAsync(server.Address, "alice", "correct horse");
        using var failed = await server.AskAsync("/account/", "alice:wrong one");
        await server.UntilAsync(() => server.Said.Contains("password.wrong", StringComparison.Ordinal));
        Assert.Contains("alice signed in", server.Complained, StringComparison.Ordinal);
        Assert.Contains("credentials.missing", server.Said, StringComparison.Ordinal);
        foreach (var secret in new[] { "correct horse", "wrong one", "d3Jvbmcgb25l" }) Assert.DoesNotContain(secret, server.Said + server.Complained, StringComparison.Ordinal);
    }

    private static string Received(Socket socket)
    {
        var buffer = new byte[1000];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
