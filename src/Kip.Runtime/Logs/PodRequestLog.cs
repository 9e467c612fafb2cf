using Kip.Resources.Core;
using Kip.Rules.RequestLogs;
using Kip.Runtime.Pods;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Logs;

/// <summary>The lines of the request log that are about one pod, kept like a container's log and gone with the pod.</summary>
/// <remarks>Nothing is opened before the first line, or the first reader while the log is on.</remarks>
internal sealed class PodRequestLog(PodHost host, Pod pod)
{
    private readonly Lock _lock = new();
    private ContainerLog? _log;
    private bool _ended;

    // Made up when it is needed: most pods never have such a log.
    private string FilePath => Path.Combine(host.FolderOf(pod), "logs", RequestLogContainer.Name, "0.log");

    /// <summary>Adds whole lines. Those that come when the pod has ended are dropped.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public void Write(ReadOnlySpan<byte> lines)
    {
        lock (_lock) Open_NeedsLock()?.Write(OutputStream.Stdout, lines);
    }

    /// <summary>What can be read; null when nothing has ever been written.</summary>
    /// <param name="isOn">Lines may still come: an empty log is one to follow.</param>
    public ContainerLog? Read(bool isOn)
    {
        lock (_lock) return _log is null && (isOn || File.Exists(FilePath)) ? Open_NeedsLock() : _log;
    }

    /// <summary>The pod has ended: who follows has seen all. To be called before its folder is deleted.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_ended) return;
            _ended = true;
            _log?.Abandon();
        }
    }

    private ContainerLog? Open_NeedsLock()
    {
        if (_log is not null || _ended) return _log;
        var path = FilePath;
        // What an earlier life of the platform wrote goes on to be the older half.
        if (File.Exists(path)) File.Move(path, path + ContainerLog.OlderSuffix, overwrite: true);
        return _log = new ContainerLog(path, host.Time, host.Options.LogMaxBytes);
    }
}
