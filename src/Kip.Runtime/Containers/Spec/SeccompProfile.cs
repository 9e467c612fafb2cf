using System.Runtime.InteropServices;

namespace Kip.Runtime.Containers.Spec;

/// <summary>The profile <c>RuntimeDefault</c>: the system calls that programs need; any other answers EPERM.</summary>
/// <remarks>
/// Left out is what reaches the kernel or the machine: modules, mounts, namespaces, keys, clocks, raw memory policies, io_uring, bpf, perf,
/// userfaultfd, the sockets of the kernel's cryptography and of hypervisors. clone3 answers ENOSYS, since its flags are out of a filter's
/// sight: libraries then use clone, whose flags are not.
/// </remarks>
internal static class SeccompProfile
{
    /// <summary>The profile for this machine, as JSON.</summary>
    public static string Json { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(SeccompProfile).Assembly.GetManifestResourceStream("Kip.Runtime.Containers.Spec.seccomp.json")!;
        using var reader = new StreamReader(stream);
        var architectures = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", \"SCMP_ARCH_X32",
            Architecture.Arm64 => "SCMP_ARCH_AARCH64\", \"SCMP_ARCH_ARM",
            var other => throw new PlatformNotSupportedException($"containers run on x86-64 and arm64, not on {other}"),
        };
        return reader.ReadToEnd().Replace("@ARCHITECTURES@", architectures, StringComparison.Ordinal);
    }
}
