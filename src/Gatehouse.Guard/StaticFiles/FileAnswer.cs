using System.Globalization;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>Writes a file that may be served: whole, in part, or that it did not change.</summary>
internal static class FileAnswer
{
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Bytes = "bytes";
    private static readonly StringValues PrivateOnly = "private, no-cache";
    private static readonly StringValues VaryByCoding = "Accept-Encoding";

    /// <summary>Answers from memory, or from <paramref name="handle"/> where the file is too large to be there.</summary>
    public static ValueTask<Refusal?> SendAsync(HttpContext context, Facts facts, Identity? who, KeptFile kept, SafeFileHandle? handle)
    {
        var request = context.Request;
        var asked = request.Headers;
        var response = context.Response;
        var headers = response.Headers;
        var file = kept.Forms.Count == 0 || asked.Range.Count > 0 ? kept.Plain : NegotiatedForm.Of(asked.AcceptEncoding, kept);
        headers.ETag = file.EntityTag;
        headers.LastModified = file.LastModified;
        headers.XContentTypeOptions = NoSniff;
        if (kept.Forms.Count > 0) headers.Vary = VaryByCoding;
        if (who is not null) headers.CacheControl = PrivateOnly;
        if (Preconditions.StatusOf(asked, file) is var precondition and not 0)
        {
            response.StatusCode = precondition;
            return default;
        }

        headers.ContentType = file.ContentType;
        headers.AcceptRanges = Bytes;
        if (file.Coding is not null) headers.ContentEncoding = file.Coding;
        var (first, last) = (0L, file.Size - 1);
        if (asked.Range.Count == 1 && Preconditions.MayBePart(asked.IfRange, file))
        {
            switch (ByteRange.Read(asked.Range.ToString(), file.Size, out first, out last))
            {
                case RangeAnswer.Whole:
                    (first, last) = (0, file.Size - 1);
                    break;
                case RangeAnswer.Part:
                    response.StatusCode = StatusCodes.Status206PartialContent;
                    headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{last}/{file.Size}");
                    break;
                case RangeAnswer.Outside:
                    response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                    headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Size}");
                    headers.ContentType = default;
                    response.ContentLength = 0;
                    return default;
            }
        }

        var length = last - first + 1;
        response.ContentLength = length;
        if (facts.Method.Length == 4 || length == 0) return default;
        if (file.Bytes is { } bytes)
        {
            var writer = response.BodyWriter;
            bytes.AsSpan((int)first, (int)length).CopyTo(writer.GetSpan((int)length));
            writer.Advance((int)length);
            return default;
        }

        return CopyAsync(context, handle!, first, length);
    }

    private static async ValueTask<Refusal?> CopyAsync(HttpContext context, SafeFileHandle handle, long at, long length)
    {
        var writer = context.Response.BodyWriter;
        while (length > 0)
        {
            var memory = writer.GetMemory(64 * 1024);
            var read = await RandomAccess.ReadAsync(handle, memory[..(int)Math.Min(length, memory.Length)], at, context.RequestAborted);
            if (read == 0)
            {
                // The file became shorter than what was promised.
                context.Abort();
                return null;
            }

            writer.Advance(read);
            (at, length) = (at + read, length - read);
            var flushed = await writer.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted || flushed.IsCanceled) return null;
        }

        return null;
    }
}
