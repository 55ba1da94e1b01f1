namespace Gatehouse.Doctor.Inputs;

/// <summary>A file's content, or why it could not be read.</summary>
/// <param name="Content">The octets; empty where there is a fault.</param>
/// <param name="Fault">One sentence; null: it was read.</param>
public readonly record struct FileReading(ReadOnlyMemory<byte> Content, string? Fault);

/// <summary>What the readers of inputs lean on beyond the text itself, so that they do no I/O of their own.</summary>
/// <param name="File">Reads a file by name (<c>-</c>: standard input).</param>
/// <param name="Environment">A variable's value; null: it is not set.</param>
/// <param name="Now">For expiry of stored cookies.</param>
public sealed record InputSources(Func<string, FileReading> File, Func<string, string?> Environment, DateTimeOffset Now)
{
    /// <summary>Largest file read for a header, a secret, a body or a cookie jar, in bytes: /dev/zero has no end.</summary>
    public const int MaxFile = 16 << 20;

    /// <summary>This machine's files and environment.</summary>
    public static InputSources OfThisMachine(TimeProvider clock) => new(Read, System.Environment.GetEnvironmentVariable, clock.GetUtcNow());

    /// <summary>No files and no variables: for readers of hostile text.</summary>
    public static InputSources None(DateTimeOffset now) => new(name => new(default, $"`{name}` is not read here"), _ => null, now);

    private static FileReading Read(string name)
    {
        try
        {
            using var stream = name == "-" ? Console.OpenStandardInput() : new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            var buffer = new byte[16384];
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                if (content.Length + count > MaxFile) return new(default, $"`{name}` is larger than {MaxFile >> 20} MB");
                content.Write(buffer, 0, count);
            }

            return new(content.ToArray(), null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new(default, $"`{name}` can't be read: {Reason(fault)}");
        }
    }

    private static string Reason(Exception fault) => fault switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "permission denied, or it is a directory",
        _ => "it is no readable file",
    };
}
