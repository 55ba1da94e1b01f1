using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Guard.Tests.Authentication;

/// <summary>An issuer on a loopback port: its metadata and its keys, which a test may change, slow down or break.</summary>
internal sealed class Issuer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _fetches;

    private Issuer(WebApplication application, string address) => (_application, Address) = (application, address);

    public string Address { get; }

    /// <summary>The key set.</summary>
    public string Keys { get; set; } = "{\"keys\":[]}";

    /// <summary>What its metadata says; null: what is right.</summary>
    public string? Metadata { get; set; }

    /// <summary>Answers instead of it; null: it answers itself.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>How often its metadata was asked for.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    public static async Task<Issuer> StartAsync(params TokenSigner[] signers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        Issuer? issuer = null;
        application.Run(context => issuer!.AnswerAsync(context));
        await application.StartAsync();
        issuer = new Issuer(application, application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) { Keys = TokenSigner.Set(signers) };
        return issuer;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var isMetadata = context.Request.Path == "/.well-known/openid-configuration";
        if (isMetadata) Interlocked.Increment(ref _fetches);
        if (Instead is { } other) return other(context);
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(isMetadata ? Metadata ?? $$"""{"issuer":"{{Address}}","jwks_uri":"{{Address}}/keys"}""" : Keys);
    }
}
