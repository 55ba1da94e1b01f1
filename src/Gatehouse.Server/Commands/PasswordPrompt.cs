using System.Text;
using Gatehouse.Guard.Accounts;

namespace Gatehouse.Server.Commands;

/// <summary>A new password: from standard input where that was asked for, else from the terminal, twice and without echo.</summary>
internal static class PasswordPrompt
{
    /// <summary>Shorter ones are taken with a warning (NIST SP 800-63B-4 section 3.1.1.2 and ASVS 6.2.1 ask for more).</summary>
    private const int Short = 8;

    /// <summary>The password; null after it was told why there is none.</summary>
    public static string? Read(string name, bool fromInput)
    {
        if (!fromInput && Console.IsInputRedirected)
        {
            Console.Error.WriteLine("gatehouse: there is no terminal to ask for the password at: give it on standard input, with --password-stdin");
            return null;
        }

        if ((fromInput ? FirstLine() : Ask(name)) is not { } password) return null;
        if (password.Length == 0) Console.Error.WriteLine("gatehouse: the password is empty: nothing was changed");
        else if (password.Length < Short) Console.Error.WriteLine($"gatehouse: warning: a password of fewer than {Short} characters is soon guessed");
        return password.Length == 0 ? null : password;
    }

    private static string? FirstLine()
    {
        // Bounded: whoever pipes a disk into it learns of it at once.
        var line = new StringBuilder();
        for (int next; (next = Console.In.Read()) >= 0 && next != '\n';)
        {
            line.Append((char)next);
            if (line.Length <= AccountChange.LongestPassword + 1) continue;
            Console.Error.WriteLine($"gatehouse: the password is longer than {AccountChange.LongestPassword} characters");
            return null;
        }

        return line.ToString().TrimEnd('\r');
    }

    private static string? Ask(string name)
    {
        var first = Hidden($"Password for {name}: ");
        if (string.Equals(first, Hidden("The same again: "), StringComparison.Ordinal)) return first;
        Console.Error.WriteLine("gatehouse: the two differ: nothing was changed");
        return null;
    }

    private static string Hidden(string question)
    {
        Console.Error.Write(question);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (key.Key == ConsoleKey.U && key.Modifiers == ConsoleModifiers.Control) typed.Clear();
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
