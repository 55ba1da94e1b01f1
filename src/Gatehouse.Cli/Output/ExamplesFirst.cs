using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Gatehouse.Cli.Output;

/// <summary>Help that begins with three examples.</summary>
internal sealed class ExamplesFirst(HelpAction rest) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command.Name is "gatehouse" or "why")
        {
            foreach (var (line, what) in Examples.All) output.WriteLine($"  {line}\n      {what}");
            output.WriteLine();
        }

        return rest.Invoke(parseResult);
    }
}
