using System.Diagnostics;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Tests.Files;

public sealed class ReadableFoldersTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-folders-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("/etc/haproxy.cfg", "/etc/shadow", false)]
    [InlineData("/etc/conf.d/site.conf", "/etc/shadow", false)]
    [InlineData("/etc/conf.d/site.conf", "/etc/conf.d/other.conf", true)]
    [InlineData("/etc/nginx/sites-enabled/site", "/etc/nginx/snippets/tls.conf", true)]
    [InlineData("/usr/local/etc/Caddyfile", "/usr/local/etc/ssl/key.pem", false)]
    [InlineData("/squid.conf", "/etc/shadow", false)]
    public void A_file_in_a_folder_of_the_whole_system_does_not_own_it(string main, string other, bool held) => Assert.Equal(held, ReadableFolders.Of([main], [], null).Holds(other));

    [Fact]
    public void A_link_to_a_folder_of_the_whole_system_does_not_make_it_the_configurations_own()
    {
        Directory.CreateSymbolicLink(Path.Combine(folder, "tree"), "/etc");
        Assert.False(ReadableFolders.Of([Path.Combine(folder, "tree/passwd")], [], null).Holds("/etc/shadow"));
    }

    [Fact]
    public void Somebody_who_names_a_folder_means_it() => Assert.True(ReadableFolders.Of(["/etc/haproxy.cfg"], [], new Question { IncludeRoots = ["/etc"] }).Holds("/etc/blocked.lst"));

    [Fact]
    public void A_pipe_is_recognised_without_being_opened()
    {
        var pipe = Path.Combine(folder, "pipe");
        Process.Start("mkfifo", [pipe]).WaitForExit();
        using var writer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "echo x > \"$0\"", pipe]) { RedirectStandardError = true, UseShellExecute = false })!;
        try
        {
            // It waits for a reader; an open by us, however short, would let it go.
            for (var i = 0; i < 20; i++)
            {
                Assert.Null(RegularFile.Open(pipe, out var fault));
                Assert.Equal(ReadFault.NotRegular, fault);
                Assert.False(writer.WaitForExit(20));
            }
        }
        finally
        {
            writer.Kill();
        }
    }
}
