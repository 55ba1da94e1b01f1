using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Fixes;

/// <summary>How far an edit has come.</summary>
public enum EditState
{
    /// <summary>Written down, perhaps made: whoever finds it compares the file with both values.</summary>
    Planned = 0,

    /// <summary>Made.</summary>
    Done,

    /// <summary>Taken back.</summary>
    Undone,
}

/// <summary>An edit with all that brings the file back exactly.</summary>
public sealed record JournalEdit
{
    /// <summary>mode, owner, content or acl.</summary>
    public required string Kind { get; init; }

    /// <summary>Absolute path without links in it.</summary>
    public required string File { get; init; }

    /// <summary>The value before, as in <see cref="Findings.Edit"/>.</summary>
    public required string Before { get; init; }

    /// <summary>The value after.</summary>
    public required string After { get; init; }

    /// <summary>How far it has come.</summary>
    public required EditState State { get; init; }

    /// <summary>The bytes before, base64, for content; null otherwise.</summary>
    public string? Bytes { get; init; }

    /// <summary>SHA-256 of the bytes after, hex, for content; null otherwise.</summary>
    public string? HashAfter { get; init; }

    /// <summary>The twelve mode bits before.</summary>
    public int Mode { get; init; }

    /// <summary>The ACL attribute before, base64; null: none.</summary>
    public string? AclBytes { get; init; }

    /// <summary>Times before: access seconds, nanoseconds, change seconds, nanoseconds.</summary>
    public IReadOnlyList<long> Times { get; init; } = [];

    /// <summary>The name of the new file beside the old one while content is exchanged; removed by whoever finds it.</summary>
    public string? Temporary { get; init; }
}

/// <summary>One run of `fix`.</summary>
public sealed record JournalEntry
{
    /// <summary>Always <c>gatehouse.journal/1</c>: another version is refused.</summary>
    public required string Schema { get; init; }

    /// <summary>What `--undo` takes.</summary>
    public required string Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>In the order in which they were made.</summary>
    public required IReadOnlyList<JournalEdit> Edits { get; init; }

    /// <summary>HMAC-SHA256 over the entry with an empty one here, hex.</summary>
    public string Mac { get; init; } = "";
}

/// <summary>The entry as JSON, made at compile time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;

/// <summary>
/// What was changed, for undo: a folder of our own (0700) with one file an entry (0600), each signed with a key that never
/// leaves the folder. An entry is on the disk before the first change is made.
/// </summary>
public sealed class Journal : IDisposable
{
    private const string Version = "gatehouse.journal/1";

    /// <summary>A journal file above this is not one of ours: content is kept up to <see cref="FixPlan.MaxContent"/>, in base64.</summary>
    private const int MaxFile = 32 << 20;

    private const int KeyLength = 32;

    /// <summary>EWOULDBLOCK of flock(2), as the base library hands it on.</summary>
    private const int WouldBlock = 11;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private readonly string folder;
    private readonly byte[] key;
    private readonly FileStream locked;

    private Journal(string folder, byte[] key, FileStream locked)
    {
        this.folder = folder;
        this.key = key;
        this.locked = locked;
    }

