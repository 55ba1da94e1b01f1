using System.Net;
using System.Runtime.InteropServices;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.StaticFiles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Guard.Tests.StaticFiles;

/// <summary>A static site alone, behind the canonical request, on a real Kestrel and a real disk. Refusals are shown as status and finding.</summary>
public abstract class ServedFolder : IAsyncLifetime
{
    protected string Root { get; } = Path.Combine(Directory.CreateTempSubdirectory("gatehouse-site-").FullName, "site");
    private WebApplication? _application;
    protected int Port { get; private set; }
    protected TimeSpan RecheckAfter { get; set; } = TimeSpan.Zero;
    protected bool IgnoresHtaccess { get; set; }
    /// <summary>Whether files are opened as the user 65534; only root can.</summary>
    protected bool AsNobody { get; set; }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Root);
        foreach (var open in new[] { Root, Path.GetDirectoryName(Root)! }) File.SetUnixFileMode(open, (UnixFileMode)0b111_101_101);
        StaticSite? site = null;
        var canonical = new CanonicalRequest(new RequestSurroundings());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Run(async context =>
        {
            site ??= new(new() { Root = Root, RecheckAfter = RecheckAfter, IgnoresHtaccess = IgnoresHtaccess });
            var facts = canonical.Read(context, out var ambiguity);
            if (facts is null)
            {
                context.Response.StatusCode = ambiguity!.Status;
                return;
            }

            // The kernel checks files with this thread's file-system user; the site opens files before its first await.
            if (AsNobody && Syscalls.SetFileSystemGroup(65534) + Syscalls.SetFileSystemUser(65534) < 0) throw new InvalidOperationException();
            ValueTask<Gatehouse.Guard.Refusals.Refusal?> serving;
            try
            {
                serving = site.ServeAsync(context, facts, null);
            }
            finally
            {
                if (AsNobody)
                {
                    _ = Syscalls.SetFileSystemUser(0);
                    _ = Syscalls.SetFileSystemGroup(0);
                }
            }

            if (await serving is { } refusal)
            {
                context.Response.StatusCode = refusal.Status;
                context.Response.Headers["Cause"] = refusal.Finding?.Cause.Id ?? refusal.Detail ?? "";
                context.Response.Headers["Where"] = refusal.Finding?.Evidence[0].Where ?? "";
                context.Response.Headers.Allow = refusal.Allow;
                context.Response.ContentLength = 0;
            }
        });
        await _application.StartAsync();
        Port = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _application!.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(Root)!, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string At(string name) => Path.Combine(Root, name);

    protected void Put(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    private protected async Task<Answer> AskAsync(string path, string method = "GET", params string[] fields)
    {
        await using var wire = await Wire.OpenAsync(Port);
        await wire.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n");
        return await wire.ReadAsync();
    }
}

/// <summary>What .NET has no words for.</summary>
internal static partial class Syscalls
{
    [LibraryImport("libc", EntryPoint = "setfsuid")]
    internal static partial int SetFileSystemUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    internal static partial int SetFileSystemGroup(uint group);

    [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeNode(string path, uint mode, ulong device);
}
