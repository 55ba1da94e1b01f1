using System.Net.WebSockets;
using System.Text;
using Gatehouse.Guard.Proxy;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>WebSockets through the reverse proxy: the handshake is judged like any request.</summary>
public sealed class WebSocketRows
{
    [Fact]
    public async Task A_WebSocket_is_opened_by_who_may_and_refused_to_others_with_the_same_statuses()
    {
        using var lab = new Lab();
        await lab.AddAsync("alice", "admin");
        await lab.AddAsync("bob");
        await using var upstream = Echo();
        await upstream.StartAsync();
        await using var services = new ServiceCollection().AddLogging().AddHttpForwarder().BuildServiceProvider();
        using var content = new ProxyContent(services.GetRequiredService<IHttpForwarder>(), new ProxySettings { Upstream = new Uri(upstream.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) });
        var policy = AccessPolicy.Load([], [new RuleText { Pattern = "/chat/**", Words = "role admin", File = "lab.yaml", Line = 1 }], new PolicySurroundings { OpenList = name => (null, name), CountriesKnown = false, Schemes = new Dictionary<Scheme, SchemeAbilities> { [Scheme.Basic] = lab.Basic.Abilities } }, out _)!;
        await using var guard = await RunningGuard.StartAsync(_ => new() { Name = "lab", Policy = policy, Authenticators = [lab.Basic], Content = content.ServeAsync }, new() { Time = lab.Time });

        using (var socket = Client("alice"))
        {
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{guard.Port}/chat/room"), default);
            for (var i = 0; i < 3; i++)
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes($"hello {i}"), WebSocketMessageType.Text, true, default);
                var buffer = new byte[100];
                var received = await socket.ReceiveAsync(buffer, default);
                Assert.Equal($"alice: hello {i}", Encoding.UTF8.GetString(buffer, 0, received.Count));
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }

        foreach (var (user, status) in new[] { ("bob", 403), (null, 401) })
        {
            using var socket = Client(user);
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{guard.Port}/chat/room"), default));
            Assert.Equal(status, (int)socket.HttpStatusCode);
        }

        static ClientWebSocket Client(string? user)
        {
            var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            if (user is not null) socket.Options.SetRequestHeader("Authorization", Lab.Basic64(user, Lab.Password));
            return socket;
        }
    }

    private static WebApplication Echo()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer, default);
                if (received.MessageType == WebSocketMessageType.Close) break;
                await socket.SendAsync(Encoding.UTF8.GetBytes($"{context.Request.Headers["Gatehouse-User"]}: {Encoding.UTF8.GetString(buffer, 0, received.Count)}"), WebSocketMessageType.Text, true, default);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        });
        return app;
    }
}
