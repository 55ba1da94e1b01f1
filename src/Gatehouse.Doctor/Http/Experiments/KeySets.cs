namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>The issuer's keys as --jwks names them: a file, or an address that is fetched without anything that identifies.</summary>
internal static class KeySets
{
    /// <summary>Larger files are no key sets: /dev/zero has no end.</summary>
    private const int FileInBytes = 4_194_304;

    /// <summary>Whether it is an address.</summary>
    public static Uri? Address(string named) => named.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(named, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    /// <summary>The file's content, or why it can't be read.</summary>
    public static Observation Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var octets = new byte[FileInBytes];
            var length = stream.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            return length == octets.Length ? new NotLookedAt($"the keys of {file} were not read: the file is larger than {FileInBytes >> 20} MB") : new KeySet(file, System.Text.Encoding.UTF8.GetString(octets, 0, length));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new NotLookedAt($"the keys of {file} were not read: {missing.Message.TrimEnd('.')}");
        }
    }

    /// <summary>The request for an address.</summary>
    public static SentRequest Request(Uri url) => new() { Method = "GET", Url = FieldLines.Raw(url.AbsoluteUri), Fields = [new("Host", FieldLines.HostOf(url)), new("Accept", "application/json")] };

    /// <summary>What the answer holds, or why it is of no use.</summary>
    public static Observation Of(string named, Exchange exchange) => exchange.Answer is { Status: 200 } answer
        ? new KeySet(named, answer.Text)
        : new NotLookedAt($"the keys of {named} were not read: {exchange.FaultText ?? $"the answer was {exchange.Status}"}");
}
