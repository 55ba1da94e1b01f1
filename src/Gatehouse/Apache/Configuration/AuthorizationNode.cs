namespace Gatehouse.Apache.Configuration;

/// <summary>How a container's members are joined.</summary>
public enum AuthorizationLogic
{
    /// <summary>One suffices (RequireAny, and the implicit container of a section).</summary>
    Any = 0,

    /// <summary>All must agree (RequireAll).</summary>
    All,
}

/// <summary>A Require, or a container of several (authz_section_conf).</summary>
public sealed record AuthorizationNode
{
    /// <summary>The directive or the section's tag; null: the implicit container of a section, or the join of two by AuthMerging.</summary>
    public Directive? By { get; init; }

    /// <summary>How the members are joined; of a container.</summary>
    public AuthorizationLogic Logic { get; init; }

    /// <summary>Require not, RequireNone.</summary>
    public bool Negated { get; init; }

    /// <summary>The provider, lower case; null: a container.</summary>
    public string? Provider { get; init; }

    /// <summary>What stands behind the provider, as written.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>The arguments of <c>ip</c> as networks; empty: another provider.</summary>
    public IReadOnlyList<Subnet> Networks { get; init; } = [];

    /// <summary>The argument of <c>expr</c>, compiled; null: another provider, or it does not parse.</summary>
    public Expressions.Expression? Expression { get; init; }

    /// <summary>The methods it speaks of; null: all.</summary>
    public MethodLimit? Limit { get; init; }

    /// <summary>The members of a container.</summary>
    public IReadOnlyList<AuthorizationNode> Members { get; init; } = [];

    /// <summary>Whether it has a say on a method.</summary>
    public bool Covers(string method) => Provider is not null ? Limit?.Covers(method) ?? true : Members.Any(member => member.Covers(method));

    /// <summary>All Require lines inside, in order.</summary>
    public IEnumerable<AuthorizationNode> Leaves => Provider is not null ? [this] : Members.SelectMany(member => member.Leaves);
}

/// <summary>mod_authz_core's settings of a section.</summary>
/// <param name="Merging">AuthMerging; null: not written.</param>
/// <param name="Root">What is required; null: nothing is written.</param>
/// <param name="ForbiddenOnFailure">AuthzSendForbiddenOnFailure; null: not written.</param>
public sealed record AuthorizationRules(AuthMerging? Merging, AuthorizationNode? Root, bool? ForbiddenOnFailure)
{
    /// <summary>A section's laid over another's (merge_authz_core_dir_config, whose own result counts as merged with its AuthMerging).</summary>
    public static AuthorizationRules? Merge(AuthorizationRules? below, AuthorizationRules? over)
    {
        if (below is null || over is null) return over ?? below;
        var forbidden = over.ForbiddenOnFailure ?? below.ForbiddenOnFailure;
        if (over.Merging is null && over.Root is null && below.Root is not null) return below with { ForbiddenOnFailure = forbidden };
        if (over.Merging is null or AuthMerging.Off || (below.Root is null && over.Root is null)) return over with { ForbiddenOnFailure = forbidden };
        var root = below.Root is null ? over.Root : over.Root is null ? below.Root
            : new AuthorizationNode { Logic = over.Merging == AuthMerging.And ? AuthorizationLogic.All : AuthorizationLogic.Any, Members = [below.Root, over.Root] };
        return new(over.Merging, root, forbidden);
    }
}

/// <summary>Values of AuthMerging.</summary>
public enum AuthMerging
{
    /// <summary>The section's own rules replace those of its parents.</summary>
    Off = 0,

    /// <summary>Both must agree.</summary>
    And,

    /// <summary>One suffices.</summary>
    Or,
}
