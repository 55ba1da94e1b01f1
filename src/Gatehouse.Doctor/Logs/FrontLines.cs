using System.Text;

namespace Gatehouse.Doctor.Logs;

/// <summary>Lines of a text from its start, block by block; of a line that is too long the front alone, as <see cref="BackwardLines"/> has it.</summary>
internal sealed class FrontLines(TextReader reader)
{
    private const int BlockLength = 64 << 10;

    private readonly char[] block = new char[BlockLength];
    private int at, end;

    /// <summary>The next line without its end; null: there is none.</summary>
    public string? Next()
    {
        StringBuilder? begun = null;
        while (true)
        {
            if (at == end)
            {
                (at, end) = (0, reader.Read(block, 0, BlockLength));
                if (end <= 0)
                {
                    end = 0;
                    return begun is null ? null : Line(begun.ToString());
                }
            }

            var rest = block.AsSpan(at, end - at);
            var newline = rest.IndexOf('\n');
            var part = newline < 0 ? rest : rest[..newline];
            at += newline < 0 ? rest.Length : newline + 1;
            if (newline >= 0 && begun is null) return Line(part[..Math.Min(part.Length, BackwardLines.MaxLineBytes)].ToString());
            begun ??= new StringBuilder();
            if (begun.Length < BackwardLines.MaxLineBytes) begun.Append(part[..Math.Min(part.Length, BackwardLines.MaxLineBytes - begun.Length)]);
            if (newline >= 0) return Line(begun.ToString());
        }
    }

    private static string Line(string text) => text.TrimEnd('\r');
}
