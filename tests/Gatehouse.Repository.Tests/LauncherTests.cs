using System.Diagnostics;

namespace Gatehouse.Repository.Tests;

/// <summary>`./gatehouse` in a copy of its own, on a machine on which no SDK, another SDK or a bad network is found.</summary>
public sealed class LauncherTests : IDisposable
{
    /// <summary>What the script calls; nothing else is on its PATH, least of all a dotnet.</summary>
    private static readonly string[] Tools = ["sh", "bash", "dirname", "mktemp", "rm", "mkdir", "mv", "touch", "find", "readlink", "sed", "tr", "head", "tail", "chmod", "cat"];

    /// <summary>Makes a dotnet whose build brings a program that says what it was asked.</summary>
    private const string Installer = """
        #!/usr/bin/env bash
        while [ $# -gt 0 ]; do case $1 in --channel) channel=$2; shift ;; --install-dir) dir=$2; shift ;; esac; shift; done
        [ "$channel" = 10.0 ] || exit 9
        mkdir -p "$dir"
        cat > "$dir/dotnet" <<'EOF'
        #!/bin/sh
        if [ "$1" = --list-sdks ]; then echo "10.0.100 [/x/sdk]"; exit 0; fi
        here=$(cd "$(dirname "$0")/.." && pwd)
        for name in Cli/gatehouse-doctor Server/gatehouse-server; do
          folder=$here/src/Gatehouse.${name%%/*}/bin/Release/net10.0; mkdir -p "$folder"
          printf '#!/bin/sh\necho "run with $*"\n' > "$folder/${name##*/}"; chmod +x "$folder/${name##*/}"
        done
        EOF
        chmod +x "$dir/dotnet"

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-launcher-").FullName;

    public LauncherTests()
    {
        Directory.CreateDirectory(In("tools"));
        Directory.CreateDirectory(In("home"));
        Directory.CreateDirectory(In("repository/src"));
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props" }) File.WriteAllText(In("repository/" + file), "");
        File.Copy(Path.Combine(Repository.Root(), "gatehouse"), In("repository/gatehouse"));
        foreach (var tool in Tools)
        {
            var found = "/usr/bin:/bin".Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);
            File.CreateSymbolicLink(In("tools/" + tool), found);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Without_an_SDK_it_says_so_offers_the_installer_and_does_nothing_unasked()
    {
        Curl($"cat '{Put("installer", Installer)}' > \"$out\"");
        var (status, text) = await RunAsync("why", "http://localhost/");
        Assert.Equal(2, status);
        Assert.Contains("the .NET 10 SDK is missing", text, StringComparison.Ordinal);
        Assert.Contains("--yes", text, StringComparison.Ordinal);
        Assert.Contains("https://dotnet.microsoft.com/download/dotnet/10.0", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("repository/.dotnet")));
    }

    [Fact]
    public async Task With_yes_it_installs_into_its_own_folder_builds_and_runs_and_the_next_time_it_only_runs()
    {
        Curl($"cat '{Put("installer", Installer)}' > \"$out\"");
        var (status, text) = await RunAsync("--yes", "why", "http://localhost/");
        Assert.True(status == 0, text);
        Assert.Contains("run with why http://localhost/", text, StringComparison.Ordinal);
        Assert.True(File.Exists(In("repository/.dotnet/dotnet")));
        Curl("exit 6");
        (status, text) = await RunAsync("why");
        Assert.Equal((0, "run with why\n"), (status, text));
    }

    [Theory]
    [InlineData("[ \"$1\" = --list-sdks ] && echo '8.0.404 [/usr/lib/dotnet/sdk]'", "tools/dotnet has 8.0.404")]
    [InlineData("exit 1", "tools/dotnet has no")]
    public async Task A_dotnet_with_an_older_SDK_or_none_is_named_and_is_not_enough(string does, string told)
    {
        Program("dotnet", does);
        var (status, text) = await RunAsync("why");
        Assert.Equal(2, status);
        Assert.Contains(told, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_network_it_is_one_sentence_and_nothing_is_left_behind()
    {
        Curl("echo 'curl: (6) Could not resolve host: dot.net' >&2; exit 6");
        var (status, text) = await RunAsync("--yes", "why");
        Assert.Equal(2, status);
        Assert.Contains("could not be fetched from https://dot.net/v1/dotnet-install.sh: look at the network", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("repository/.dotnet")));
        Assert.Empty(Directory.GetFiles(In("home")));
    }

    [Theory]
    [InlineData("<html><body>Please sign in to the network</body></html>")]
    [InlineData("#!/usr/bin/env bash\nif [ -n \"$1\" ]; then\n  echo half of a scr")]
    [InlineData("")]
    public async Task What_is_no_whole_installer_is_not_run(string came)
    {
        Curl($"cat '{Put("came", came)}' > \"$out\"");
        var (status, text) = await RunAsync("--yes", "why");
        Assert.Equal(2, status);
        Assert.Contains("is no whole script, and was not run", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("repository/.dotnet")));
    }

    [Fact]
    public async Task An_installer_that_fails_is_told_with_what_it_said()
    {
        Curl($"cat '{Put("installer", "#!/usr/bin/env bash\necho 'no space left on device' >&2\nexit 1\n")}' > \"$out\"");
        var (status, text) = await RunAsync("--yes", "why");
        Assert.Equal(2, status);
        Assert.Contains("no space left on device", text, StringComparison.Ordinal);
        Assert.Contains("the installer ended with an error", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_SDK_that_does_not_start_is_told()
    {
        Curl($"cat '{Put("installer", "#!/usr/bin/env bash\nexit 0\n")}' > \"$out\"");
        var (status, text) = await RunAsync("--yes", "why");
        Assert.Equal(2, status);
        Assert.Contains("does not start", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_curl_wget_serves_and_without_both_it_says_so()
    {
        var (status, text) = await RunAsync("--yes", "why");
        Assert.Equal(2, status);
        Assert.Contains("neither curl nor wget", text, StringComparison.Ordinal);
        Program("wget", $"cat '{Put("installer", Installer)}' > \"$2\"");
        (status, text) = await RunAsync("--yes", "why");
        Assert.True(status == 0, text);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private string Put(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }

    // The last argument behind -o is where it puts what it fetched.
    private void Curl(string does) => Program("curl", $"while [ $# -gt 0 ]; do [ \"$1\" = -o ] && out=$2; shift; done\n{does}");

    private void Program(string name, string does)
    {
        File.WriteAllText(In("tools/" + name), $"#!/bin/sh\n{does}\n");
        File.SetUnixFileMode(In("tools/" + name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<(int Status, string Text)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(In("tools/sh"), [In("repository/gatehouse"), .. arguments]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in new[] { ("PATH", In("tools")), ("HOME", In("home")), ("TMPDIR", In("home")) }) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await error + await output);
    }
}
