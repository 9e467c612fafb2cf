using System.Buffers;
using System.Text;
using Kip.CloudEvents.Syntax;

namespace Kip.CloudEvents.Http;

/// <summary>How attribute values are written as HTTP header values: percent-encoded UTF-8 (HTTP binding, section 3.1.3.2).</summary>
public static class HeaderValue
{
    private static readonly SearchValues<char> AsTheyAre = SearchValues.Create(
        "!#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The header value of a canonical text; the text itself when no character needs encoding.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(AsTheyAre)) return text;
        var encoded = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsBmp && AsTheyAre.Contains((char)rune.Value))
            {
                encoded.Append((char)rune.Value);
                continue;
            }
            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)]) encoded.Append('%').Append(octet.ToString("X2"));
        }
        return encoded.ToString();
    }

    /// <summary>The canonical text of a header value, decoded once; the value itself when there is nothing to decode.</summary>
    /// <remarks>
    /// A percent sign that two hexadecimal digits do not follow stays as it is: senders that do not encode are understood.
    /// </remarks>
    /// <param name="strictness">
    /// By the specification every double-quoted part is unquoted. Knative's senders do not quote, and send text that holds quotes (JSON) as it
    /// is: for <see cref="CloudEventStrictness.Upstream"/> only a value that is quoted as a whole is unquoted.
    /// </param>
    /// <returns>False when the encoded bytes are not UTF-8.</returns>
    public static bool TryDecode(string value, CloudEventStrictness strictness, [NotNullWhen(true)] out string? text)
    {
        text = value;
        if (value.AsSpan().IndexOfAny('%', '"') < 0) return true;
        var quoted = strictness == CloudEventStrictness.Specification ? value.Contains('"') : IsQuoted(value);
        var unquoted = quoted ? Unquote(value) : value;
        text = unquoted.Contains('%') ? DecodePercents(unquoted) : unquoted;
        return text is not null;
    }

    private static bool IsQuoted(string value) =>
        value.Length >= 2 && value.StartsWith('"') && value.EndsWith('"') && value.IndexOf('"', 1) is var next
        && (next == value.Length - 1 || value[next - 1] == '\\');

    // Senders of before 1.0.2 quoted values; inside the quotes a backslash takes the next character as it is.
    private static string Unquote(string value)
    {
        var text = new StringBuilder(value.Length);
        var quoted = false;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '"') quoted = !quoted;
            else if (quoted && value[i] == '\\' && i + 1 < value.Length) text.Append(value[++i]);
            else text.Append(value[i]);
        }
        return text.ToString();
    }

    private static string? DecodePercents(string value)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(value.Length);
        var text = new StringBuilder(value.Length);
        try
        {
            for (var i = 0; i < value.Length;)
            {
                var count = 0;
                for (; IsEncoded(value, i); i += 3) utf8[count++] = (byte)((Hex(value[i + 1]) << 4) | Hex(value[i + 2]));
                if (!System.Text.Unicode.Utf8.IsValid(utf8.AsSpan(0, count))) return null;
                text.Append(Encoding.UTF8.GetString(utf8, 0, count));
                if (i < value.Length) text.Append(value[i++]);
            }
            return CanonicalText.IsWellFormed(text.ToString()) ? text.ToString() : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    private static int Hex(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool IsEncoded(string value, int at) =>
        at + 2 < value.Length && value[at] == '%' && char.IsAsciiHexDigit(value[at + 1]) && char.IsAsciiHexDigit(value[at + 2]);
}
