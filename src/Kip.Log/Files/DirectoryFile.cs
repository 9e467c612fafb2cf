using Microsoft.Win32.SafeHandles;

namespace Kip.Log.Files;

/// <summary>A file of the real file system, without any buffer between the caller and the kernel.</summary>
internal sealed class DirectoryFile(SafeFileHandle handle) : ILogFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> into, long offset)
    {
        var read = 0;
        while (read < into.Length)
        {
            var n = RandomAccess.Read(handle, into[read..], offset + read);
            if (n == 0)
            {
                break;
            }

            read += n;
        }

        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

    public void Truncate(long length) => RandomAccess.SetLength(handle, length);

    public void Sync() => Posix.SyncData(handle);

    public void Dispose() => handle.Dispose();
}
