using System.Security.Cryptography;

namespace Gatehouse.Guard.Refusals;

/// <summary>The id under which the operator finds a refusal. It carries no data: 128 random bits.</summary>
public static class Incident
{
    /// <summary>How many ids one call to the system's generator pays for.</summary>
    private const int Batch = 64;

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789abcdef");

    [ThreadStatic]
    private static Reserve? _reserve;

    /// <summary>Draws an id: 32 lower-case hex digits.</summary>
    public static string NewId()
    {
        var reserve = _reserve ??= new();
        if (reserve.Next == Batch)
        {
            RandomNumberGenerator.Fill(reserve.Bytes);
            reserve.Next = 0;
        }

        return Convert.ToHexStringLower(reserve.Bytes.AsSpan(reserve.Next++ * 16, 16));
    }

    /// <summary>Whether the text could be an id.</summary>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length == 32 && !text.ContainsAnyExcept(Digits);

    private sealed class Reserve
    {
        public readonly byte[] Bytes = new byte[Batch * 16];
        public int Next = Batch;
    }
}
