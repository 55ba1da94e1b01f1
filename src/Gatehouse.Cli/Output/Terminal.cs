namespace Gatehouse.Cli.Output;

/// <summary>What stands at the other end of stdout.</summary>
internal static class Terminal
{
    private const int WidthOfPipes = 80;
    private const int Narrowest = 40;
    private const int Widest = 120;

    /// <summary>Columns to wrap to: of the terminal within reason, 80 where there is none.</summary>
    public static int Width
    {
        get
        {
            if (Console.IsOutputRedirected) return int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0 ? Math.Clamp(columns, Narrowest, Widest) : WidthOfPipes;
            try
            {
                return Math.Clamp(Console.WindowWidth, Narrowest, Widest);
            }
            catch (IOException)
            {
                return WidthOfPipes;
            }
        }
    }

    /// <summary>Whether colours are shown: on a terminal, unless NO_COLOR (no-color.org) or TERM=dumb says otherwise.</summary>
    public static bool HasColour => !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "" or null);
}
