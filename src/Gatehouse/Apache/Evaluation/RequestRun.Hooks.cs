using Gatehouse.Apache.Configuration;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Where mod_setenvif, mod_rewrite, mod_alias' Redirect and expressions are asked.</summary>
internal sealed partial class RequestRun
{
    private void SetEnvironment(IReadOnlyList<RuleLayer> layers)
    {
    }

    private HttpdAnswer? ServerRewriting(out bool toFile)
    {
        toFile = false;
        return null;
    }

    private HttpdAnswer? DirectoryRewriting() => null;

    private HttpdAnswer? ServerRedirect() => null;

    private HttpdAnswer? Fixups() => null;

    private (Known Holds, string? Because) Expression(string text) => (Known.Unknown, "expressions are not evaluated");
}
