using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gatehouse.Passwords;

/// <summary>
/// <c>crypt_r</c> of the system's libcrypt, where there is one: sha256-crypt, sha512-crypt and yescrypt. Found at the first use,
/// by name, so that a system without it starts and says of such entries that it can't verify them.
/// </summary>
public static unsafe class SystemCrypt
{
    // struct crypt_data: 32 KB in libxcrypt, 128 KB in the older libcrypt of glibc.
    private const int StateLength = 131_232 + 1024;

    private static readonly Lazy<nint> Function = new(Find);

    /// <summary>Whether the system has it.</summary>
    public static bool IsAvailable => Function.Value != 0;

    /// <summary>Whether the password gives the hash; false also where the system does not know the kind.</summary>
    public static bool Verifies(ReadOnlySpan<byte> password, ReadOnlySpan<byte> hash)
    {
        // C ends a text at the first zero: what stands behind it would not count.
        // An empty text is no hash, and what crypt_r refuses is empty, too.
        if (hash.IsEmpty || !IsAvailable || password.Contains((byte)0) || hash.Contains((byte)0)) return false;
        var computed = Compute(password, hash);
        return computed.Length == hash.Length && CryptographicOperations.FixedTimeEquals(computed, hash);
    }

    /// <summary>What crypt_r makes of a password and a setting; empty where it refuses the setting (it answers <c>*0</c>).</summary>
    [SuppressMessage("Design", "MA0055", Justification = "no finalizer: memory is freed in finally")]
    internal static byte[] Compute(ReadOnlySpan<byte> password, ReadOnlySpan<byte> setting)
    {
        var crypt = (delegate* unmanaged<byte*, byte*, byte*, byte*>)Function.Value;
        var state = (byte*)NativeMemory.AllocZeroed(StateLength);
        var phrase = (byte*)NativeMemory.AllocZeroed((nuint)password.Length + 1);
        var chosen = (byte*)NativeMemory.AllocZeroed((nuint)setting.Length + 1);
        try
        {
            password.CopyTo(new Span<byte>(phrase, password.Length));
            setting.CopyTo(new Span<byte>(chosen, setting.Length));
            var result = crypt(phrase, chosen, state);
            if (result is null || *result == (byte)'*') return [];
            return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result).ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(phrase, password.Length));
            CryptographicOperations.ZeroMemory(new Span<byte>(state, StateLength));
            NativeMemory.Free(phrase);
            NativeMemory.Free(chosen);
            NativeMemory.Free(state);
        }
    }

    private static nint Find()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        foreach (var name in (string[])["libcrypt.so.1", "libcrypt.so.2"])
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "crypt_r", out var function)) return function;
        return 0;
    }
}
