using System.Text;

namespace Kip.Runtime.Containers.Oci;

/// <summary>One run of a container as the machine knows it.</summary>
/// <param name="Id">Its name with the OCI runtime.</param>
/// <param name="PodUid">Whose it is.</param>
/// <param name="ImageId">What its image turned out to be.</param>
/// <param name="Cgroup">Its cgroup, from each hierarchy's root.</param>
/// <param name="StopSignal">By which it is asked to end.</param>
/// <param name="Bundle">Its folder.</param>
/// <param name="MessagePath">The file of this machine in which it says why it ends.</param>
internal sealed record OciContainer(string Id, string PodUid, string ImageId, string Cgroup, int StopSignal, OciBundle Bundle, string MessagePath)
{
    // As the kubelet cuts it.
    private const int MostMessage = 4096;

    /// <summary>What it wrote to its termination message file, of more than 4 KiB the end. Null: nothing.</summary>
    public string? ReadTerminationMessage()
    {
        try
        {
            using var file = File.OpenHandle(MessagePath);
            var bytes = new byte[MostMessage];
            var count = RandomAccess.Read(file, bytes, Math.Max(0, RandomAccess.GetLength(file) - MostMessage));
            return count == 0 ? null : Encoding.UTF8.GetString(bytes, 0, count);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
