using System.CommandLine;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse init`: looks at the folder and writes a commented gatehouse.yaml for what is there.</summary>
internal static class InitCommand
{
    /// <summary>Folders that customarily hold the public part of a site, best first.</summary>
    private static readonly string[] PublicFolders = ["public", "dist", "build", "_site", "site", "www", "htdocs", "public_html", "wwwroot", "docs"];

    /// <summary>Subfolders whose names ask for a rule of their own, and the words that suit them.</summary>
    private static readonly (string Folder, string Words)[] CustomaryRules =
        [("admin", "role admin"), ("account", "signed-in"), ("private", "signed-in"), ("members", "signed-in"), ("internal", "signed-in and network 10.0.0.0/8"), ("premium", "subscription premium"), ("api", "signed-in")];

    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "The site, or the folder that holds it", DefaultValueFactory = _ => "." };
        var upstream = new Option<string?>("--upstream") { Description = "Stand in front of this server instead of a folder", HelpName = "URL" };
        var force = new Option<bool>("--force") { Description = "Replace a gatehouse.yaml that is there" };
        var command = new Command("init", "Write a commented gatehouse.yaml for the site at hand") { folder, upstream, force };
        command.SetAction(parsed => Write(parsed.GetValue(folder)!, parsed.GetValue(upstream), parsed.GetValue(force)));
        return command;
    }

    private static int Write(string folder, string? upstream, bool force)
    {
        var file = Path.Combine(folder, "gatehouse.yaml");
        if (File.Exists(file) && !force)
        {
            Console.Error.WriteLine($"gatehouse: {file} is there already: edit it, or replace it with --force");
            return ServerCommands.Usage;
        }

        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"gatehouse: there is no folder {folder}");
            return ServerCommands.Usage;
        }

        var root = PublicFolders.FirstOrDefault(name => Directory.Exists(Path.Combine(folder, name))) ?? ".";
        var rules = upstream is not null ? [] : CustomaryRules.Where(rule => Directory.Exists(Path.Combine(folder, root, rule.Folder))).ToList();
        var needsRoot = upstream is null && root == ".";
        File.WriteAllText(file, $"""
            # gatehouse.yaml: who may pass. Nothing here depends on order; `gatehouse check --table` shows what it amounts to.
            listen: http://localhost:8080        # https: [ {"{"} url: "https://*:443", certificate: fullchain.pem, key: privkey.pem {"}"} ]
            {(upstream is null ? $"site: ./{(root == "." ? "" : root)}" : $"upstream: {upstream}")}

            sign-in:
              users: gatehouse.db                # made at the first start; `gatehouse user add NAME` adds an account
              sessions: {"{"} idle: 30m, absolute: 12h {"}"}

            # What no sign-in can cure: refused before anybody is asked for a password.
            # refuse:
            #   - network 203.0.113.0/24
            #   - list blocklist.txt

            # The most specific path decides; what no rule names is refused.
            rules:
              "/**": anyone
            {string.Concat(rules.Select(rule => $"  /{rule.Folder}/**: {rule.Words}\n"))}{(rules.Any(rule => rule.Folder == "admin") || upstream is not null ? "" : "  # /admin/**: role admin\n")}{(needsRoot ? "  /gatehouse.yaml: nobody\n  \"/**/*.db\": nobody\n  /gatehouse-state/**: nobody\n" : "")}
            """.TrimEnd() + "\n");
        Console.Out.WriteLine($"wrote {file}");
        Console.Out.WriteLine($"next: gatehouse user add NAME --config {file}    then: gatehouse serve --config {file}");
        return 0;
    }
}
