using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Wire;

namespace Gatehouse.Doctor.Tests.Http;

/// <summary>Faults of TLS told apart, against OpenSSL's own server.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-tls").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("-tls1_2", false)]
    [InlineData("-tls1_3", false)]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_3", true)]
    public async Task A_wanted_client_certificate_is_recognised_whenever_the_alert_comes(string version, bool withForeign)
    {
        using var authority = Certificate("CN=Lab authority", null, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2), isAuthority: true);
        using var leaf = Certificate("CN=localhost", authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var foreign = Certificate("CN=somebody", null, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var server = await OpenSslServer.StartAsync(folder, leaf, authority, version, "-Verify", "2", "-verify_return_error", "-CAfile", Path.Combine(folder, "authority.pem"));
        var settings = Settings(authority) with { Client = withForeign ? [foreign] : null };
        var exchange = await GetAsync($"https://localhost:{server.Port}/", settings);
        Assert.Equal(ExchangeFault.ClientCertificate, exchange.Fault);
        Assert.True(exchange.Tls!.ClientCertificateRequested);
        Assert.Equal(withForeign, exchange.Tls.Client is not null);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_client_certificate_that_is_good_is_taken(string version)
    {
        using var authority = Certificate("CN=Lab authority", null, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2), isAuthority: true);
        using var leaf = Certificate("CN=localhost", authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var own = Certificate("CN=alice", authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(folder, "own.pem"), own.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "own.key"), own.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Assert.True(Certificates.TryClient(Path.Combine(folder, "own.pem"), Path.Combine(folder, "own.key"), out var client, out var fault), fault);
        await using var server = await OpenSslServer.StartAsync(folder, leaf, authority, version, "-Verify", "2", "-verify_return_error", "-CAfile", Path.Combine(folder, "authority.pem"), "-www");
        var exchange = await GetAsync($"https://localhost:{server.Port}/", Settings(authority) with { Client = client });
        Assert.Equal(200, exchange.Status);
    }

    [Fact]
    public async Task A_server_certificate_that_does_not_verify_is_another_fault_than_ours()
    {
        using var authority = Certificate("CN=Lab authority", null, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(2), isAuthority: true);
        using var expired = Certificate("CN=localhost", authority, DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(-5));
        await using var server = await OpenSslServer.StartAsync(folder, expired, authority, "-www");
        var exchange = await GetAsync($"https://localhost:{server.Port}/", Settings(authority));
        Assert.Equal(ExchangeFault.ServerCertificate, exchange.Fault);
        Assert.Contains("expired", exchange.FaultText, StringComparison.Ordinal);

        var stranger = await GetAsync($"https://localhost:{server.Port}/", new WireSettings { Clock = TimeProvider.System, Timeout = TimeSpan.FromSeconds(5) });
        Assert.Contains("not trusted", stranger.FaultText, StringComparison.Ordinal);

        var other = await GetAsync($"https://127.0.0.1:{server.Port}/", Settings(authority));
        Assert.Contains("not for 127.0.0.1", other.FaultText, StringComparison.Ordinal);

        var insecure = await GetAsync($"https://localhost:{server.Port}/", Settings(authority) with { Insecure = true });
        Assert.Equal(200, insecure.Status);
        Assert.NotEmpty(insecure.Tls!.ServerFaults);
    }

    [Fact]
    public async Task Plain_http_where_TLS_was_expected_is_said()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await client.GetStream().ReadExactlyAsync(new byte[16], TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        });
        var exchange = await GetAsync($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/", new WireSettings { Clock = TimeProvider.System, Timeout = TimeSpan.FromSeconds(5) });
        await serving;
        Assert.Contains("does not speak TLS", exchange.FaultText, StringComparison.Ordinal);
        Assert.Equal(ExchangeFault.Tls, exchange.Fault);
    }

    private static WireSettings Settings(X509Certificate2 authority) => new() { Clock = TimeProvider.System, Timeout = TimeSpan.FromSeconds(10), Authorities = [authority] };

    private static Task<Exchange> GetAsync(string url, WireSettings settings) =>
        new Transport(settings).SendAsync(new SentRequest { Method = "GET", Url = new Uri(url), Fields = [new("Host", "localhost")] }, Variation.AsGiven, "as given", TestContext.Current.CancellationToken);

    private static X509Certificate2 Certificate(string name, X509Certificate2? issuer, DateTimeOffset from, DateTimeOffset until, bool isAuthority = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (name == "CN=localhost")
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
        }

        if (issuer is null) return request.CreateSelfSigned(from, until);
        using var made = request.Create(issuer, from, until, RandomNumberGenerator.GetBytes(8));
        return made.CopyWithPrivateKey(key);
    }
}

/// <summary>`openssl s_server` on a free loopback port, stopped by its process.</summary>
internal sealed class OpenSslServer : IAsyncDisposable
{
    private readonly Process process;

    private OpenSslServer(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<OpenSslServer> StartAsync(string folder, X509Certificate2 leaf, X509Certificate2 authority, params string[] options)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "leaf.pem"), leaf.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "leaf.key"), leaf.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(folder, "authority.pem"), authority.ExportCertificatePem());
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var start = new ProcessStartInfo("openssl") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var word in (string[])["s_server", "-accept", $"127.0.0.1:{port}", "-cert", Path.Combine(folder, "leaf.pem"), "-key", Path.Combine(folder, "leaf.key"), .. options]) start.ArgumentList.Add(word);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("GATEHOUSE_REQUIRE_SERVERS") == "1", "the program openssl is missing");
            throw;
        }

        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return new OpenSslServer(process, port);
            }
            catch (SocketException) when (tries < 100)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
