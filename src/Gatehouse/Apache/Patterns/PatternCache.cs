using System.Collections.Concurrent;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Patterns;

/// <summary>Patterns of a server's own configuration (AliasMatch, ProxyPassMatch), compiled once: there are no more of them than it has lines.</summary>
internal sealed class PatternCache
{
    private readonly ConcurrentDictionary<string, HttpdPattern?> patterns = new(StringComparer.Ordinal);

    /// <summary>What a pattern finds in a text; nothing where it does not compile.</summary>
    public PatternMatch Match(string pattern, string subject) =>
        patterns.GetOrAdd(pattern, static text => HttpdPattern.TryCompile(text, PatternOptions.Default, out var compiled, out _) ? compiled : null)?.Match(subject) ?? PatternMatch.None;
}
