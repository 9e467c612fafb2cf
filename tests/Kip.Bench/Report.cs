using System.Globalization;
using System.Text;
using Kip.Testing.Programs;

namespace Kip.Bench;

/// <summary>The figures of one run: printed as <c>name=value</c> and appended to docs/benchmarks.md with date, machine and commit.</summary>
internal sealed class Report(string title)
{
    private readonly List<(string Name, string Value)> _figures = [];
    private readonly List<string> _notes = [];

    /// <summary>A figure, and beside it the bar that it is to reach, if there is one: <c>&gt;= 2000</c>.</summary>
    public void Figure(string name, double value, string? bar = null)
    {
        var text = value.ToString(Math.Abs(value) >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture);
        if (bar is not null) text += $"   # bar {bar}";
        _figures.Add((name, text));
        Console.WriteLine($"{name}={text}");
    }

    /// <summary>A sentence that belongs to the figures: what was run, with what, how often.</summary>
    public void Note(string text)
    {
        _notes.Add(text);
        Console.Error.WriteLine(text);
    }

    public async Task AppendAsync()
    {
        var commit = await Command.RunAsync("git", ["-C", Repository.Root, "describe", "--always", "--dirty"]);
        var text = new StringBuilder();
        text.AppendLine().AppendLine($"## {title}, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {commit.Output.Trim()}").AppendLine();
        text.AppendLine($"{Machine.Describe()}.").AppendLine();
        foreach (var note in _notes) text.AppendLine($"- {note}");
        if (_notes.Count > 0) text.AppendLine();
        text.AppendLine("```");
        foreach (var (name, value) in _figures) text.AppendLine($"{name}={value}");
        text.AppendLine("```");
        await File.AppendAllTextAsync(Repository.Path("docs", "benchmarks.md"), text.ToString());
    }
}
