using System.Globalization;
using System.Text;
using Kip.Runtime.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kip.Runtime.Containers.Cgroups;

/// <summary>Knows whether the kernel killed for want of memory in a container's cgroup, also when the cgroup is gone already.</summary>
internal sealed class OomWatch : IDisposable
{
    private readonly SafeFileHandle? _events;
    private readonly string? _counts;
    private readonly long _before;

    private OomWatch(SafeFileHandle? events, string? counts)
    {
        (_events, _counts) = (events, counts);
        _before = Count();
    }

    /// <summary>Begins to watch, before the container is started.</summary>
    /// <remarks>
    /// In a unified hierarchy the pod's cgroup counts what happens below it. In the older one only an event descriptor tells, on a cgroup
    /// that is made here for the OCI runtime to find.
    /// </remarks>
    public static OomWatch Begin(CgroupTree tree, string cgroup)
    {
        var folder = Directory.CreateDirectory(tree.Folder(cgroup, "memory")).FullName;
        if (tree.IsUnified) return new OomWatch(null, Path.Combine(Path.GetDirectoryName(folder)!, "memory.events"));
        var events = new SafeFileHandle(LibC.EventDescriptor(0, LibC.CloseOnExec | LibC.NonBlocking), ownsHandle: true);
        using var control = File.OpenHandle(Path.Combine(folder, "memory.oom_control"));
        File.WriteAllText(Path.Combine(folder, "cgroup.event_control"), $"{events.DangerousGetHandle()} {control.DangerousGetHandle()}");
        return new OomWatch(events, null);
    }

    /// <summary>Whether it has happened since.</summary>
    public unsafe bool HasHappened()
    {
        if (_events is null) return Count() > _before;
        ulong count = 0;
        // The event comes also with the end of the cgroup, together with a process killed for its memory at the latest before.
        return LibC.Read((int)_events.DangerousGetHandle(), (byte*)&count, sizeof(ulong)) == sizeof(ulong) && count > 0;
    }

    public void Dispose() => _events?.Dispose();

    private long Count()
    {
        if (_counts is null || !File.Exists(_counts)) return 0;
        var line = File.ReadLines(_counts, Encoding.ASCII).FirstOrDefault(static l => l.StartsWith("oom_kill ", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan("oom_kill ".Length), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
