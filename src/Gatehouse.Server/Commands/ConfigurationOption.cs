using System.CommandLine;
using Gatehouse.Guard.Settings;

namespace Gatehouse.Server.Commands;

/// <summary>--config FILE, and what is said when the file has faults: the same for all commands.</summary>
internal static class ConfigurationOption
{
    public static Option<string> Create() => new("--config")
    {
        Description = "The configuration",
        HelpName = "FILE",
        DefaultValueFactory = _ => "gatehouse.yaml",
    };

    /// <summary>The configuration; null after all its faults were written to stderr.</summary>
    public static GuardConfiguration? Read(string path)
    {
        var configuration = ConfigurationReader.ReadFile(path, out var faults);
        Tell(faults);
        return configuration;
    }

    /// <summary>Faults, one a line, as compilers write them.</summary>
    public static void Tell(IEnumerable<ConfigurationFault> faults)
    {
        foreach (var fault in faults) Console.Error.WriteLine(fault.ToString());
    }
}
