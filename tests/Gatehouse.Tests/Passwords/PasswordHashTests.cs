using System.Text;
using CsCheck;
using Gatehouse.Passwords;

namespace Gatehouse.Tests.Passwords;

public class PasswordHashTests
{
    // Made with htpasswd, openssl passwd, mkpasswd, argon2 and python's hashlib.
    [Theory]
    [InlineData("$2y$04$SzHtpi5hJPjpMYifrhoO3utVmBxEjpze1PbmOMBSEHLwn2loGEeIK", HashKind.Bcrypt, null)]
    [InlineData("$2y$10$VTbMwGPEYRrEmeZFv1U52ea4lkW86mTXLzmy2OaY87MPXsC7glBPi", HashKind.Bcrypt, "password")]
    [InlineData("$apr1$Sn4R2a3d$.b2S6HTxd/5NPtX3vbUwZ.", HashKind.Apr1, "password")]
    [InlineData("$1$FA1if9Rh$Ky/bvoaIciHgLNJf.Cd88/", HashKind.Md5Crypt, "password")]
    [InlineData("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", HashKind.Sha1, "password")]
    [InlineData("$6$JtjBTXsNUmWZ8K4V$zbyI.mACV1FAeoGgvczqIPIEgM8DVEQg4C/nE9Lh/O1MVMjdefPQdYS9IOCaE.w9prpHxVmdIoansFLDS2GJU1", HashKind.Sha512Crypt, "password")]
    [InlineData("$5$9hbNHg0pCVyUwN8j$phsYS2wfXWfcaqwGavZZONtDl96.zg2t7PaI4s8O3Z5", HashKind.Sha256Crypt, "password")]
    [InlineData("pbkdf2_sha256$1000$saltsalt$E196ZhRPzw+wA84EjzHwJO1cv/MFJdO6C/sxmUeTYqY=", HashKind.Pbkdf2, "password")]
    [InlineData("$pbkdf2-sha256$1000$c2FsdHNhbHQ$E196ZhRPzw+wA84EjzHwJO1cv/MFJdO6C/sxmUeTYqY", HashKind.Pbkdf2, "password")]
    [InlineData("$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHQ$E196ZhRPzw+wA84EjzHwJO1cv/MFJdO6C/sxmUeTYqY", HashKind.Pbkdf2, "password")]
    public void Hashes_of_others_verify(string text, HashKind kind, string? password)
    {
        Assert.True(PasswordHash.TryParse(text, out var hash, out var fault), fault.ToString());
        Assert.Equal(kind, hash!.Kind);
        if (password is null) return;
        Assert.True(hash.Verifies(Encoding.UTF8.GetBytes(password)));
        Assert.False(hash.Verifies(Encoding.UTF8.GetBytes(password + "x")));
        Assert.False(hash.Verifies([]));
        Assert.DoesNotContain(text[8..], hash.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HashFault.Empty)]
    [InlineData("password", HashFault.PlainText)]
    [InlineData("{PLAIN}password", HashFault.PlainText)]
    [InlineData("WkcvbfdmhFUX.", HashFault.UnknownKind)]
    [InlineData("$2x$04$SzHtpi5hJPjpMYifrhoO3utVmBxEjpze1PbmOMBSEHLwn2loGEeIK", HashFault.UnknownKind)]
    [InlineData("$7$whatever", HashFault.UnknownKind)]
    [InlineData("$2y$31$SzHtpi5hJPjpMYifrhoO3utVmBxEjpze1PbmOMBSEHLwn2loGEeIK", HashFault.TooCostly)]
    [InlineData("$2y$03$SzHtpi5hJPjpMYifrhoO3utVmBxEjpze1PbmOMBSEHLwn2loGEeIK", HashFault.Malformed)]
    [InlineData("$2y$04$SzHtpi5hJPjpMYifrhoO3utVmBxEjpze1PbmOMBSEHLwn2loGEeI", HashFault.Malformed)]
    [InlineData("$2y$04$SzHtpi5hJPjpMYifrhoO3utVmBxEjpze1PbmOMBSEHLwn2loGEe!K", HashFault.Malformed)]
    [InlineData("$apr1$Sn4R2a3d", HashFault.Malformed)]
    [InlineData("$apr1$Sn4R2a3d9$.b2S6HTxd/5NPtX3vbUwZ.", HashFault.Malformed)]
    [InlineData("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g", HashFault.Malformed)]
    [InlineData("{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", HashFault.Malformed)]
    [InlineData("$6$rounds=999999999$salt$zbyI.mACV1FAeoGgvczqIPIEgM8DVEQg4C/nE9Lh/O1MVMjdefPQdYS9IOCaE.w9prpHxVmdIoansFLDS2GJU1", HashFault.TooCostly)]
    [InlineData("$6$salt$short", HashFault.Malformed)]
    [InlineData("$y$jZT$abcdefgh$abcdefghijklmnopqrstuvwxyz./ABCDEFGHIJKLMNO", HashFault.TooCostly)]
    [InlineData("$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA", HashFault.TooCostly)]
    [InlineData("$argon2id$v=16$m=4096,t=2,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA", HashFault.Malformed)]
    [InlineData("$argon2id$v=19$m=1,t=2,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA", HashFault.Malformed)]
    [InlineData("pbkdf2_sha256$2000000000$salt$E196ZhRPzw+wA84EjzHwJO1cv/MFJdO6C/sxmUeTYqY=", HashFault.TooCostly)]
    [InlineData("pbkdf2_md5$1000$salt$E196ZhRPzw+wA84EjzHwJO1cv/MFJdO6C/sxmUeTYqY=", HashFault.Malformed)]
    public void G12_G13_What_can_not_be_verified_is_refused_with_the_reason(string text, HashFault expected)
    {
        Assert.False(PasswordHash.TryParse(text, out var hash, out var fault));
        Assert.Null(hash);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void G11_Of_73_bytes_bcrypt_knows_72_so_they_never_match()
    {
        var prefix = Encoding.ASCII.GetBytes(new string('x', 72));
        var hash = Bcrypt(new string('x', 72));
        Assert.True(hash.Verifies(prefix));
        Assert.False(hash.Verifies([.. prefix, (byte)'x']));
        Assert.False(hash.Verifies([.. prefix, 0]));
        Assert.False(Bcrypt("a").Verifies("a\0"u8));
    }

    [Fact]
    public void Argon2id_and_identity_hashes_verify()
    {
        // RFC 9106's algorithm through the command `argon2 saltsalt -id -t 2 -k 1024 -p 2`, password "password".
        using var argon = new Konscious.Security.Cryptography.Argon2id("password"u8.ToArray())
        {
            Salt = "saltsalt"u8.ToArray(),
            MemorySize = 1024,
            Iterations = 2,
            DegreeOfParallelism = 2,
        };
        var text = $"$argon2id$v=19$m=1024,t=2,p=2${Base64("saltsalt"u8)}${Base64(argon.GetBytes(32))}";
        Assert.True(PasswordHash.TryParse(text, out var hash, out var fault), fault.ToString());
        Assert.True(hash!.Verifies("password"u8));
        Assert.False(hash.Verifies("Password"u8));
        Assert.False(hash.Verifies([]));

        byte[] identity = [1, 0, 0, 0, 2, 0, 0, 3, 0xE8, 0, 0, 0, 8, .. "saltsalt"u8,
            .. System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2("password"u8, "saltsalt"u8, 1000, System.Security.Cryptography.HashAlgorithmName.SHA512, 32)];
        Assert.True(PasswordHash.TryParse(Convert.ToBase64String(identity), out hash, out fault), fault.ToString());
        Assert.True(hash!.Verifies("password"u8));
        Assert.False(hash.Verifies("password "u8));
    }

    [Fact]
    public void Both_ways_of_the_MD5_rounds_agree_and_so_does_libcrypt()
    {
        Assert.SkipUnless(SystemCrypt.IsAvailable, "no libcrypt here");
        Span<char> computed = stackalloc char[22];
        // 15 and 16 bytes are on both sides of one block of MD5.
        for (var length = 0; length < 70; length++)
        {
            var password = Encoding.ASCII.GetBytes(new string('p', length));
            Md5Crypt.Hash("$1$"u8, password, "saltsalt"u8, computed);
            Assert.Equal(Encoding.ASCII.GetString(SystemCrypt.Compute(password, "$1$saltsalt$"u8)), $"$1$saltsalt${computed}");
        }
    }

    [Fact]
    public void A_block_of_MD5_equals_the_runtimes() =>
        Gen.Byte.Array[0, Md5Block.MaximumMessage].Sample(message =>
        {
            var block = new byte[Md5Block.Length];
            message.CopyTo(block, 0);
            block[message.Length] = 0x80;
            BitConverter.TryWriteBytes(block.AsSpan(56), message.Length * 8L);
            var digest = new byte[16];
            Md5Block.Hash(block, digest);
#pragma warning disable CA5351 // MD5 is what is tested
            return digest.AsSpan().SequenceEqual(System.Security.Cryptography.MD5.HashData(message));
#pragma warning restore CA5351
        });

    [Fact]
    public void Arbitrary_and_mutated_hashes_never_throw() =>
        Gen.OneOf(
            Grammar.Mutated.Texts("$2y$04$SzHtpi5hJPjpMYifrhoO3utVmBxEjpze1PbmOMBSEHLwn2loGEeIK", "$2y014./A"),
            Grammar.Mutated.Texts("$apr1$Sn4R2a3d$.b2S6HTxd/5NPtX3vbUwZ.", "$apr1./"),
            Grammar.Mutated.Texts("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA", "$=,mtp019"),
            Grammar.Mutated.Texts("$6$rounds=1000$salt$zbyI.mACV1FAeoGgvczqIPIEgM8DVEQg4C/nE9Lh/O1MVMjdefPQdYS9IOCaE.w9prpHxVmdIoansFLDS2GJU1", "$=6rounds10"),
            Grammar.Mutated.Texts("$y$j75$saltsalt$abcdefghijklmnopqrstuvwxyz./ABCDEFGHIJKLMNO", "$yj75"),
            Grammar.Mutated.Texts("pbkdf2_sha256$1000$saltsalt$E196ZhRPzw+wA84EjzHwJO1cv/MFJdO6C/sxmUeTYqY=", "$_=019")).Sample(text =>
        {
            if (!PasswordHash.TryParse(text, out var hash, out var fault)) return fault != HashFault.None;
            return hash!.Cost > 5000 || !hash.Verifies("no such password"u8);
        }, iter: 400);

    private static PasswordHash Bcrypt(string password)
    {
        Assert.True(PasswordHash.TryParse(BCrypt.Net.BCrypt.HashPassword(password, 4), out var hash, out _));
        return hash!;
    }

    private static string Base64(ReadOnlySpan<byte> octets) => Convert.ToBase64String(octets).TrimEnd('=');
}
