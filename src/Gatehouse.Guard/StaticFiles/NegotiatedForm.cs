using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>Which of a file's forms a client gets.</summary>
internal static class NegotiatedForm
{
    /// <summary>The first form in our order that the client takes with the highest quality (RFC 9110 section 12.5.3).</summary>
    public static ServedFile Of(StringValues accepted, KeptFile kept)
    {
        var best = kept.Plain;
        var bestQuality = 0.0;
        foreach (var form in kept.Forms)
        {
            foreach (var line in accepted)
            {
                foreach (var item in line.AsSpan().Split(','))
                {
                    var coding = line.AsSpan()[item].Trim();
                    var parameter = coding.IndexOf(';');
                    var name = parameter < 0 ? coding : coding[..parameter].TrimEnd();
                    if (!name.Equals(form.Coding, StringComparison.OrdinalIgnoreCase)) continue;
                    var quality = 1.0;
                    if (parameter >= 0 && coding[(parameter + 1)..].Trim() is var weight && weight.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
                        _ = double.TryParse(weight[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out quality);
                    if (quality > bestQuality) (best, bestQuality) = (form, quality);
                }
            }
        }

        return best;
    }
}
