using System.Globalization;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>Fetches samples of a request (configuration manual, 7.3): the value, and what it is about.</summary>
/// <param name="request">As it stands when the rule is met.</param>
internal sealed class HaproxySample(AskedRequest request)
{
    /// <summary>The value of a fetch without its converters; not known: it hangs on what is not visible from here. Null and known: it is not there.</summary>
    public (bool Known, string? Value) Fetch(string name, string? argument)
    {
        var url = request.RawPath + (request.Query.Length > 0 ? "?" + request.Query : "");
        switch (name)
        {
            case "path" or "path_beg" or "path_end" or "path_sub" or "path_reg" or "path_dir" or "path_dom" or "path_len" or "baseq": return (true, name == "baseq" ? Authority() + url : request.RawPath);
            case "pathq": return (true, url);
            case "url" or "url_beg" or "url_end" or "url_sub" or "url_reg" or "url_dir": return (true, url);
            case "base" or "base_beg" or "base_end" or "base_sub" or "base_reg" or "base_dir": return (true, Authority() + request.RawPath);
            case "query": return (true, request.Query);
            case "method": return (true, request.Method);
            case "dst_port": return (true, request.Port.ToString(CultureInfo.InvariantCulture));
            case "date" when argument is null: return (true, request.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            case "http_auth_bearer":
                var bearer = request.Header("Authorization");
                return (true, bearer?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true ? bearer[7..].Trim() : null);
            case "http_auth_type": return (true, request.Header("Authorization")?.Split(' ')[0]);
            case "http_auth_user": return (true, request.Credentials()?.User);
            case "ssl_fc_sni" or "req.ssl_sni" or "req_ssl_sni": return (request.Secure, request.Host);
            case "bool": return (true, argument is "false" or "no" or "0" ? "0" : "1");
            case "str" or "int": return (true, argument);
            case "req.ver": return (true, "1.1");
            case "src": return (request.Address is not null, request.Address?.ToString());
            case "urlp" or "url_param" or "urlp_reg" or "urlp_sub": return (true, Parameter(request.Query, argument));
            case "cook" or "req.cook" or "cook_beg" or "cook_sub" or "cook_reg": return (true, Cookie(argument));
        }

        if (IsHeader(name))
        {
            var parts = argument?.Split(',', StringSplitOptions.TrimEntries) ?? [];
            if (parts.Length == 0) return (false, null);
            var values = Occurrences(name, parts[0]);
            if (parts.Length < 2 || !int.TryParse(parts[1], out var nth)) return (true, values.Count == 0 ? null : values[^1]);
            var at = nth < 0 ? values.Count + nth : nth - 1;
            return (nth != 0, at >= 0 && at < values.Count ? values[at] : null);
        }

        if (name is "hdr_cnt" or "req.hdr_cnt" or "req.fhdr_cnt")
            return argument is null ? (false, null) : (true, Occurrences(name, argument).Count.ToString(CultureInfo.InvariantCulture));
        return (false, null);
    }

    /// <summary>All that a condition tries, one after the other: of a field without a number every value of it.</summary>
    public (bool Known, IReadOnlyList<string?> Values) Candidates(string name, string? argument)
    {
        if (IsHeader(name) && argument is not null && !argument.Contains(',', StringComparison.Ordinal) && Occurrences(name, argument.Trim()) is { Count: > 0 } all) return (true, all);
        var (known, value) = Fetch(name, argument);
        return (known, [value]);
    }

    private static bool IsHeader(string name) => name is "hdr" or "req.hdr" or "req.fhdr" or "hdr_beg" or "hdr_end" or "hdr_sub" or "hdr_reg" or "hdr_dom" or "hdr_dir" or "hdr_len" or "hdr_val" or "hdr_ip" or "req.hdr_ip" or "req.hdr_val";

    /// <summary>The Host as it is sent: with the port where it is not the scheme's own.</summary>
    private string Authority() => request.Header("Host") ?? (request.Port == (request.Secure ? 443 : 80) ? request.Host : $"{request.Host}:{request.Port.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>The values of a field: each line, and but for <c>fhdr</c> each part between commas (7.3.6, req.hdr).</summary>
    private List<string> Occurrences(string name, string field)
    {
        var lines = request.Fields.Where(each => each.Name.Equals(field, StringComparison.OrdinalIgnoreCase)).Select(each => each.Value).ToList();
        if (lines.Count == 0 && field.Equals("host", StringComparison.OrdinalIgnoreCase)) lines.Add(Authority());
        return name.StartsWith("req.fhdr", StringComparison.Ordinal) ? lines : [.. lines.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries))];
    }

