using System.Globalization;
using System.Text;
using Kip.Runtime.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kip.Runtime.Containers.Cgroups;

/// <summary>Knows whether the kernel killed for want of memory in a container's cgroup, also when the cgroup is gone already.</summary>
internal sealed class OomWatch : IDisposable
{
    private const int Looks = 250;
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(20);

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

    /// <summary>Whether it has happened since; asked once, when the cgroup is gone.</summary>
    /// <param name="time">Times the wait for the kernel's last word.</param>
    public async Task<bool> HasHappenedAsync(TimeProvider time)
    {
        if (_events is null) return Count() > _before;
        // The end of the cgroup is one event more, and comes a moment after it.
        ulong events = 0;
        for (var look = 0; look < Looks && events < 2; look++)
        {
            if (look > 0) await Task.Delay(LookPeriod, time);
            events += Read(_events);
        }
        return events >= 2;
    }

    public void Dispose() => _events?.Dispose();

    private static unsafe ulong Read(SafeFileHandle events)
    {
        ulong count = 0;
        return LibC.Read((int)events.DangerousGetHandle(), (byte*)&count, sizeof(ulong)) == sizeof(ulong) ? count : 0;
    }

    private long Count()
    {
        if (_counts is null || !File.Exists(_counts)) return 0;
        var line = File.ReadLines(_counts, Encoding.ASCII).FirstOrDefault(static l => l.StartsWith("oom_kill ", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan("oom_kill ".Length), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
