using System.Globalization;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>The request as given, ready to be sent.</summary>
internal static class GivenRequest
{
    /// <summary>Host first where none was given, then the given fields in their order, then the length of the body.</summary>
    public static SentRequest Of(Question question)
    {
        var url = question.Url!;
        var fields = new List<Field>();
        if (!question.Headers.Any(header => header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase))) fields.Add(new Field("Host", FieldLines.HostOf(url)));
        fields.AddRange(question.Headers.Select(header => new Field(header.Key, header.Value)));
        var framed = fields.Any(field => field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || field.Name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));
        if (!framed && (!question.Body.IsEmpty || question.Method is "POST" or "PUT" or "PATCH")) fields.Add(new Field("Content-Length", question.Body.Length.ToString(CultureInfo.InvariantCulture)));
        return new SentRequest { Method = question.Method, Url = url, Fields = fields, Body = question.Body };
    }
}
