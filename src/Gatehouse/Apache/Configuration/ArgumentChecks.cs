namespace Gatehouse.Apache.Configuration;

/// <summary>Arguments that modules check themselves: regular expressions and flags of rewriting, SetEnvIf and Redirect.</summary>
internal static class ArgumentChecks
{
    /// <summary>What the module would say; null: it takes the directive.</summary>
    public static string? Fault(Directive directive) => null;
}
