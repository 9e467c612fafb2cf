using System.Buffers;
using System.Text;

namespace Kip.CloudEvents.Syntax;

/// <summary>The canonical texts of attribute values, and what text may hold (CloudEvents 1.0, "Type system").</summary>
internal static class CanonicalText
{
    // Printable ASCII is all that most values are made of; anything else is looked at one by one.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    internal static bool IsAttributeName(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(NameCharacters);

    /// <summary>Whether text is free of control characters, noncharacters and unpaired surrogates.</summary>
    internal static bool IsText(ReadOnlySpan<char> text)
    {
        var at = text.IndexOfAnyExcept(Plain);
        if (at < 0) return true;
        for (text = text[at..]; !text.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done) return false;
            if (Rune.IsControl(rune) || IsNoncharacter(rune.Value)) return false;
            text = text[length..];
        }
        return true;
    }

    /// <summary>Whether UTF-16 text is well formed: every surrogate has its pair.</summary>
    internal static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0; at = text.IndexOfAnyInRange('\uD800', '\uDFFF'))
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) != OperationStatus.Done) return false;
            text = text[(at + length)..];
        }
        return true;
    }

    /// <summary>Decimal digits with a leading minus at most: no plus, no leading zeros, within 32 bits.</summary>
    internal static bool TryParseInteger(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        var digits = text.StartsWith('-') ? text[1..] : text;
        if (digits.IsEmpty || digits.Length > 10 || digits.ContainsAnyExceptInRange('0', '9')) return false;
        if (digits[0] == '0' && text.Length > 1) return false;
        return int.TryParse(text, out value);
    }

    /// <summary>RFC 4648 base64 with padding, nothing in between.</summary>
    internal static bool TryParseBase64(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 != 0 || text.ContainsAny(" \t\r\n")) return false;
        var decoded = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(text, decoded, out var length)) return false;
        bytes = length == decoded.Length ? decoded : decoded[..length];
        return true;
    }

    private static bool IsNoncharacter(int value) => value is >= 0xFDD0 and <= 0xFDEF || (value & 0xFFFE) == 0xFFFE;
}
