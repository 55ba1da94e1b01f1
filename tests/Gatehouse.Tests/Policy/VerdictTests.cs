using CsCheck;
using Gatehouse.Policy;

namespace Gatehouse.Tests.Policy;

public class VerdictTests
{
    private static readonly Gen<Verdict[]> Some = Gen.Int[0, 2].Select(i => (Verdict)i).Array[0, 8];

    [Fact]
    public void The_default_refuses() => Assert.Equal(Verdict.Deny, default);

    [Fact]
    public void All_allows_only_where_each_allows() =>
        Some.Sample(verdicts => Verdicts.All(verdicts) == Verdict.Allow == verdicts.All(v => v == Verdict.Allow));

    [Fact]
    public void All_denies_where_one_denies_even_beside_NeedsIdentity() =>
        Some.Sample(verdicts => Verdicts.All(verdicts) == Verdict.Deny == verdicts.Contains(Verdict.Deny));

    [Fact]
    public void Any_allows_where_one_allows_and_denies_only_where_each_denies() =>
        Some.Sample(verdicts =>
            Verdicts.Any(verdicts) == Verdict.Allow == verdicts.Contains(Verdict.Allow)
            && Verdicts.Any(verdicts) == Verdict.Deny == verdicts.All(v => v == Verdict.Deny));
}
