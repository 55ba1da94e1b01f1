using System.Globalization;
using Gatehouse.Apache;

namespace Gatehouse.Tests.Apache.Evaluation;

/// <summary>Random configurations and requests, with httpd itself as the oracle. GATEHOUSE_NIGHTLY=1 asks more than ten thousand; GATEHOUSE_SEED begins elsewhere.</summary>
public class RandomAgreementTests
{
    private const int RequestsEach = 40;

    [Fact]
    public async Task The_evaluated_status_is_that_of_httpd()
    {
        RealHttpd.Require();
        var nightly = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1";
        var first = int.TryParse(Environment.GetEnvironmentVariable("GATEHOUSE_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 1;
        var (asked, known, refused) = (0, 0, 0);
        var differences = new List<string>();
        for (var seed = first; seed < first + (nightly ? 300 : 12) && differences.Count < 20; seed++)
        {
            var random = new RandomConfiguration(seed);
            var server = random.Server();
            var folder = await EvaluationAgreementTests.TreeAsync();
            foreach (var place in (string[])["sub", "sub/deep", "empty", "private"])
                RealHttpd.Write(folder, $"www/{place}/.htaccess", random.RulesFile().Replace("@FOLDER@", folder, StringComparison.Ordinal));
            if (await RealHttpd.CheckAsync(folder, server.Replace("@FOLDER@", folder, StringComparison.Ordinal)) is not null)
            {
                // httpd does not take it (only negative Require lines, say): nothing to compare.
                refused++;
                Directory.Delete(folder, recursive: true);
                continue;
            }

            await using var agreement = await HttpdAgreement.StartAsync(folder, server);
            for (var i = 0; i < RequestsEach; i++) await agreement.AskAsync(random.Request());
            asked += agreement.Asked;
            known += agreement.Known;
            if (agreement.Differences.Count == 0) continue;
            var rules = string.Join('\n', Directory.EnumerateFiles(Path.Combine(folder, "www"), ".htaccess", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(file => $"--- {file[folder.Length..]}\n{File.ReadAllText(file)}"));
            differences.Add($"seed {seed}:\n{string.Join('\n', agreement.Differences.Take(4))}\n{server}\n{rules}");
        }

        var figures = string.Create(CultureInfo.InvariantCulture, $"{asked} asked, {known} claimed, {refused} configurations that httpd does not take");
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True(differences.Count == 0, $"{figures}\n{string.Join("\n\n", differences.Take(3))}");
        Assert.True(known >= 0.98 * asked, figures);
    }
}
