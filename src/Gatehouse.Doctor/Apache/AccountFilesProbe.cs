using System.Security.Cryptography;
using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Passwords;

namespace Gatehouse.Doctor.Apache;

/// <summary>Looks at the password and group files that the rules in force name.</summary>
internal static class AccountFilesProbe
{
    public static IReadOnlyList<AccountFileSeen> Look(ApacheJudged judged, Question question, Accounts accounts, ServerAccount? worker)
    {
        if (judged.Evaluation?.Answer.Rules is not { } rules) return [];
        var result = new List<AccountFileSeen>();
        foreach (var name in (string[])["authuserfile", "authgroupfile"])
        {
            if (rules.Setting(name) is not { } by || rules.Authorization?.Root is null || rules.Setting("authtype") is null) continue;
            var written = by.Arguments[0];
            var path = judged.Server.Configuration.Rooted(written);
            var walk = PathWalk.Look(judged.Here(path), accounts);
            var blocked = worker is null ? null : walk.Elements.FirstOrDefault(element => element.Kind == FileKind.Directory && !Permission.Judge(element, worker, Need.Search).Granted);
            var readable = walk.Target is { } target && (worker is null || (blocked is null && Permission.Judge(target, worker, Need.Read).Granted));
            var beside = !written.StartsWith('/') ? Path.Combine(Path.GetDirectoryName(by.At.File) ?? "/", written) : null;
            result.Add(new(by, path, walk.Target, readable, blocked?.Path, beside is not null && File.Exists(judged.Here(beside)) ? beside : null, LineOf(judged, path, question)));
        }

        return result;
    }

    /// <summary>Whether the user of -u stands in the htdigest file, and with which realm.</summary>
    public static DigestLookUp? LookUp(ApacheJudged judged, Question question, WorkerFiles files)
    {
        if (judged.Evaluation?.Answer.Rules is not { } rules || rules.Word("authtype")?.Equals("Digest", StringComparison.OrdinalIgnoreCase) != true) return null;
        if (question.UserAndPassword is not { } given || given.IndexOf(':') is not (var colon and > 0)) return null;
        if (rules.Word("authname") is not { } realm || rules.Word("authuserfile") is not { } named) return null;
        var path = judged.Server.Configuration.Rooted(named);
        if (files.ReadBytes(path) is not { } bytes) return null;
        var (user, password) = (given[..colon], given[(colon + 1)..]);
        var file = DigestFile.Parse(bytes);
        var entry = file.Find(user, realm);
        bool? fits = null;
#pragma warning disable CA5351 // htdigest files hold MD5: RFC 7616 section 3.4.2, and nothing else is compared with them
        if (entry is not null) fits = entry.Secret.Equals(Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes($"{user}:{realm}:{password}"))), StringComparison.OrdinalIgnoreCase);
#pragma warning restore CA5351
        return new(path, user, realm, entry is not null, [.. file.Entries.Where(other => other.User == user && other.Realm != realm).Select(other => other.Realm)], fits);
    }

    private static int LineOf(ApacheJudged judged, string path, Question question)
    {
        var user = question.UserAndPassword is { } given && given.IndexOf(':') is var colon and > 0 ? given[..colon] : judged.Evaluation?.Answer.Detail;
        if (string.IsNullOrEmpty(user) || !File.Exists(judged.Here(path))) return 0;
        try
        {
            var number = 0;
            foreach (var line in File.ReadLines(judged.Here(path)).Take(100_000))
            {
                number++;
                if (line.StartsWith(user + ":", StringComparison.Ordinal)) return number;
            }
        }
        catch (IOException)
        {
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return 0;
        }

        return 0;
    }
}
