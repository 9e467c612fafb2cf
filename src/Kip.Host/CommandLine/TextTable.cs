namespace Kip.Host.CommandLine;

/// <summary>A table for people: columns as wide as their widest cell, three spaces between, as kubectl prints.</summary>
public sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Row(params string[] cells) => _rows.Add([.. cells.Select(OneLine.Of)]);

    public void Print(TextWriter output)
    {
        var widths = Enumerable.Range(0, header.Length).Select(i => _rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in _rows)
            output.WriteLine(string.Join("   ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }
}
