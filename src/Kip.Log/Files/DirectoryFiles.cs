namespace Kip.Log.Files;

/// <summary>A folder of the real file system. Folder and files are readable by their owner only.</summary>
public sealed class DirectoryFiles : ILogFiles
{
    private const string LockName = "lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;

    /// <summary>Uses a folder, making it (and its parents) when it is not there.</summary>
    public DirectoryFiles(string path)
    {
        _path = Path.GetFullPath(path);
        if (Directory.Exists(_path))
        {
            return;
        }

        MakeFolder(_path);
    }

    public string Name => _path;

    public IDisposable Lock()
    {
        try
        {
            // FileShare.None is an flock, which the kernel gives back however the process ends.
            return OpenStream(LockName, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && !DiskFull.Is(e))
        {
            throw new LogInUseException(_path, e);
        }
    }

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_path).Select(p => Path.GetFileName(p)!)];

    public ILogFile Create(string name) => OpenFile(name, FileMode.CreateNew);

    public ILogFile Open(string name) => OpenFile(name, FileMode.Open);

    public void Delete(string name) => File.Delete(Full(name));

    public void Rename(string from, string to) => File.Move(Full(from), Full(to), overwrite: true);

    public void SyncNames() => Posix.SyncDirectory(_path);

    private DirectoryFile OpenFile(string name, FileMode mode) => new(OpenStream(name, mode, FileShare.ReadWrite | FileShare.Delete));

    private FileStream OpenStream(string name, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(Full(name), options);
    }

    private string Full(string name) => Path.Combine(_path, name);

    // A new folder is a name in its parent: it too must be synced, up to the first folder that was there before.
    private static void MakeFolder(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is not null && !Directory.Exists(parent))
        {
            MakeFolder(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        if (parent is not null)
        {
            Posix.SyncDirectory(parent);
        }
    }
}
