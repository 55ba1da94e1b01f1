using System.Text;

namespace Gatehouse.Cli.Targets;

/// <summary>Asks for a password without showing it.</summary>
internal static class PasswordPrompt
{
    /// <summary>What was typed; where nobody can be asked, the empty password.</summary>
    public static string Ask(string user)
    {
        if (Console.IsInputRedirected || Console.IsErrorRedirected) return "";
        Console.Error.Write($"password for {Gatehouse.Doctor.Reports.SafeText.Of(user)}: ");
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.KeyChar != '\0') typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
