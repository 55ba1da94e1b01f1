using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>What a request asks of a file before it wants it (RFC 9110 section 13).</summary>
internal static class Preconditions
{
    /// <summary>412 or 304; 0: the request is answered as if it had no preconditions (RFC 9110 section 13.2.2).</summary>
    public static int StatusOf(IHeaderDictionary asked, ServedFile file)
    {
        if (asked.IfMatch.Count > 0)
        {
            if (!Names(asked.IfMatch, file, weakly: false)) return StatusCodes.Status412PreconditionFailed;
        }
        else if (asked.IfUnmodifiedSince.Count == 1 && TryDate(asked.IfUnmodifiedSince.ToString(), out var unmodified) && Seconds(file.State.Modified) > Seconds(unmodified))
        {
            return StatusCodes.Status412PreconditionFailed;
        }

        if (asked.IfNoneMatch.Count > 0) return Names(asked.IfNoneMatch, file, weakly: true) ? StatusCodes.Status304NotModified : 0;
        return asked.IfModifiedSince.Count == 1 && TryDate(asked.IfModifiedSince.ToString(), out var modified) && Seconds(file.State.Modified) <= Seconds(modified) ? StatusCodes.Status304NotModified : 0;
    }

    /// <summary>Whether a part may be sent: If-Range = entity-tag / HTTP-date (RFC 9110 section 13.1.5), strong comparison, exact date.</summary>
    public static bool MayBePart(StringValues condition, ServedFile file)
    {
        if (condition.Count == 0) return true;
        var text = condition.ToString();
        if (text.StartsWith('"')) return string.Equals(text, file.EntityTag.ToString(), StringComparison.Ordinal);
        return TryDate(text, out var date) && Seconds(date) == Seconds(file.State.Modified);
    }

    private static bool Names(StringValues tags, ServedFile file, bool weakly)
    {
        var own = file.EntityTag.ToString();
        foreach (var line in tags)
        {
            foreach (var item in line.AsSpan().Split(','))
            {
                var tag = line.AsSpan()[item].Trim();
                if (tag is "*") return true;
                if (weakly && tag.StartsWith("W/")) tag = tag[2..];
                if (tag.SequenceEqual(own)) return true;
            }
        }

        return false;
    }

    private static bool TryDate(string text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);

    private static long Seconds(DateTimeOffset moment) => moment.ToUnixTimeSeconds();
}
