namespace Gatehouse.Apache.Configuration;

/// <summary>The features that Options switches.</summary>
[Flags]
public enum OptionBits
{
    /// <summary>Options None.</summary>
    None = 0,

    /// <summary>Listings of directories without an index file.</summary>
    Indexes = 1,

    /// <summary>Server-side includes without programs.</summary>
    Includes = 2,

    /// <summary>Links are followed.</summary>
    FollowSymLinks = 4,

    /// <summary>CGI programs are run.</summary>
    ExecCgi = 8,

    /// <summary>Server-side includes may run programs.</summary>
    IncludesExec = 32,

    /// <summary>Links are followed whose target has the same owner.</summary>
    SymLinksIfOwnerMatch = 64,

    /// <summary>Content negotiation.</summary>
    MultiViews = 128,

    /// <summary>Options All: everything but MultiViews.</summary>
    All = Indexes | Includes | FollowSymLinks | ExecCgi | IncludesExec,
}

/// <summary>Options of a section, or of several merged (core_dir_config's opts, opts_add, opts_remove).</summary>
/// <param name="Bits">What is on.</param>
/// <param name="Add">Switched on with <c>+</c>.</param>
/// <param name="Remove">Switched off with <c>-</c>.</param>
/// <param name="Relative">Whether it only adds and takes away (OPT_UNSET).</param>
/// <param name="By">The directives that made it, in order.</param>
public sealed record OptionState(OptionBits Bits, OptionBits Add, OptionBits Remove, bool Relative, IReadOnlyList<Directive> By)
{
    /// <summary>A section without Options.</summary>
    public static OptionState Empty { get; } = new(OptionBits.None, OptionBits.None, OptionBits.None, Relative: true, []);

    /// <summary>httpd 2.4 without any Options.</summary>
    public static OptionState Default { get; } = Empty with { Bits = OptionBits.FollowSymLinks };

    /// <summary>Whether all of these are on.</summary>
    public bool Has(OptionBits bits) => (Bits & bits) == bits;

    /// <summary>A section's options laid over these.</summary>
    public OptionState With(OptionState over)
    {
        if (ReferenceEquals(over, Empty)) return this;
        if (!over.Relative) return over;
        var add = (Add & ~over.Remove) | over.Add;
        var remove = (Remove & ~over.Add) | over.Remove;
        return new((Bits & ~remove) | add, add, remove, Relative, [.. By, .. over.By]);
    }

    /// <summary>An option's name to its bits; null: there is none.</summary>
    public static OptionBits? Named(string name) => name.ToLowerInvariant() switch
    {
        "indexes" => OptionBits.Indexes,
        "includes" => OptionBits.Includes | OptionBits.IncludesExec,
        "includesnoexec" => OptionBits.Includes,
        "followsymlinks" => OptionBits.FollowSymLinks,
        "symlinksifownermatch" => OptionBits.SymLinksIfOwnerMatch,
        "execcgi" => OptionBits.ExecCgi,
        "multiviews" => OptionBits.MultiViews,
        "runscripts" => OptionBits.MultiViews | OptionBits.ExecCgi,
        "none" => OptionBits.None,
        "all" => OptionBits.All,
        _ => null,
    };

    /// <summary>One Options directive; <paramref name="permitted"/> are the options that AllowOverride lets it touch.</summary>
    public OptionState With(Directive directive, OptionBits permitted, out string? fault)
    {
        fault = null;
        var (bits, add, remove, relative) = (Bits, Add, Remove, Relative);
        var (first, merge) = (true, false);
        foreach (var word in directive.Arguments)
        {
            var sign = word.Length > 0 && (word[0] is '+' or '-') ? word[0] : '\0';
            if (sign != '\0')
            {
                if (!merge && !first) fault = "either all Options must start with + or -, or no Option may";
                merge = true;
            }
            else if (first && !merge)
            {
                (bits, add, remove, relative) = (OptionBits.None, OptionBits.None, OptionBits.None, false);
            }
            else if (merge)
            {
                fault = "either all Options must start with + or -, or no Option may";
            }

            if (fault is not null) return this;
            var name = sign == '\0' ? word : word[1..];
            if (Named(name) is not { } option)
            {
                fault = $"illegal option `{name}`";
                return this;
            }

            if ((permitted & option) != option)
            {
                fault = $"option `{name}` not allowed here";
                return this;
            }

            if (sign == '-')
            {
                (remove, add, bits) = (remove | option, add & ~option, bits & ~option);
            }
            else
            {
                if (sign == '+') (add, remove) = (add | option, remove & ~option);
                bits |= option;
            }

            // Behind All or None httpd takes words with and without signs.
            var whole = sign == '\0' && name.ToLowerInvariant() is "all" or "none";
            if (whole && !first)
            {
                fault = $"'Options {name}' must be the first option given";
                return this;
            }

            first = first && whole;
        }

        return new(bits, add, remove, relative, relative ? [.. By, directive] : [directive]);
    }
}
