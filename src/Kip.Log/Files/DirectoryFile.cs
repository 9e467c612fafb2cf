namespace Kip.Log.Files;

/// <summary>A file of the real file system, without any buffer between the caller and the kernel.</summary>
/// <remarks>A FileStream is the framework's only way to name a mode at creation; without a buffer it is a shell around the handle.</remarks>
internal sealed class DirectoryFile(FileStream stream) : ILogFile
{
    public long Length => RandomAccess.GetLength(stream.SafeFileHandle);

    public int Read(Span<byte> into, long offset)
    {
        var read = 0;
        while (read < into.Length)
        {
            var n = RandomAccess.Read(stream.SafeFileHandle, into[read..], offset + read);
            if (n == 0)
            {
                break;
            }

            read += n;
        }

        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(stream.SafeFileHandle, bytes, offset);

    public void Truncate(long length) => RandomAccess.SetLength(stream.SafeFileHandle, length);

    public void Sync() => Posix.SyncData(stream.SafeFileHandle);

    public void Dispose() => stream.Dispose();
}
