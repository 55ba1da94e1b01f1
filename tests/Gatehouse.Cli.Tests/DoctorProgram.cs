using System.Diagnostics;

namespace Gatehouse.Cli.Tests;

/// <summary>The built command as a process: what people run.</summary>
internal static class DoctorProgram
{
    /// <summary>Beside the tests, as the build puts it there.</summary>
    public static readonly string File = Path.Combine(AppContext.BaseDirectory, "gatehouse-doctor");

    /// <summary>A command ends within seconds, also on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Runs it to its end with a state folder of its own.</summary>
    public static Ended Run(string state, params string[] arguments) => RunProgram(File, state, arguments);

    /// <summary>Runs a program that runs it.</summary>
    public static Ended RunProgram(string program, string state, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GATEHOUSE_STATE"] = state;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["NO_COLOR"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"`{string.Join(' ', arguments)}` did not end");
        }

        return new(process.ExitCode, said.Result, complained.Result);
    }
}

/// <summary>What a command left behind.</summary>
internal sealed record Ended(int Status, string Out, string Error)
{
    /// <summary>Fails, with all that was said, unless it ended so.</summary>
    public Ended With(int status)
    {
        Assert.True(Status == status, $"it ended with {Status}\n{Out}\n{Error}");
        return this;
    }
}
