using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Kip.Runtime.Networking;

/// <summary>A network namespace with an address on the bridge, for one pod. It lives as long as its descriptor or a process in it.</summary>
internal sealed class PodNetns(SafeFileHandle descriptor, IPAddress address, uint offset, string link)
{
    public IPAddress Address => address;

    /// <summary>The address's place in the subnet.</summary>
    public uint Offset => offset;

    /// <summary>The end of its link that is at the bridge.</summary>
    public string Link => link;

    public SafeFileHandle Descriptor => descriptor;

    /// <summary>The file by which another program finds the namespace as long as Kip holds it.</summary>
    public string Path => $"/proc/{System.Environment.ProcessId}/fd/{descriptor.DangerousGetHandle()}";
}
