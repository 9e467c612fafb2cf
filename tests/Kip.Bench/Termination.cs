using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Kip.Bench;

/// <summary>Ends a run on SIGTERM, with the programs that it has started.</summary>
/// <remarks>The web hosts of the run take the signal for themselves: they stop, and the run would go on.</remarks>
internal static class Termination
{
    private const int Terminated = 128 + 15;

    public static IDisposable Watch() => PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ =>
    {
        foreach (var child in Children()) using (Process.Start("/bin/kill", ["-TERM", child.ToString(CultureInfo.InvariantCulture)])) { }
        Environment.Exit(Terminated);
    });

    private static IEnumerable<int> Children()
    {
        foreach (var process in Process.GetProcesses())
            if (ParentOf(process.Id) == Environment.ProcessId) yield return process.Id;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            // pid (name) state ppid …
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
