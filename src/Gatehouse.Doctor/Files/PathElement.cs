using System.Globalization;

namespace Gatehouse.Doctor.Files;

/// <summary>What stands at a path.</summary>
public enum FileKind
{
    /// <summary>Something the kernel has no name for.</summary>
    Unknown = 0,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device.</summary>
    Device,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A socket.</summary>
    Socket,
}

/// <summary>One element of a path, as it was seen.</summary>
public sealed record PathElement
{
    /// <summary>Absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>What it is.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>The twelve bits of chmod(1).</summary>
    public required int Mode { get; init; }

    /// <summary>Owner.</summary>
    public required uint Uid { get; init; }

    /// <summary>Group.</summary>
    public required uint Gid { get; init; }

    /// <summary>The owner's name, or number.</summary>
    public required string Owner { get; init; }

    /// <summary>The group's name, or number.</summary>
    public required string Group { get; init; }

    /// <summary>Bytes.</summary>
    public long SizeInBytes { get; init; }

    /// <summary>How many names the file has.</summary>
    public uint Names { get; init; } = 1;

    /// <summary>Where a link leads, as it is written; null: no link.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>The access ACL; null: none beyond the mode.</summary>
    public PosixAcl? Acl { get; init; }

    /// <summary>The SELinux label; null: none.</summary>
    public string? Label { get; init; }

    /// <summary><c>drwxr-x---+</c> as ls(1) writes it.</summary>
    public string ModeLetters
    {
        get
        {
            Span<char> text = stackalloc char[11];
            text[0] = Kind switch { FileKind.Directory => 'd', FileKind.Link => 'l', FileKind.Fifo => 'p', FileKind.Socket => 's', FileKind.Device => 'c', FileKind.File => '-', FileKind.Unknown => '?' };
            for (var i = 0; i < 9; i++) text[1 + i] = (Mode & (0x100 >> i)) != 0 ? "rwxrwxrwx"[i] : '-';
            if ((Mode & 0x800) != 0) text[3] = text[3] == 'x' ? 's' : 'S';
            if ((Mode & 0x400) != 0) text[6] = text[6] == 'x' ? 's' : 'S';
            if ((Mode & 0x200) != 0) text[9] = text[9] == 'x' ? 't' : 'T';
            text[10] = '+';
            return text[..(Acl is null ? 10 : 11)].ToString();
        }
    }

    /// <summary>Four octal digits.</summary>
    public string ModeDigits => Convert.ToString(Mode, 8).PadLeft(4, '0');

    /// <summary>One line for evidence: letters, digits, owner and group.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{ModeLetters} ({ModeDigits}) {Owner} {Group}{(LinkTarget is null ? "" : " -> " + LinkTarget)}");
}
