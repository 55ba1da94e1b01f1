namespace Gatehouse.Fuzz;

/// <summary>One input made from others: octets changed, cut out, doubled, spliced; characters that grammars care about put in.</summary>
internal static class Mutation
{
    private static readonly byte[][] Telling =
    [
        .. new[] { "\"", "\\", ",", ";", "=", ":", "/", "%", "\0", "\r\n", "\n", " ", "\t", "{", "}", "(", ")", "[", "]", "<", ">", "#", "$", "'", "`", "^", ".", "..", "*", "+", "?", "|", "~", "!", "@", "-", "\u00e9", "\ud83d\ude00", "\u202e", "\u001b[31m", "%00", "%2f", "${x}", "%{A}", "4294967296", "-1", "1e309", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }.Select(System.Text.Encoding.UTF8.GetBytes),
        [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
    ];

    /// <summary>From one, with parts of another.</summary>
    public static byte[] Of(byte[] one, byte[] other, Random random)
    {
        var octets = new List<byte>(one);
        for (var left = 1 + random.Next(6); left > 0; left--)
        {
            var at = random.Next(octets.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < octets.Count:
                    octets[at] = (byte)random.Next(256);
                    break;
                case 1 when at < octets.Count:
                    octets.RemoveRange(at, Math.Min(octets.Count - at, 1 + random.Next(8)));
                    break;
                case 2:
                    octets.InsertRange(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 3 when at < octets.Count:
                    octets.InsertRange(at, octets.GetRange(at, Math.Min(octets.Count - at, 1 + random.Next(32))));
                    break;
                case 4 when other.Length > 0:
                    var from = random.Next(other.Length);
                    octets.InsertRange(at, other[from..Math.Min(other.Length, from + 1 + random.Next(64))]);
                    break;
                case 5:
                    octets.RemoveRange(at, octets.Count - at);
                    break;
                case 6 when random.Next(32) == 0 && octets.Count is > 0 and < 2048:
                    var whole = octets.ToArray();
                    for (var times = random.Next(200); times > 0; times--) octets.AddRange(whole);
                    break;
            }
        }

        return [.. octets];
    }
}
