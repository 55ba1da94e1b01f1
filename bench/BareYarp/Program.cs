// The peer of the reverse-proxy benchmark: YARP's forwarder and nothing else. Usage: BareYarp LISTEN-URL UPSTREAM-URL
using System.Net;
using Yarp.ReverseProxy.Forwarder;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls(args[0]);
builder.Services.AddHttpForwarder();
var app = builder.Build();
using var client = new HttpMessageInvoker(new SocketsHttpHandler
{
    UseProxy = false,
    AllowAutoRedirect = false,
    AutomaticDecompression = DecompressionMethods.None,
    UseCookies = false,
});
var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
var upstream = args[1];
app.Run(async context => await forwarder.SendAsync(context, upstream, client, ForwarderRequestConfig.Empty));
await app.RunAsync();
