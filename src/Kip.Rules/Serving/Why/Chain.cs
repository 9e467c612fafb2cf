using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Rules.Serving.Why;

/// <summary>A chain under construction.</summary>
internal sealed class Chain
{
    private readonly List<WhyStep> _steps = [];

    public Chain Condition(string kind, string name, Condition? condition)
    {
        if (condition is null) return this;
        var why = condition.Reason is { Length: > 0 } reason ? $" ({reason})" : "";
        var what = condition.Message is { Length: > 0 } message ? $": {message}" : "";
        return Add(WhyLink.Condition, $"{kind} {name}: {condition.Type} is {condition.Status}{why}{what}");
    }

    /// <summary>The newest warning about one of the objects.</summary>
    public Chain Warning(WhyView seen, Func<string, bool> about)
    {
        var newest = seen.Events.Where(e => e.Type == "Warning" && about(e.InvolvedObject.Name ?? ""))
            .MaxBy(static e => e.LastTimestamp ?? e.EventTime ?? DateTimeOffset.MinValue);
        if (newest is null) return this;
        var times = newest.Count > 1 ? $", {newest.Count} times" : "";
        return Add(WhyLink.Event, $"{newest.InvolvedObject.Kind} {newest.InvolvedObject.Name}: {newest.Reason}{times}: {newest.Message}");
    }

    /// <summary>The line of a revision's log that most likely tells the cause.</summary>
    public Chain Log(WhyView seen, string revision)
    {
        if (seen.Logs.TryGetValue(revision, out var lines) && LogLine.Telling(lines) is { } line) Add(WhyLink.Log, line);
        return this;
    }

    public Chain Pods(string text) => Add(WhyLink.Pods, text);

    public Chain Setting(string text) => Add(WhyLink.Setting, text);

    public Chain Fix(string text) => Add(WhyLink.Fix, text);

    public Diagnosis Says(string verdict, bool trouble = true) => new(verdict, trouble, [.. _steps]);

    private Chain Add(WhyLink link, string text)
    {
        _steps.Add(new(link, text));
        return this;
    }
}

/// <summary>Finds the line of a log that tells what went wrong.</summary>
internal static class LogLine
{
    private const int Longest = 300;
    private static readonly string[] Signs =
        ["unhandled exception", "exception:", "error", "fatal", "panic", "failed", "cannot", "not found", "refused", "denied"];

    /// <summary>The last line with a sign of trouble; else the last that is not empty; null when there is none.</summary>
    public static string? Telling(IReadOnlyList<string> lines)
    {
        string? last = null;
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            var line = lines[i].Trim();
            if (line.Length == 0) continue;
            last ??= line;
            if (Array.Exists(Signs, sign => line.Contains(sign, StringComparison.OrdinalIgnoreCase))) return Cut(line);
        }
        return last is null ? null : Cut(last);
    }

    private static string Cut(string line) => line.Length <= Longest ? line : string.Concat(line.AsSpan(0, Longest), "…");
}
