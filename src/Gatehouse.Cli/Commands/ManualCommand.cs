using System.CommandLine;
using System.Reflection;
using Gatehouse.Cli.Output;

namespace Gatehouse.Cli.Commands;

/// <summary>`gatehouse man`: the manual page, for <c>gatehouse man | man -l -</c> or a package.</summary>
internal static class ManualCommand
{
    public static Command Create()
    {
        var command = new Command("man", "the manual page (gatehouse man | man -l -)");
        command.SetAction(_ =>
        {
            Console.Out.Write(ManualPage.Of(CommandTree.Of(CommandList.Root()), Version));
            return 0;
        });
        return command;
    }

    /// <summary>The program's version: <c>0.1.0</c>.</summary>
    public static string Version => typeof(ManualCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
