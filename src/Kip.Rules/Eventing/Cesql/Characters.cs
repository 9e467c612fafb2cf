namespace Kip.Rules.Eventing.Cesql;

/// <summary>Text counted in characters as people see them in Unicode's tables: a surrogate pair is one.</summary>
internal static class Characters
{
    internal static int LengthAt(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    internal static int Count(string text)
    {
        var count = 0;
        for (var at = 0; at < text.Length; at += LengthAt(text, at)) count++;
        return count;
    }

    /// <summary>Where in the text a character begins; the text's end for those after the last.</summary>
    internal static int IndexOf(string text, int character)
    {
        var at = 0;
        for (; character > 0 && at < text.Length; character--) at += LengthAt(text, at);
        return at;
    }
}
