namespace Gatehouse.Apache.Rewriting;

/// <summary>What rewriting or redirecting came to.</summary>
public abstract record RewriteOutcome
{
    private RewriteOutcome()
    {
    }

    /// <summary>Nothing but, perhaps, the environment, the query or the handler changed; the next module goes on.</summary>
    public sealed record Unchanged : RewriteOutcome;

    /// <summary>The answer is this status.</summary>
    public sealed record Status(int Code) : RewriteOutcome;

    /// <summary>The client is sent elsewhere.</summary>
    public sealed record Redirect(int Code, string Location) : RewriteOutcome;

    /// <summary>At the server's level: the request maps to this file, and no other mapping is asked.</summary>
    public sealed record File(string Path) : RewriteOutcome;

    /// <summary>At the server's level with [PT]: mapping goes on with this path.</summary>
    public sealed record PassThrough(string Path) : RewriteOutcome;

    /// <summary>In a directory: the request starts anew with this target (path and query, encoded as far as they are), see <see cref="InternalRedirect"/>.</summary>
    public sealed record Restart(string Target) : RewriteOutcome;

    /// <summary>Another server answers.</summary>
    public sealed record Proxied(string Url) : RewriteOutcome;

    /// <summary>It can't be told from here.</summary>
    public sealed record Unknown(string Because) : RewriteOutcome;
}
