using System.Globalization;

namespace Kip.Runtime.Recovery;

/// <summary>Marks by which processes are found again after the platform's end: in their environment, and in a file per container.</summary>
/// <remarks>The environment finds what a pod's process started in turn; the file finds those that overwrote their environment.</remarks>
internal sealed class ProcessMarks
{
    /// <summary>In every process: which data folder it belongs to.</summary>
    public const string RuntimeVariable = "KIP_RUNTIME";

    /// <summary>In every process: which pod it belongs to.</summary>
    public const string PodVariable = "KIP_POD_UID";

    private const string FilePattern = "*.pid";
    private static readonly string BootId = ReadBootId();
    private readonly string _pods;

    public ProcessMarks(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        _pods = Path.Combine(dataDirectory, "pods");
        var file = Path.Combine(dataDirectory, "runtime-id");
        if (!File.Exists(file))
        {
            // Whole or not at all: a platform that dies here must not leave an empty id.
            var fresh = file + ".new";
            File.WriteAllText(fresh, Guid.NewGuid().ToString("n"));
            File.Move(fresh, file, overwrite: true);
        }
        RuntimeId = File.ReadAllText(file).Trim();
    }

    /// <summary>The data folder's own id.</summary>
    public string RuntimeId { get; }

    /// <summary>Notes a started process in a pod's folder.</summary>
    public static void Note(string podFolder, string container, int pid)
    {
        if (ProcessTable.Read(pid) is not { } entry) return;
        File.WriteAllText(Path.Combine(podFolder, container + ".pid"), $"{pid} {entry.StartTime} {BootId}");
    }

    /// <summary>Ends every process that the platform's earlier lives with this data folder have left.</summary>
    /// <returns>How many there were.</returns>
    public int EndOrphans()
    {
        var noted = Noted();
        return ProcessTable.EndAll(() => ProcessTable.All()
            .Where(p => noted.Any(n => IsOf(p, n)) || ProcessTable.HasVariable(p.Pid, RuntimeVariable, RuntimeId))
            .Select(static p => p.Pid));
    }

    // A session outlives its first process, and its id is not given to another while it does.
    private static bool IsOf(ProcessTable.Entry process, (string Container, int Pid, long StartTime) noted) =>
        process.Pid == noted.Pid ? process.StartTime == noted.StartTime : process.Session == noted.Pid && process.StartTime >= noted.StartTime;

    /// <summary>The processes that were noted in one pod's folder, by container; those that have ended meanwhile may be among them.</summary>
    public static IEnumerable<(string Container, int Pid)> NotedFor(string podFolder)
    {
        try
        {
            return [.. NotedIn(podFolder).Select(static n => (n.Container, n.Pid))];
        }
        catch (IOException)
        {
            // The pod is going, and its folder with it.
            return [];
        }
    }

    private List<(string Container, int Pid, long StartTime)> Noted() =>
        Directory.Exists(_pods) ? [.. Directory.EnumerateDirectories(_pods).SelectMany(NotedIn)] : [];

    // Not below the folder: there are the files of containers, who would name any process of the machine for us to end.
    private static List<(string Container, int Pid, long StartTime)> NotedIn(string podFolder)
    {
        var noted = new List<(string, int, long)>();
        if (!Directory.Exists(podFolder)) return noted;
        foreach (var file in Directory.EnumerateFiles(podFolder, FilePattern))
        {
            var parts = File.ReadAllText(file).Split(' ');
            if (parts.Length == 3 && parts[2] == BootId
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && long.TryParse(
                    parts[1], NumberStyles.None, CultureInfo.InvariantCulture,
                    out var start)) noted.Add((Path.GetFileNameWithoutExtension(file), pid, start));
        }
        return noted;
    }

    // After the machine's own restart the noted ids mean nothing.
    private static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
