using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Tests.Nginx;

/// <summary>Random configurations, held against the real nginx: what the evaluator claims must be so, and it must claim nearly everything.</summary>
public class RandomAgreementTests
{
    private const int ServersAtOnce = 20, RequestsEach = 25;

    [Fact]
    public void Random_configurations_are_evaluated_as_nginx_evaluates_them()
    {
        var nightly = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1";
        var seed = int.TryParse(Environment.GetEnvironmentVariable("GATEHOUSE_SEED"), CultureInfo.InvariantCulture, out var given) ? given : nightly ? TimeProvider.System.GetUtcNow().DayOfYear : 1;
        var agreement = new Agreement();
        var loaded = 0;
        for (var round = 0; round < (nightly ? 40 : 2); round++) Round(new Random(seed * 1000 + round), agreement, ref loaded);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {loaded} servers, {agreement}");
        agreement.Check(0.98);
    }

    private static void Round(Random random, Agreement agreement, ref int loaded)
    {
        var maker = new RandomServers(random);
        var servers = Enumerable.Range(0, ServersAtOnce).Select(_ => maker.Next()).ToList();
        var ports = RealNginx.FreePorts(ServersAtOnce);
        // What nginx does not load (a duplicate, a pattern) is left out, one after the other.
        for (var tries = 0; tries < ServersAtOnce && servers.Count > 0; tries++)
        {
            var folder = RealNginx.NewFolder();
            NginxSite.Make(folder);
            var text = new StringBuilder(RandomServers.Http).AppendLine();
            var starts = new List<int>();
            for (var i = 0; i < servers.Count; i++)
            {
                starts.Add(text.ToString().Count(c => c == '\n'));
                text.AppendLine(CultureInfo.InvariantCulture, $"server {{\nlisten 127.0.0.1:{ports[i]};\n{servers[i].Replace("DIR", folder, StringComparison.Ordinal)}\n}}");
            }

            var nginx = RealNginx.Start(folder, text.ToString(), ports[0], out var complaint);
            if (nginx is null)
            {
                Directory.Delete(folder, recursive: true);
                var at = complaint.LastIndexOf("nginx.conf:", StringComparison.Ordinal);
                Assert.True(at > 0, complaint);
                var line = int.Parse(complaint.AsSpan(at + 11, complaint.AsSpan(at + 11).IndexOfAnyExceptInRange('0', '9')), CultureInfo.InvariantCulture);
                var before = Environment.UserName == "root" ? 13 : 12;
                var guilty = starts.FindLastIndex(start => start + before < line);
                servers.RemoveAt(Math.Max(0, guilty));
                continue;
            }

            using (nginx)
            {
                loaded += servers.Count;
                for (var i = 0; i < servers.Count; i++)
                    for (var n = 0; n < RequestsEach; n++) agreement.Hold(nginx, maker.Request(), ports[i], servers[i]);
            }

            return;
        }
    }
}