    /// <summary>What a condition on it is about.</summary>
    public static Subject SubjectOf(string name, string? argument, string fetch)
    {
        if (fetch.Contains("geo", StringComparison.OrdinalIgnoreCase) || fetch.Contains("country", StringComparison.OrdinalIgnoreCase)) return Subject.Country;
        if (name.StartsWith("sc_", StringComparison.Ordinal) || name.StartsWith("sc0_", StringComparison.Ordinal) || name.StartsWith("sc1_", StringComparison.Ordinal) || name.StartsWith("sc2_", StringComparison.Ordinal) || name.StartsWith("src_http", StringComparison.Ordinal) || name.StartsWith("src_conn", StringComparison.Ordinal) || name.Contains("_rate", StringComparison.Ordinal) || name.StartsWith("src_get", StringComparison.Ordinal)) return Subject.Rate;
        if (name is "src" || name.StartsWith("src,", StringComparison.Ordinal)) return Subject.Address;
        if (name is "hdr_ip" or "req.hdr_ip") return Subject.Address;
        if (name.StartsWith("path", StringComparison.Ordinal) || name.StartsWith("url", StringComparison.Ordinal) || name.StartsWith("base", StringComparison.Ordinal) || name is "query") return Subject.Path;
        if (name is "method") return Subject.Method;
        if (name is "date" or "date_us") return Subject.Time;
        if (name.StartsWith("ssl_c", StringComparison.Ordinal) || name.StartsWith("ssl_fc_has", StringComparison.Ordinal)) return Subject.Certificate;
        if (name.StartsWith("ssl_fc", StringComparison.Ordinal) && name.Contains("sni", StringComparison.Ordinal)) return Subject.Host;
        if (name is "ssl_fc") return Subject.Scheme;
        if (name.StartsWith("http_auth", StringComparison.Ordinal) || name.StartsWith("jwt", StringComparison.Ordinal)) return Subject.Credentials;
        if (name.StartsWith("cook", StringComparison.Ordinal) || name is "req.cook") return Subject.Cookie;
        if (name.Contains("hdr", StringComparison.Ordinal)) return HeaderSubjects.OfHeader(argument?.Split(',')[0]);
        return Subject.Other;
    }

    /// <summary>A fetch and its converters, parted by the commas outside of brackets.</summary>
    public static List<string> SplitConverters(string fetch)
    {
        var parts = new List<string>();
        int depth = 0, from = 0;
        for (var i = 0; i < fetch.Length; i++)
        {
            if (fetch[i] == '(') depth++;
            else if (fetch[i] == ')') depth--;
            else if (fetch[i] == ',' && depth == 0)
            {
                parts.Add(fetch[from..i]);
                from = i + 1;
            }
        }

        parts.Add(fetch[from..]);
        return parts;
    }

    /// <summary>A name and what stands in its brackets.</summary>
    public static (string Name, string? Argument) Call(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        return open < 0 || !text.EndsWith(')') ? (text, null) : (text[..open], text[(open + 1)..^1]);
    }

    private static string? Parameter(string query, string? name)
    {
        foreach (var pair in query.Split('&'))
            if (pair.Split('=', 2) is [var key, ..] && key == name?.Split(',')[0]) return pair.Contains('=', StringComparison.Ordinal) ? pair.Split('=', 2)[1] : "";
        return null;
    }

    private string? Cookie(string? name)
    {
        foreach (var pair in (request.Header("Cookie") ?? "").Split(';'))
            if (pair.Trim().Split('=', 2) is [var key, var value] && (name is null || key == name)) return value;
        return null;
    }
}
