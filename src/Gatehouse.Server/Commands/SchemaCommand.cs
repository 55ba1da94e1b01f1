using System.CommandLine;
using Gatehouse.Guard.Settings;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse schema`.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON Schema of gatehouse.yaml, for editors");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine(ConfigurationSchema.Write());
            return 0;
        });
        return command;
    }
}
