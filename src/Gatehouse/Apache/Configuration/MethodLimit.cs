namespace Gatehouse.Apache.Configuration;

/// <summary>Which methods a directive inside &lt;Limit&gt; or &lt;LimitExcept&gt; speaks of. HEAD is GET. Null in its place: all methods.</summary>
/// <param name="Except">Whether the named are those that it does not speak of.</param>
/// <param name="Methods">As written; httpd compares with regard to case.</param>
/// <param name="Section">The section.</param>
public sealed record MethodLimit(bool Except, IReadOnlyList<string> Methods, Directive Section)
{
    /// <summary>Whether it speaks of a method.</summary>
    public bool Covers(string method) => Methods.Contains(method == "HEAD" ? "GET" : method, StringComparer.Ordinal) != Except;
}
