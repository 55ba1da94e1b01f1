using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>One representation of a file with its fields ready to be sent; small ones hold their bytes.</summary>
internal sealed class ServedFile
{
    private ServedFile(Found.File file, StringValues contentType, string? coding)
    {
        var state = file.State;
        State = state;
        Target = file.Target;
        ContentType = contentType;
        Coding = coding;
        LastModified = state.Modified.ToString("R", CultureInfo.InvariantCulture);
        EntityTag = $"\"{state.Changed:x}-{state.SizeInBytes:x}{(coding is null ? "" : "-" + coding)}\"";
    }

    /// <summary>As it was when the bytes were read.</summary>
    public FileState State { get; }

    /// <summary>The path of the site at which it really lies, where a link leads there; null: no link does.</summary>
    public string? Target { get; }

    /// <summary>Value of Content-Type.</summary>
    public StringValues ContentType { get; }

    /// <summary>Value of Content-Encoding; null: none.</summary>
    public string? Coding { get; }

    /// <summary>Value of Last-Modified.</summary>
    public StringValues LastModified { get; }

    /// <summary>Value of ETag: strong, because it changes with every change of the file.</summary>
    public StringValues EntityTag { get; }

    /// <summary>The whole content of a small file; null: it is read from the disk each time.</summary>
    public byte[]? Bytes { get; private init; }

    /// <summary>In bytes.</summary>
    public long Size => State.SizeInBytes;

    /// <summary>Describes an open file, and reads it where it is small.</summary>
    /// <returns>Null where the file is shorter than the system said: it is being written.</returns>
    public static ServedFile? Read(Found.File file, StringValues contentType, string? coding, int smallest)
    {
        if (file.State.SizeInBytes > smallest) return new(file, contentType, coding);
        var bytes = new byte[file.State.SizeInBytes];
        for (var at = 0; at < bytes.Length;)
        {
            var read = RandomAccess.Read(file.Handle, bytes.AsSpan(at), at);
            if (read == 0) return null;
            at += read;
        }

        return new(file, contentType, coding) { Bytes = bytes };
    }
}
