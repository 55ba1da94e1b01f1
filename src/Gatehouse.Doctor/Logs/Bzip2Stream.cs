namespace Gatehouse.Doctor.Logs;

/// <summary>
/// Unpacks bzip2 as logrotate writes it with `compresscmd bzip2`: Huffman codes, move to front and Burrows and Wheeler's transform
/// undone, block by block; at most 900,000 octets are held. Check sums are not compared: a damaged log is still worth reading.
/// </summary>
internal sealed class Bzip2Stream(Stream packed) : Stream
{
    private const int MaxBlock = 900_000;
    private readonly byte[] input = new byte[64 << 10];
    private int inputAt, inputLength;
    private int bitBuffer, bitCount;
    private int blockSize;
    private int[]? links;
    private byte[] block = [];
    private int blockLength, written, at;
    private int runLength, runByte = -1, repeats;
    private bool ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var made = 0;
        while (made < count && !ended)
        {
            if (repeats > 0)
            {
                repeats--;
                buffer[offset + made++] = (byte)runByte;
                continue;
            }

            if (written == blockLength)
            {
                if (!NextBlock()) break;
                continue;
            }

            at = links![at];
            var octet = (byte)(at & 0xFF);
            at >>>= 8;
            written++;
            if (runLength == 4)
            {
                repeats = octet; // four alike are followed by the number of further ones
                runLength = 0;
                continue;
            }

            runLength = octet == runByte ? runLength + 1 : 1;
            runByte = octet;
            buffer[offset + made++] = octet;
        }

        return made;
    }

    private bool NextBlock()
    {
        if (blockSize == 0)
        {
            if (Bits(8) != 'B' || Bits(8) != 'Z' || Bits(8) != 'h') return End();
            var level = Bits(8) - '0';
            if (level is < 1 or > 9) return End();
            blockSize = level * 100_000;
        }

        var magic = ((long)Bits(24) << 24) | (uint)Bits(24);
        if (magic == 0x177245385090)
        {
            Bits(16);
            Bits(16);
            bitCount -= bitCount % 8; // the next stream begins at a whole octet
            blockSize = 0;
            return inputAt < inputLength || Fill() ? NextBlock() : End();
        }

        if (magic != 0x314159265359) return End();
        Bits(16);
        Bits(16);
        Bits(1);
        ReadBlock();
        return blockLength > 0;
    }

    private void ReadBlock()
    {
        var start = Bits(24);
        var used = new byte[256];
        var symbols = 0;
        var groups = Bits(16);
        for (var i = 0; i < 16; i++)
        {
            if ((groups & (0x8000 >> i)) == 0) continue;
            var bits = Bits(16);
            for (var j = 0; j < 16; j++)
                if ((bits & (0x8000 >> j)) != 0) used[symbols++] = (byte)(i * 16 + j);
        }

        int tables = Bits(3), selectors = Bits(15);
        if (symbols == 0 || tables is < 2 or > 6 || selectors == 0) throw new InvalidDataException();
        var order = new byte[] { 0, 1, 2, 3, 4, 5 };
        var chosen = new byte[selectors];
        for (var i = 0; i < selectors; i++)
        {
            var j = 0;
            while (Bits(1) == 1)
                if (++j >= tables) throw new InvalidDataException();
            var table = order[j];
            order.AsSpan(0, j).CopyTo(order.AsSpan(1));
            order[0] = chosen[i] = table;
        }

        var size = symbols + 2;
        var codes = new Codes[tables];
        for (var t = 0; t < tables; t++)
        {
            var lengths = new byte[size];
            var length = Bits(5);
            for (var i = 0; i < size; i++)
            {
                while (Bits(1) == 1) length += Bits(1) == 0 ? 1 : -1;
                if (length is < 1 or > 20) throw new InvalidDataException();
                lengths[i] = (byte)length;
            }

            codes[t] = new Codes(lengths);
        }

        block = block.Length == 0 ? new byte[MaxBlock] : block;
        var counts = new int[256];
        int filled = 0, left = 0, selector = 0, run = 0, weight = 1;
        Codes current = codes[0];
        while (true)
        {
            if (left == 0)
            {
                if (selector >= selectors) throw new InvalidDataException();
                current = codes[chosen[selector++]];
                left = 50;
            }

            left--;
            var symbol = Symbol(current);
            if (symbol <= 1)
            {
                run += weight << symbol;
                weight <<= 1;
                if (run > blockSize) throw new InvalidDataException();
                continue;
            }

            if (run > 0)
            {
                if (filled + run > blockSize) throw new InvalidDataException();
                block.AsSpan(filled, run).Fill(used[0]);
                counts[used[0]] += run;
                filled += run;
                run = 0;
                weight = 1;
            }

            if (symbol == size - 1) break;
            if (filled >= blockSize) throw new InvalidDataException();
            var value = used[symbol - 1];
            used.AsSpan(0, symbol - 1).CopyTo(used.AsSpan(1));
            used[0] = value;
            block[filled++] = value;
            counts[value]++;
        }

        if (filled == 0 || start >= filled) throw new InvalidDataException();
        for (int i = 0, sum = 0; i < 256; i++) (counts[i], sum) = (sum, sum + counts[i]);
        links ??= new int[MaxBlock];
        for (var i = 0; i < filled; i++) links[counts[block[i]]++] = i << 8;
        // Each entry: the place of the next one, and its own octet.
        for (var i = 0; i < filled; i++) links[i] |= block[i];
        (at, blockLength, written) = (links[start] >>> 8, filled, 0);
        (runLength, runByte, repeats) = (0, -1, 0);
    }

    private int Symbol(Codes codes)
    {
        int code = 0, length = 0;
        while (true)
        {
            if (++length > 20) throw new InvalidDataException();
            code = (code << 1) | Bits(1);
            var index = code - codes.First[length];
            if (index >= 0 && index < codes.Count[length]) return codes.Symbols[codes.Base[length] + index];
        }
    }

    private int Bits(int count)
    {
        var value = 0;
        while (count > 0)
        {
            if (bitCount == 0)
            {
                if (inputAt >= inputLength && !Fill()) throw new InvalidDataException();
                bitBuffer = input[inputAt++];
                bitCount = 8;
            }

            var take = Math.Min(count, bitCount);
            value = (value << take) | ((bitBuffer >> (bitCount - take)) & ((1 << take) - 1));
            bitCount -= take;
            count -= take;
        }

        return value;
    }

    private bool Fill()
    {
        inputAt = 0;
        inputLength = packed.Read(input, 0, input.Length);
        return inputLength > 0;
    }

    private bool End()
    {
        ended = true;
        return false;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Canonical Huffman codes by length.</summary>
    private sealed class Codes
    {
        public int[] First { get; } = new int[21];

        public int[] Count { get; } = new int[21];

        public int[] Base { get; } = new int[21];

        public int[] Symbols { get; }

        public Codes(byte[] lengths)
        {
            Symbols = new int[lengths.Length];
            foreach (var length in lengths) Count[length]++;
            int code = 0, at = 0;
            for (var length = 1; length <= 20; length++)
            {
                code <<= 1;
                (First[length], Base[length]) = (code, at);
                for (var i = 0; i < lengths.Length; i++)
                    if (lengths[i] == length) Symbols[at++] = i;
                code += Count[length];
            }
        }
    }
}
