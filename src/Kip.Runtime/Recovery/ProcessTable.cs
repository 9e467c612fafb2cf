using System.Globalization;
using System.Text;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Recovery;

/// <summary>The machine's processes as <c>/proc</c> shows them.</summary>
public static class ProcessTable
{
    /// <summary>A process: its ids, and when it began, in clock ticks since the machine did.</summary>
    public readonly record struct Entry(int Pid, int Parent, int Group, int Session, long StartTime);

    /// <summary>One process. Null: there is none, or it is a zombie that waits for its parent.</summary>
    public static Entry? Read(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // pid (name, which may hold anything) state ppid pgrp session …; the 22nd field is the start time.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[0] is "Z" or "X") return null;
            return new(pid, Number(fields[1]), Number(fields[2]), Number(fields[3]), long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The ids of all processes but this one.</summary>
    public static IEnumerable<int> Pids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && pid != System.Environment.ProcessId) yield return pid;
    }

    /// <summary>All processes but this one and those that have ended.</summary>
    public static IEnumerable<Entry> All()
    {
        foreach (var pid in Pids())
            if (Read(pid) is { } entry) yield return entry;
    }

    /// <summary>Whether a process was started with this variable, as far as may be read and as long as it has not overwritten it.</summary>
    public static bool HasVariable(int pid, string name, string value) => Variable(pid, name) == value;

    /// <summary>A variable that a process was started with, or null.</summary>
    public static string? Variable(int pid, string name)
    {
        try
        {
            var prefix = Encoding.UTF8.GetBytes(name + "=");
            ReadOnlySpan<byte> environment = File.ReadAllBytes($"/proc/{pid}/environ");
            foreach (var range in environment.Split((byte)0))
                if (environment[range].StartsWith(prefix)) return Encoding.UTF8.GetString(environment[range][prefix.Length..]);
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Ends processes with SIGKILL and goes on looking until none is left: one may have started another meanwhile.</summary>
    /// <param name="find">Names those to end.</param>
    /// <returns>How many were ended.</returns>
    /// <exception cref="IOException">Some do not end: they belong to another user, or hang in the kernel.</exception>
    public static int EndAll(Func<IEnumerable<int>> find)
    {
        const int Rounds = 200;
        var ended = new HashSet<int>();
        for (var round = 0; round < Rounds; round++)
        {
            int[] left = [.. find()];
            if (left.Length == 0) return ended.Count;
            foreach (var pid in left)
            {
                ended.Add(pid);
                _ = LibC.Kill(pid, LibC.SigKill);
            }
            Thread.Sleep(round < 10 ? 1 : 20);
        }
        throw new IOException($"processes {string.Join(", ", find())} of an earlier run do not end; end them by hand and start again");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
