namespace Kip.Host.CommandLine;

/// <summary>Text of many lines, such as the end of a log in a condition's message, where a person reads a line or a cell of a table.</summary>
internal static class OneLine
{
    /// <summary>Its first line and its last, in which programs tell what went wrong; text of one line stays as it is.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAny('\n', '\r')) return text;
        // A sentence that quotes a log ends behind it: its full stop is no line of its own.
        string[] lines = [.. text.Split(['\n', '\r'], StringSplitOptions.TrimEntries).Where(static line => line.Any(char.IsLetterOrDigit))];
        return lines switch
        {
            [] => "",
            [var only] => only,
            [var first, var last] => $"{first} {last}",
            [var first, .., var last] => $"{first} … {last}",
        };
    }
}
