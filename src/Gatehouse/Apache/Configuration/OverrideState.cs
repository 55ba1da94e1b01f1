using Gatehouse.Apache.Directives;

namespace Gatehouse.Apache.Configuration;

/// <summary>What .htaccess files may hold (AllowOverride and AllowOverrideList).</summary>
/// <param name="Classes">Classes of directives; <see cref="Allowed.Unset"/> alone where AllowOverride was never written: the files are opened and nothing in them is permitted.</param>
/// <param name="Options">Options that may be touched.</param>
/// <param name="List">Single directives; null: AllowOverrideList was never written.</param>
/// <param name="Nonfatal">What is passed over instead of answered with 500.</param>
/// <param name="By">The AllowOverride that counts; null: none.</param>
/// <param name="ListBy">The AllowOverrideList that counts.</param>
public sealed record OverrideState(Allowed Classes, OptionBits Options, IReadOnlyList<string>? List, NonfatalFaults Nonfatal, Directive? By, Directive? ListBy)
{
    /// <summary>Nothing written.</summary>
    public static OverrideState Default { get; } = new(Allowed.Unset, OptionBits.All | OptionBits.MultiViews | OptionBits.SymLinksIfOwnerMatch, null, NonfatalFaults.None, null, null);

    /// <summary>Whether .htaccess files are looked for at all.</summary>
    public bool Reads => Classes != Allowed.Nothing || List is { Count: > 0 };

    /// <summary>A section's laid over this.</summary>
    public OverrideState With(OverrideState over)
    {
        var result = over.By is null ? this : this with { Classes = over.Classes, Options = over.Options, Nonfatal = over.Nonfatal, By = over.By };
        return over.ListBy is null ? result : result with { List = over.List, ListBy = over.ListBy };
    }

    /// <summary>One AllowOverride directive.</summary>
    public OverrideState WithAllowOverride(Directive directive, out string? fault)
    {
        fault = null;
        var classes = Allowed.Nothing;
        var options = Default.Options;
        var nonfatal = NonfatalFaults.None;
        foreach (var word in directive.Arguments)
        {
            var equals = word.IndexOf('=');
            var name = (equals < 0 ? word : word[..equals]).ToLowerInvariant();
            switch (name)
            {
                case "limit": classes |= Allowed.Limit; break;
                case "authconfig": classes |= Allowed.AuthConfig; break;
                case "fileinfo": classes |= Allowed.FileInfo; break;
                case "indexes": classes |= Allowed.Indexes; break;
                case "options":
                    // The bare word is narrower than nothing said: Options All without MultiViews and SymLinksIfOwnerMatch.
                    classes |= Allowed.Options;
                    options = equals < 0 ? OptionBits.All : OptionBits.None;
                    if (equals >= 0)
                    {
                        foreach (var option in word[(equals + 1)..].Split(',')) options |= OptionState.Named(option) ?? OptionBits.None;
                    }

                    break;
                case "nonfatal" when equals >= 0:
                    nonfatal |= word[(equals + 1)..].ToLowerInvariant() switch
                    {
                        "override" => NonfatalFaults.Override,
                        "unknown" => NonfatalFaults.Unknown,
                        "all" => NonfatalFaults.Override | NonfatalFaults.Unknown,
                        _ => NonfatalFaults.None,
                    };
                    break;
                case "none": classes = Allowed.Nothing; break;
                case "all": classes = Allowed.All; break;
                default:
                    fault = $"illegal override option `{word}`";
                    return this;
            }
        }

        return this with { Classes = classes, Options = options, Nonfatal = nonfatal, By = directive };
    }
}

/// <summary>Faults in .htaccess that AllowOverride Nonfatal= lets pass.</summary>
[Flags]
public enum NonfatalFaults
{
    /// <summary>Every fault is answered with 500.</summary>
    None = 0,

    /// <summary>Directives that are not permitted are passed over.</summary>
    Override = 1,

    /// <summary>Unknown directives are passed over.</summary>
    Unknown = 2,
}