    /// <summary>Where the journal is: GATEHOUSE_STATE, else XDG_STATE_HOME/gatehouse, else ~/.local/state/gatehouse.</summary>
    public static string DefaultFolder()
    {
        if (Environment.GetEnvironmentVariable("GATEHOUSE_STATE") is { Length: > 0 } given) return Path.Combine(given, "fixes");
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "gatehouse", "fixes");
    }

    /// <summary>How long `fix` waits for another one to be done.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Opens the journal for this process alone. Null and a sentence where it can't be trusted or another `fix` runs.</summary>
    /// <param name="folder">Its folder, made where there is none.</param>
    /// <param name="problem">What is wrong, and what to do.</param>
    /// <param name="patience">How long to wait for another `fix`; null: not at all.</param>
    public static Journal? Open(string folder, out string? problem, TimeSpan? patience = null)
    {
        problem = null;
        try
        {
            problem = Distrust(folder);
            if (problem is not null) return null;

            var path = Path.Combine(folder, "lock");
            var mine = Lock(path);
            using var pause = new ManualResetEventSlim();
            for (var waited = TimeSpan.Zero; mine is null && waited < (patience ?? TimeSpan.Zero); waited += Between)
            {
                pause.Wait(Between);
                mine = Lock(path);
            }

            if (mine is null)
            {
                problem = $"another `gatehouse fix` is at work (it holds {path}): wait until it is done";
                return null;
            }

            return new Journal(folder, Key(folder), mine);
        }
        catch (IOException error)
        {
            problem = $"the journal {folder} can't be used: {error.Message}";
        }
        catch (UnauthorizedAccessException)
        {
            problem = $"the journal {folder} can't be used: permission denied; set GATEHOUSE_STATE to a folder of your own";
        }

        return null;
    }

    /// <summary>The key that entries and reports are sealed with, made where there is none; null where the folder can't be trusted or written.</summary>
    internal static byte[]? KeyOf(string folder)
    {
        try
        {
            return Distrust(folder) is null ? Key(folder) : null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the folder where there is none. A sentence where it is not ours alone.</summary>
    private static string? Distrust(string folder)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Kernel.Look(folder, out _) is not { } stat || (stat.Mode & 0xF000) != 0x4000 ? $"the journal {folder} is no directory of its own: move away what stands there"
            : stat.Uid != Kernel.EffectiveUser ? $"the journal {folder} belongs to somebody else (uid {stat.Uid}): run as that user, or set GATEHOUSE_STATE to another folder"
            : (stat.Mode & 0x3F) != 0 ? $"the journal {folder} is open to others (mode {Convert.ToString(stat.Mode & 0xFFF, 8)}): run chmod 700 {folder} after looking at what is in it"
            : null;
    }

    /// <summary>The base library locks the file for one process (flock(2)); null where somebody else holds it.</summary>
    private static FileStream? Lock(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
        catch (IOException error) when (error.HResult == WouldBlock)
        {
            return null;
        }
    }

    /// <summary>A new, empty entry's id: when, and something nobody guesses.</summary>
    public static string NewId(DateTimeOffset now) =>
        now.UtcDateTime.ToString("yyyyMMdd-HHmmss-", CultureInfo.InvariantCulture) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <summary>Puts the entry on the disk, whole or not at all, and waits until it is there.</summary>
    public void Write(JournalEntry entry)
    {
        var signed = entry with { Schema = Version, Mac = "" };
        signed = signed with { Mac = Mac(signed) };
        var path = Path.Combine(folder, entry.Id + ".json");
        var next = path + ".new";
        using (var file = new FileStream(next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(signed, JournalJson.Default.JournalEntry));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        Kernel.Flush(folder);
    }

    /// <summary>The entry of that id. Null and a sentence where there is none, or it is not as this program wrote it.</summary>
    public JournalEntry? Read(string id, out string? problem)
    {
        problem = null;
        if (id.Length is 0 or > 64 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            problem = "this is no id of the journal; `gatehouse fix --list` shows them";
            return null;
        }

        var path = Path.Combine(folder, id + ".json");
        try
        {
            if (Kernel.Look(path, out _) is not { } stat)
            {
                problem = $"the journal has no entry `{id}`; `gatehouse fix --list` shows what it has";
                return null;
            }

            if ((stat.Mode & 0xF000) != 0x8000 || stat.Uid != Kernel.EffectiveUser || (stat.Mode & 0x3F) != 0 || stat.Size > MaxFile)
            {
                problem = $"{path} is not as this program left it (kind, owner, mode or size): nothing was taken back";
                return null;
            }

            var entry = JsonSerializer.Deserialize(File.ReadAllBytes(path), JournalJson.Default.JournalEntry);
            if (entry is null || entry.Schema != Version) problem = $"{path} is of another version of gatehouse: use that one";
            else if (entry.Id != id || !CryptographicOperations.FixedTimeEquals(Convert.FromHexString(Mac(entry with { Mac = "" })), Hex(entry.Mac))) problem = $"{path} was changed since it was written: nothing was taken back";
            else return entry;
        }
        catch (JsonException)
        {
            problem = $"{path} is damaged: nothing was taken back";
        }
        catch (IOException error)
        {
            problem = $"{path} can't be read: {error.Message}";
        }
        catch (UnauthorizedAccessException)
        {
            problem = $"{path} can't be read: permission denied";
        }

        return null;
    }

    /// <summary>All ids, newest first.</summary>
    public IReadOnlyList<string> Ids() =>
        [.. Directory.EnumerateFiles(folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).OrderDescending(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose() => locked.Dispose();

    private string Mac(JournalEntry unsigned) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, JsonSerializer.SerializeToUtf8Bytes(unsigned, JournalJson.Default.JournalEntry)));

    private static byte[] Hex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static byte[] Key(string folder)
    {
        var path = Path.Combine(folder, "key");
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: KeyLength } key) return key;
        var fresh = RandomNumberGenerator.GetBytes(KeyLength);
        var next = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        using (var file = new FileStream(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(fresh);
            file.Flush(flushToDisk: true);
        }

        try
        {
            // Two who start at once must end with one key: the first to come keeps it.
            File.Move(next, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(next);
            return File.ReadAllBytes(path);
        }

        Kernel.Flush(folder);
        return fresh;
    }
}
