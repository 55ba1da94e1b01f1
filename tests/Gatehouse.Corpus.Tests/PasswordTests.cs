using System.Text;
using Gatehouse.Passwords;

namespace Gatehouse.Corpus.Tests;

public class PasswordTests
{
    [Fact]
    public void What_htpasswd_and_openssl_made_verifies_or_is_refused_for_a_known_reason()
    {
        Assert.SkipUnless(SystemCrypt.IsAvailable, "no libcrypt here");
        var differences = new List<string>();
        foreach (var row in Corpus.Table("passwords/htpasswd-openssl-vectors.tsv"))
        {
            var line = Encoding.UTF8.GetBytes(row["htpasswd_line"]);
            var password = Convert.FromHexString(row["password_hex"]);
            var file = PasswordFile.Parse(line);
            var entry = Assert.Single(file.Entries).Value;
            var expected = row["tool_mode"] switch
            {
                // Each is written down in docs/decisions/passwords.md.
                "crypt" or "plain" => PasswordCheck.BadHash,
                "bcrypt4" or "bcrypt10" when password.Length > 72 => PasswordCheck.Wrong,
                _ => PasswordCheck.Right,
            };
            if (file.Check(entry.User, password) is var found && found != expected) differences.Add($"{row["tool_mode"]} {row["password_hex"]}: {found} {entry.Fault}");
            if (file.Check(entry.User, [.. password, (byte)'!']) == PasswordCheck.Right) differences.Add($"{row["tool_mode"]} {row["password_hex"]}: takes another password");
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void The_known_answers_of_libxcrypt_agree()
    {
        Assert.SkipUnless(SystemCrypt.IsAvailable, "no libcrypt here");
        var differences = new List<string>();
        var agreed = 0;
        foreach (var row in Corpus.Table("passwords/libxcrypt-known-answers.tsv"))
        {
            var password = Convert.FromHexString(row["password_hex"]);
            var read = PasswordHash.TryParse(row["hash"], out var hash, out var fault);
            var refused = row["scheme"] is "descrypt" or "sha1crypt" or "bcrypt_x";
            var known = !(row["scheme"].StartsWith("bcrypt", StringComparison.Ordinal) && password.Length > 72);
            if (read == refused) differences.Add($"{row["scheme"]} {row["setting"]}: {fault}");
            else if (read && hash!.Verifies(password) != known) differences.Add($"{row["scheme"]} {row["setting"]} {row["password_hex"]}");
            else agreed++;
        }

        Assert.True(differences.Count == 0, $"{agreed} agree\n{string.Join('\n', differences)}");
    }

    [Fact]
    public void The_file_of_lighttpd_is_read()
    {
        var file = PasswordFile.Parse(Encoding.UTF8.GetBytes(Corpus.Text("passwords/lighttpd.htpasswd")));
        Assert.Equal(2, file.Entries.Count);
        foreach (var user in file.Entries.Keys) Assert.Equal(PasswordCheck.Right, file.Check(user, Encoding.UTF8.GetBytes(user)));
    }
}
