using Gatehouse.Doctor.Nginx.Patterns;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx.Model;

/// <summary>Levels of configuration that a request can stand in.</summary>
internal enum ScopeKind
{
    /// <summary>The http block.</summary>
    Http,

    /// <summary>A server.</summary>
    Server,

    /// <summary>A location.</summary>
    Location,

    /// <summary>An if block: a location without a name.</summary>
    If,

    /// <summary>A limit_except block.</summary>
    LimitExcept,
}

/// <summary>How a location is matched.</summary>
internal enum LocationKind
{
    /// <summary>The longest prefix, unless a pattern matches.</summary>
    Prefix,

    /// <summary><c>^~</c>: the longest prefix, and patterns are not asked.</summary>
    PrefixOnly,

    /// <summary><c>=</c>.</summary>
    Exact,

    /// <summary><c>~</c> and <c>~*</c>, in the order in which they stand.</summary>
    Pattern,

    /// <summary><c>@name</c>.</summary>
    Named,
}

/// <summary>
/// A level of configuration with its directives. Inheritance in nginx is all or nothing: a directive that stands here, once or more, hides all of its
/// name above; that is what <see cref="Find"/> does.
/// </summary>
internal sealed class Scope
{
    private readonly Dictionary<string, List<ConfNode>> own = new(StringComparer.Ordinal);

    public Scope(ScopeKind kind, ConfNode? node, Scope? parent, IEnumerable<ConfNode> block)
    {
        Kind = kind;
        Node = node;
        Parent = parent;
        Nodes = [.. ConfTree.Flat(block)];
        foreach (var inner in Nodes)
        {
            if (!own.TryGetValue(inner.Name, out var list)) own[inner.Name] = list = [];
            list.Add(inner);
        }
    }

    /// <summary>Which level.</summary>
    public ScopeKind Kind { get; }

    /// <summary>The block; null: what stands at the outermost level of a file without an http block.</summary>
    public ConfNode? Node { get; }

    /// <summary>The level around it; null: none.</summary>
    public Scope? Parent { get; }

    /// <summary>Its directives in order, includes in their place.</summary>
    public IReadOnlyList<ConfNode> Nodes { get; }

    /// <summary>Of a location: how it is matched.</summary>
    public LocationKind Match { get; init; }

    /// <summary>Of a location: its prefix, pattern or name, bytes as characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of a location with a pattern; null where it can't be evaluated.</summary>
    public Pcre? Pattern { get; init; }

    /// <summary>Why the pattern can't be evaluated.</summary>
    public string? PatternProblem { get; init; }

    /// <summary>Locations inside it.</summary>
    public List<Scope> Locations { get; } = [];

    /// <summary>Its limit_except block; null: none.</summary>
    public Scope? LimitExcept { get; set; }

    /// <summary>The methods that limit_except leaves alone.</summary>
    public IReadOnlyList<string> ExceptMethods { get; set; } = [];

    /// <summary>Its directives of the rewrite module, in order.</summary>
    public IReadOnlyList<RewriteStep> Steps { get; set; } = [];

    /// <summary>The server that it belongs to.</summary>
    public Scope? Server
    {
        get
        {
            for (var scope = this; scope is not null; scope = scope.Parent)
                if (scope.Kind == ScopeKind.Server) return scope;
            return null;
        }
    }

    /// <summary>The location that it is or stands in; null: the server itself.</summary>
    public Scope? Location
    {
        get
        {
            for (var scope = this; scope is not null; scope = scope.Parent)
                if (scope.Kind == ScopeKind.Location) return scope;
            return null;
        }
    }

    /// <summary>Directives of this name at this very level.</summary>
    public IReadOnlyList<ConfNode> Own(string name) => own.TryGetValue(name, out var list) ? list : [];

    /// <summary>Whether this level has one of the names.</summary>
    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (own.ContainsKey(name)) return true;
        return false;
    }

    /// <summary>The level, from here up, that has one of the names; null: none.</summary>
    public Scope? Nearest(params ReadOnlySpan<string> names)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
            if (scope.Has(names)) return scope;
        return null;
    }

    /// <summary>Directives of this name that are in force here.</summary>
    public IReadOnlyList<ConfNode> Find(string name) => Nearest(name)?.Own(name) ?? [];

    /// <summary>The one directive of this name in force here; null: none.</summary>
    public ConfNode? One(string name) => Find(name) is { Count: > 0 } list ? list[0] : null;

    /// <summary>The first argument of the directive in force here; null: it is not set.</summary>
    public string? Value(string name) => One(name)?[0];

    /// <summary>Whether a switch is on.</summary>
    public bool IsOn(string name, bool otherwise = false) => Value(name) is { } value ? value.Equals("on", StringComparison.OrdinalIgnoreCase) : otherwise;
}
