namespace Kip.Log.Files;

/// <summary>One folder on a disk, and nothing more than what a durable log asks of it.</summary>
/// <remarks>All calls block. A failure is an <see cref="IOException"/>; a full disk is told apart by <see cref="DiskFull"/>.</remarks>
public interface ILogFiles
{
    /// <summary>What to call this folder in a message to a person.</summary>
    string Name { get; }

    /// <summary>Takes the folder for this process until disposed.</summary>
    /// <exception cref="LogInUseException">Another process holds it.</exception>
    IDisposable Lock();

    /// <summary>The names of the files in the folder, in no order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Makes a new, empty file. Its name lasts only after <see cref="SyncNames"/>.</summary>
    /// <exception cref="IOException">A file of that name exists, or the disk refuses.</exception>
    ILogFile Create(string name);

    /// <summary>Opens a file that exists.</summary>
    /// <exception cref="FileNotFoundException">There is none of that name.</exception>
    ILogFile Open(string name);

    /// <summary>Takes a name away; who has the file open goes on reading it.</summary>
    void Delete(string name);

    /// <summary>Gives a file another name, replacing in one step whatever had that name.</summary>
    void Rename(string from, string to);

    /// <summary>Returns when every name made, changed or taken away before would survive a power cut.</summary>
    void SyncNames();
}

/// <summary>One open file, read and written at offsets.</summary>
public interface ILogFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends; returns the number of bytes read.</summary>
    int Read(Span<byte> into, long offset);

    /// <summary>Writes all bytes or throws; after a throw any part of them may have been written.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts the file at a length.</summary>
    void Truncate(long length);

    /// <summary>Returns when every byte written before would survive a power cut.</summary>
    void Sync();
}
