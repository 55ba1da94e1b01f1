using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using Gatehouse.Addresses;

namespace Gatehouse.Benchmarks;

/// <summary>A block list of a million ranges: loaded once, asked at every request.</summary>
[MemoryDiagnoser]
public class LookUp
{
    private const int Ranges = 1_000_000;
    private readonly IPAddress[] asked = new IPAddress[4096];
    private byte[] text = [];
    private RangeSet set = RangeSet.Empty;
    private int next;

    [GlobalSetup]
    public void Make()
    {
        var random = new Random(7);
        var lines = new StringBuilder();
        for (var i = 0; i < Ranges; i++) lines.Append(random.Next(1, 224)).Append('.').Append(random.Next(256)).Append('.').Append(random.Next(256)).Append('.').Append(random.Next(4) * 64).Append("/26\n");
        text = Encoding.ASCII.GetBytes(lines.ToString());
        set = AddressList.Parse(text).Addresses;
        for (var i = 0; i < asked.Length; i++) asked[i] = new IPAddress(random.NextInt64(0, 1L << 32));
    }

    [Benchmark]
    public bool Contains() => set.Contains(asked[next++ & 4095]);

    [Benchmark]
    public int Load() => AddressList.Parse(text).Entries;
}
