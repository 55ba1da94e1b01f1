using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

/// <summary>Texts for the property that every grammar has: arbitrary ones, and a valid one with a few characters changed.</summary>
internal static class Mutated
{
    /// <summary>Arbitrary text, text of the grammar's own characters, and the valid text with one to four cuts, insertions or exchanges.</summary>
    internal static Gen<string> Texts(string valid, string alphabet) => Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char[alphabet], 0, 80],
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, int.MaxValue], Gen.OneOf(Gen.Char[alphabet], Gen.Char)).Array[1, 4].Select(edits =>
        {
            var text = valid;
            foreach (var (kind, place, c) in edits)
            {
                var at = text.Length == 0 ? 0 : place % text.Length;
                text = kind switch
                {
                    0 when text.Length > 0 => text.Remove(at, 1),
                    1 => text.Insert(at, c.ToString()),
                    2 when text.Length > 0 => text.Remove(at, 1).Insert(at, c.ToString()),
                    3 => text[..at] + text[(at / 2)..],
                    _ => text,
                };
            }

            return text;
        }));

    internal static bool LiesInside(SyntaxError error, string text) =>
        error.Start >= 0 && error.Offset >= error.Start && error.Offset <= text.Length && error.Expected is { Length: > 0 };
}
