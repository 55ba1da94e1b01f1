using System.CommandLine;
using System.Globalization;
using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Settings;

namespace Gatehouse.Server.Commands;

/// <summary>--role, --group and --subscription of `user add`, `grant` and `revoke`.</summary>
internal sealed class GrantOptions
{
    private readonly Option<string[]> _roles = Many("--role", "ROLE", "A role, as `role ROLE` in a rule names it");
    private readonly Option<string[]> _groups = Many("--group", "GROUP", "A group, as `group GROUP` in a rule names it");
    private readonly Option<string[]> _subscriptions = Many("--subscription", "PLAN[:UNTIL]", "A plan, and the last day of it (2027-06-30, or 90d from now); without one it does not end");

    /// <summary>Puts them on a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_roles);
        command.Options.Add(_groups);
        command.Options.Add(_subscriptions);
    }

    /// <summary>What was given; null after it was told what is wrong with it.</summary>
    public Grants? Read(ParseResult parsed, DateTimeOffset now)
    {
        var roles = parsed.GetValue(_roles) ?? [];
        var groups = parsed.GetValue(_groups) ?? [];
        if (roles.Concat(groups).FirstOrDefault(name => !IsName(name)) is { } bad)
        {
            Desk.Misuse($"`{bad}` can't be the name of a role or group: write it without blanks and control characters");
            return null;
        }

        var subscriptions = new List<(string, DateTimeOffset?)>();
        foreach (var text in parsed.GetValue(_subscriptions) ?? [])
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var plan = colon < 0 ? text : text[..colon];
            DateTimeOffset? until = null;
            if (!IsName(plan) || (colon >= 0 && (until = Until(text[(colon + 1)..], now)) is null))
            {
                Desk.Misuse($"`{text}` is no subscription: write PLAN, PLAN:2027-06-30 (its last day), PLAN:2027-06-30T12:00:00Z or PLAN:90d");
                return null;
            }

            subscriptions.Add((plan, until));
        }

        return new Grants(roles, groups, subscriptions);
    }

    /// <summary>The end of a plan: behind a day, at a moment, or so long from now.</summary>
    internal static DateTimeOffset? Until(string text, DateTimeOffset now)
    {
        if (Durations.TryParse(text, out var length)) return now + length;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        return DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;
    }

    /// <summary>Whether a rule could name it.</summary>
    private static bool IsName(string text) => text.Length is > 0 and <= 128 && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    private static Option<string[]> Many(string name, string help, string description) => new(name) { Description = description, HelpName = help, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
}
