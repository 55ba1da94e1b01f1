using System.Security.Cryptography;
using System.Text;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Fixes;

/// <summary>
/// The mark of a report that this user's own `gatehouse why` made on this machine: an HMAC over all its edits, under the key of the
/// journal. Without it a report from anywhere could call `chmod o+r /etc/shadow` a safe remedy.
/// </summary>
public static class Seal
{
    /// <summary>The seal of these edits; null where there are none, or where the journal's folder can't be used.</summary>
    public static string? Of(IEnumerable<Edit> edits, string? folder = null)
    {
        var octets = Octets(edits);
        return octets.Length > 0 && Journal.KeyOf(folder ?? Journal.DefaultFolder()) is { } key ? Convert.ToHexStringLower(HMACSHA256.HashData(key, octets)) : null;
    }

    /// <summary>Whether it is the seal of these edits.</summary>
    public static bool Holds(IEnumerable<Edit> edits, string? seal, string? folder = null) =>
        seal is not null && Of(edits, folder) is { } right && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(right), Encoding.UTF8.GetBytes(seal));

    /// <summary>Each text with its length before it, so that no two lists give the same octets.</summary>
    private static byte[] Octets(IEnumerable<Edit> edits)
    {
        using var all = new MemoryStream();
        using var writer = new BinaryWriter(all, Encoding.UTF8);
        foreach (var edit in edits)
        {
            writer.Write("report-edit");
            writer.Write(FixPlan.KindName(edit.Kind));
            writer.Write(edit.File);
            writer.Write(edit.Before);
            writer.Write(edit.After);
            writer.Write(FixPlan.SafetyName(edit.Safety));
        }

        writer.Flush();
        return all.ToArray();
    }
}
