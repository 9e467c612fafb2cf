using Kip.Resources;
using Kip.Runtime.Processes;
using Kip.Runtime.Recovery;

namespace Kip.Runtime.Containers.Oci;

/// <summary>The program that makes a container of a specification: crun, else runc.</summary>
/// <param name="program">Its path.</param>
/// <param name="state">Where it keeps what it knows of its containers; not on a disk, and short, for sockets are made there.</param>
/// <param name="runtimeId">The platform's mark, carried by its processes.</param>
internal sealed class OciRuntime(string program, string state, string runtimeId)
{
    private static readonly string[] Known = ["crun", "runc"];
    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/usr/local/sbin", "/bin", "/sbin"];

    private string? _seccomp;

    public string Program => program;

    /// <summary>The default system call profile as crun has compiled it for a container that runs, in base64. Null: none runs yet, or it is runc.</summary>
    public string? CompiledSeccomp() => Name != "crun" ? null : _seccomp ??= FindCompiled();

    /// <summary><c>crun</c> or <c>runc</c>.</summary>
    public string Name => Path.GetFileName(program);

    /// <summary>The path of the wanted one, or of the first that is there. Null: none.</summary>
    public static string? Find(string? wanted) =>
        (wanted is null ? Known : [wanted]).SelectMany(static name => Folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Runs the container of a bundle in the foreground: ends when and as the container does.</summary>
    public ProcessStart Run(string id, string bundle, string podUid) => Start(
        podUid, Path.Combine(bundle, "runtime.log"), "run", "--bundle", bundle, "--pid-file", Path.Combine(bundle, "pid"), id);

    /// <summary>Runs another program in a container.</summary>
    /// <param name="id">The container.</param>
    /// <param name="log">Where the runtime says what went wrong.</param>
    /// <param name="pidFile">Where it writes the program's process id.</param>
    /// <param name="podUid">The pod's mark.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="terminal">It gets a terminal.</param>
    public ProcessStart Exec(string id, string log, string pidFile, string podUid, ValueList<string> command, bool terminal) =>
        Start(podUid, log, ["exec", "--pid-file", pidFile, .. terminal ? (string[])["--tty", id] : [id], .. command]);

    /// <summary>Forgets what is left of a container whose runtime was killed.</summary>
    public void Forget(string id)
    {
        var left = Path.Combine(state, id);
        if (Directory.Exists(left)) Directory.Delete(left, recursive: true);
    }

    /// <summary>Only of a container that has come so far that its state is written: the file is whole then.</summary>
    private string? FindCompiled()
    {
        foreach (var container in Directory.EnumerateDirectories(state))
        {
            var compiled = Path.Combine(container, "seccomp.bpf");
            if (!File.Exists(Path.Combine(container, "status")) || !File.Exists(compiled)) continue;
            try
            {
                if (File.ReadAllBytes(compiled) is { Length: > 0 } bytes) return Convert.ToBase64String(bytes);
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }
        return null;
    }

    private ProcessStart Start(string podUid, string log, params string[] words)
    {
        string[] global = Name == "crun" ? ["--cgroup-manager=cgroupfs"] : ["--log-format", "json"];
        return new ProcessStart
        {
            Program = program,
            Arguments = [Name, "--root", state, "--log", log, .. global, .. words],
            Environment = StringMap.Of(
                ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                (ProcessMarks.RuntimeVariable, runtimeId), (ProcessMarks.PodVariable, podUid)),
            WorkingDirectory = "/",
        };
    }
}
