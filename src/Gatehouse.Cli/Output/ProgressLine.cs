using Gatehouse.Doctor.Reports;

namespace Gatehouse.Cli.Output;

/// <summary>What is being done now, on stderr: one line that is overwritten on a terminal, a plain line every few seconds elsewhere.</summary>
internal sealed class ProgressLine(TimeProvider clock, bool quiet) : IProgress<string>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Shown = TimeSpan.FromMilliseconds(150);

    private readonly bool terminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "" or null);
    private readonly Lock gate = new();
    private readonly long begun = clock.GetTimestamp();
    private long said = clock.GetTimestamp();
    private bool written;

    /// <inheritdoc/>
    public void Report(string value)
    {
        if (quiet) return;
        lock (gate)
        {
            if (terminal)
            {
                // Answers that come at once need no word of progress.
                if (clock.GetElapsedTime(begun) < Shown) return;
                Console.Error.Write($"\r\u001b[K{Cut(SafeText.Of(value))} ...");
                written = true;
            }
            else if (clock.GetElapsedTime(said) >= Patience)
            {
                said = clock.GetTimestamp();
                Console.Error.WriteLine($"gatehouse: {SafeText.Of(value)} ...");
            }
        }
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (written) Console.Error.Write("\r\u001b[K");
            written = false;
        }
    }

    private static string Cut(string text)
    {
        var width = Terminal.Width - 5;
        return text.Length > width ? text[..width] : text;
    }
}
