using System.Globalization;
using System.Text;

namespace Kip.Runtime.Jobs;

/// <summary>Sets of numbers as a Job's status writes them: <c>0-3,5</c>.</summary>
internal static class IndexRanges
{
    /// <summary>The numbers below a limit; what cannot be read is passed over.</summary>
    public static SortedSet<int> Parse(string? text, int limit)
    {
        var found = new SortedSet<int>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-');
            if (!TryRead(dash < 0 ? part : part[..dash], out var first) || !TryRead(dash < 0 ? part : part[(dash + 1)..], out var last)) continue;
            for (var number = first; number <= last && number < limit; number++) found.Add(number);
        }
        return found;
    }

    /// <summary>The shortest form: runs of two are a list, longer ones a range.</summary>
    public static string Write(IReadOnlyCollection<int> sorted)
    {
        var text = new StringBuilder();
        int? first = null;
        var last = 0;
        foreach (var number in sorted)
        {
            if (first is not null && number == last + 1)
            {
                last = number;
                continue;
            }
            if (first is { } begun) Append(text, begun, last);
            (first, last) = (number, number);
        }
        if (first is { } open) Append(text, open, last);
        return text.ToString();
    }

    private static void Append(StringBuilder text, int first, int last)
    {
        if (text.Length > 0) text.Append(',');
        text.Append(CultureInfo.InvariantCulture, $"{first}");
        if (last > first) text.Append(CultureInfo.InvariantCulture, $"{(last == first + 1 ? ',' : '-')}{last}");
    }

    private static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
