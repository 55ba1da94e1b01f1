using System.CommandLine;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse check`: what would the Guard decide, and why; nothing is sent.</summary>
internal static class CheckCommand
{
    public static Command Create() => new("check", "What would the Guard decide, and why (nothing is sent)");
}
