using System.Globalization;
using System.Net;
using System.Text;
using Gatehouse.Apache;

namespace Gatehouse.Tests.Apache;

/// <summary>Networks in all their forms, asked of the real httpd's <c>Require ip</c> and of <see cref="Subnet"/>.</summary>
public sealed class SubnetAgreementTests
{
    private static readonly string[] Texts =
    [
        "127", "127.", "127.0", "127.0.0.", "127.0.0.1", "127.0.0.1.", "127.0.0.2", "128", "127..", "127.0..1", ".127", "127.0.0.1.1", "127.0.0.1/32", "127.0.0.1/8", "126.0.0.0/7", "127.0.0.0/0", "127.0.0.0/33",
        "127.0.0.0/255.0.0.0", "127.0.0.0/255.0.255.0", "127.0.0.0/255.0", "127.0/16", "127/8", "127.0.0.1/", "127.0.0.1/x", "127.0.0.1/08", "127.0.0.1/8/8", "127.00.0.1", "0127.0.0.1", "256.0.0.0", "127.256",
        "::1", "::1/128", "::/1", "::/0", "::ffff:127.0.0.1", "::ffff:127.0.0.1/128", "::ffff:127.0.0.0/104", "::127.0.0.1", "2001:db8::/129", "2001:db8::/32", "2001:db8::/255.0.0.0", "fe80::1%lo", ":", "1:2", "a.b", "10.a", "name.test",
    ];

    [Fact]
    public async Task Networks_are_read_as_the_real_httpd_reads_them()
    {
        RealHttpd.Require();
        var folder = RealHttpd.NewFolder();
        for (var i = 0; i < Texts.Length; i++)
        {
            // One folder a text: what httpd refuses makes its .htaccess a 500 and spares the rest.
            RealHttpd.Write(folder, $"www/{i.ToString(CultureInfo.InvariantCulture)}/.htaccess", $"Require ip {Texts[i]}\n");
            RealHttpd.Write(folder, $"www/{i.ToString(CultureInfo.InvariantCulture)}/f", "");
        }

        await using var httpd = await RealHttpd.StartAsync(folder, "<Directory @FOLDER@/www>\nAllowOverride All\nRequire all granted\n</Directory>\n");
        var wrong = new StringBuilder();
        for (var i = 0; i < Texts.Length; i++)
        {
            var there = (await httpd.AskAsync($"/{i.ToString(CultureInfo.InvariantCulture)}/f")).Status;
            var here = Subnet.Parse(Texts[i], out var network) != SubnetText.Right ? 500 : network!.Contains(IPAddress.Loopback) ? 200 : 403;
            if (there != here) wrong.AppendLine(CultureInfo.InvariantCulture, $"{Texts[i]}: there {there}, here {here}");
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }
}
