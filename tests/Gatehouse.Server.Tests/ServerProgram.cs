using System.Diagnostics;

namespace Gatehouse.Server.Tests;

/// <summary>The built server program as a process: what operators run.</summary>
internal static class ServerProgram
{
    /// <summary>Beside the tests, as the build puts it there.</summary>
    public static readonly string File = Path.Combine(AppContext.BaseDirectory, "gatehouse-server");

    /// <summary>A command that ends by itself takes seconds at most, also on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it to its end.</summary>
    public static Task<Ended> RunAsync(params string[] arguments) => RunWithAsync("", arguments);

    /// <summary>The same with that text on its standard input.</summary>
    public static async Task<Ended> RunWithAsync(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new TimeoutException($"`{string.Join(' ', arguments)}` did not end: {await said} {await complained}", late);
        }

        return new(process.ExitCode, await said, await complained);
    }

    /// <summary>Starts a program that starts it: a shell that sets limits first.</summary>
    public static Process StartOther(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Starts it, all three streams held.</summary>
    public static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(File, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
}

/// <summary>What a command left behind.</summary>
internal sealed record Ended(int Status, string Out, string Error)
{
    /// <summary>Its standard output read as JSON.</summary>
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonDocument.Parse(Out).RootElement;

    /// <summary>Fails, with all that was said, unless it ended so.</summary>
    public Ended With(int status)
    {
        Assert.True(Status == status, $"it ended with {Status}\n{Out}\n{Error}");
        return this;
    }
}
