using BenchmarkDotNet.Attributes;
using Gatehouse.Grammar;

namespace Gatehouse.Benchmarks;

/// <summary>The fields that nearly every refused request is judged by.</summary>
[MemoryDiagnoser]
public class Parsing
{
    private const string Digest = "Digest username=\"alice\", realm=\"r\", nonce=\"0123456789abcdef\", uri=\"/a\", qop=auth, nc=00000001, cnonce=\"x\", response=\"0123456789abcdef0123456789abcdef\"";
    private const string Token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoib3JkZXJzIiwiZXhwIjoxNzk1NTMyODAwfQ.c2lnbmF0dXJl";

    [Benchmark(Baseline = true)]
    public bool Basic() => Authorization.TryParse("Basic YWxpY2U6d29uZGVy", out _, out _);

    [Benchmark]
    public bool DigestField() => Authorization.TryParse(Digest, out var field, out _) && DigestCredentials.TryParse(field!, out _, out _);

    [Benchmark]
    public bool Jwt() => JsonWebToken.TryParse(Token, out _, out _);

    [Benchmark]
    public bool Cookies() => Grammar.Cookies.TryParse("theme=dark; __Host-gatehouse=AAAAAGsFxMzkLM5WrwBU05naxUgYFJJk; lang=de", out _, out _);

    [Benchmark]
    public bool ForwardedField() => Forwarded.TryParse("for=192.0.2.60;proto=https;by=203.0.113.43, for=198.51.100.17", out _, out _);
}
