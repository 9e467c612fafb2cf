using System.Buffers;
using Kip.Resources;
using Kip.Runtime.Bundles.Sources;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>The file that says how a program is started: <c>web: ./server --port $PORT</c>.</summary>
internal static class Procfile
{
    public const string FileName = "Procfile";

    private static readonly SearchValues<char> ShellSigns = SearchValues.Create(";&|<>()`\n");

    /// <summary>The command of the web process, or null when there is no Procfile.</summary>
    /// <exception cref="BuildException">There is one without such a line.</exception>
    public static ValueList<string>? Read(SourceTree source)
    {
        if (!source.Has(FileName)) return null;
        foreach (var line in File.ReadLines(source.PathOf(FileName)))
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Trim() == "web" && line[(colon + 1)..].Trim() is { Length: > 0 } command) return Shell(command);
        }
        throw new BuildException($"{source.PathOf(FileName)} has no line 'web: COMMAND', which says how the program is started");
    }

    /// <summary>A command line for the shell, which gives way to the program where it can: signals then reach the program itself.</summary>
    public static ValueList<string> Shell(string command) =>
        command.AsSpan().IndexOfAny(ShellSigns) >= 0 || StartsWithAssignment(command)
        || command.StartsWith("exec ", StringComparison.Ordinal)
            ? ["/bin/sh", "-c", command]
            : ["/bin/sh", "-c", "exec " + command];

    private static bool StartsWithAssignment(string command)
    {
        var word = command.AsSpan().TrimStart();
        var space = word.IndexOf(' ');
        return (space < 0 ? word : word[..space]).Contains('=');
    }
}
