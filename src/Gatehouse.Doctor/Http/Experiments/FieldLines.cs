namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>One thing changed in a request, everything else as it was.</summary>
internal static class FieldLines
{
    /// <summary>Without the fields that match.</summary>
    public static SentRequest Without(this SentRequest request, Func<string, bool> name) => request with { Fields = [.. request.Fields.Where(field => !name(field.Name))] };

    /// <summary>Without one field.</summary>
    public static SentRequest Without(this SentRequest request, string name) => request.Without(field => field.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>With one field set: in its place where it stood, else at the end.</summary>
    public static SentRequest With(this SentRequest request, string name, string value)
    {
        var fields = new List<Field>();
        var set = false;
        foreach (var field in request.Fields)
        {
            if (!field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) fields.Add(field);
            else if (!set) fields.Add(new Field(field.Name, value));
            set |= field.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
        }

        if (!set) fields.Add(new Field(name, value));
        return request with { Fields = fields };
    }

    /// <summary>To another address of the same origin or of another; the Host goes along.</summary>
    public static SentRequest To(this SentRequest request, Uri url)
    {
        var moved = request with { Url = url };
        return SameOrigin(request.Url, url) ? moved : moved.With("Host", HostOf(url));
    }

    /// <summary>Without body, and without the fields that speak of one.</summary>
    public static SentRequest WithoutBody(this SentRequest request) =>
        (request with { Body = default }).Without(name => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));

    /// <summary>The value of Host for an address (RFC 9112 section 3.2).</summary>
    public static string HostOf(Uri url)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost.Trim('[', ']')}]" : url.IdnHost;
        return url.IsDefaultPort ? host : $"{host}:{url.Port}";
    }

    /// <summary>Scheme, host and port (RFC 6454 section 4).</summary>
    public static bool SameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.Port == other.Port && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>An address with another path and query, character by character as given.</summary>
    public static Uri WithPath(this Uri url, string pathAndQuery) => Raw($"{url.Scheme}://{HostOf(url)}{pathAndQuery}");

    /// <summary>An address whose path and query stay as they are written.</summary>
    public static Uri Raw(string text) => new(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
