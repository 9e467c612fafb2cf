using System.Globalization;
using System.Text;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Syntax;

/// <summary>Literals in quotes: texts and bytes, raw or with escapes, on one line or, in three quotes, on several.</summary>
internal static class CelQuoted
{
    /// <summary>Reads the literal that begins at a place, which moves behind it.</summary>
    /// <exception cref="CelProblem">It does not end, or has an escape that is none.</exception>
    public static CelValue Read(string text, ref int at)
    {
        var start = at;
        var (isRaw, isBytes) = (false, false);
        for (; text[at] is not ('\'' or '"'); at++)
        {
            isRaw |= text[at] is 'r' or 'R';
            isBytes |= text[at] is 'b' or 'B';
        }
        var quote = text.AsSpan(at).StartsWith(new string(text[at], 3)) ? new string(text[at], 3) : text[at].ToString();
        at += quote.Length;
        var content = new List<byte>();
        while (!text.AsSpan(at).StartsWith(quote))
        {
            if (at >= text.Length || (quote.Length == 1 && text[at] is '\n' or '\r')) throw new CelProblem(start, "Syntax error: a quoted text does not end");
            if (text[at] == '\\' && !isRaw) Escape(text, ref at, isBytes, content);
            else Append(text, ref at, content);
        }
        at += quote.Length;
        var bytes = content.ToArray();
        return isBytes ? new CelBytes(bytes) : new CelText(Encoding.UTF8.GetString(bytes));
    }

    private static void Append(string text, ref int at, List<byte> content)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var taken);
        Append(rune, content);
        at += taken;
    }

    private static void Append(Rune rune, List<byte> content)
    {
        Span<byte> utf8 = stackalloc byte[4];
        content.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
    }

    private static void Escape(string text, ref int at, bool isBytes, List<byte> content)
    {
        var start = at++;
        var letter = at < text.Length ? text[at] : '\0';
        var (digits, radix) = letter switch
        {
            'x' or 'X' => (2, 16),
            'u' when !isBytes => (4, 16),
            'U' when !isBytes => (8, 16),
            >= '0' and <= '3' => (3, 8),
            _ => (0, 0),
        };
        if (digits == 0)
        {
            content.Add((byte)Named(letter, start));
            at++;
            return;
        }
        if (radix == 16) at++;
        if (at + digits > text.Length || !TryParse(text.AsSpan(at, digits), radix, out var code))
            throw new CelProblem(start, "Syntax error: a malformed escape");
        at += digits;
        if (isBytes) content.Add((byte)code);
        else if (Rune.IsValid(code)) Append(new Rune(code), content);
        else throw new CelProblem(start, "Syntax error: an escape that is no character");
    }

    private static bool TryParse(ReadOnlySpan<char> digits, int radix, out int code)
    {
        code = 0;
        if (radix == 16) return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code) && code >= 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7') return false;
            code = (code * 8) + digit - '0';
        }
        return true;
    }

    private static char Named(char letter, int start) => letter switch
    {
        'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v',
        '\\' or '?' or '"' or '\'' or '`' => letter,
        _ => throw new CelProblem(start, "Syntax error: an escape that is not known"),
    };
}
