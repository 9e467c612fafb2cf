using System.Collections.Immutable;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Containers.Spec;

/// <summary>The capabilities a container keeps.</summary>
public static class Capabilities
{
    /// <summary>
    /// What a program that looks after its own files and changes its user needs; of containerd's set NET_RAW, MKNOD, AUDIT_WRITE and SETFCAP are left
    /// out.
    /// </summary>
    public static readonly ImmutableArray<string> Default =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID",
        "CAP_SYS_CHROOT",
    ];

    // What may be added: nothing with which a container could get at the machine.
    private static readonly ImmutableArray<string> Addable =
    [
        .. Default, "CAP_AUDIT_WRITE", "CAP_IPC_LOCK", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SYS_NICE", "CAP_SYS_PTRACE", "CAP_SYS_RESOURCE",
    ];

    /// <summary>The set after dropping and adding, in alphabetical order.</summary>
    /// <param name="add">As written: with or without <c>CAP_</c>, in any case; <c>ALL</c> adds all that may be added.</param>
    /// <param name="drop">As written; <c>ALL</c> drops everything.</param>
    internal static ImmutableArray<string> Of(ImmutableArray<string> add, ImmutableArray<string> drop)
    {
        var kept = new SortedSet<string>(Default, StringComparer.Ordinal);
        foreach (var name in drop.Select(FullName))
        {
            if (name == "CAP_ALL") kept.Clear();
            else kept.Remove(name);
        }
        foreach (var name in add.Select(FullName))
        {
            if (name == "CAP_ALL") kept.UnionWith(Addable);
            else if (Addable.Contains(name)) kept.Add(name);
            else
                throw new ContainerSetupException("CreateContainerConfigError",
                    $"capability {name} is not given to containers; those that are: {string.Join(", ", Addable.Order(StringComparer.Ordinal))}");
        }
        return [.. kept];
    }

    private static string FullName(string name)
    {
        var upper = name.ToUpperInvariant();
        return upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : "CAP_" + upper;
    }
}
