using Kip.Log.Files;

namespace Kip.Brokers.Topics;

/// <summary>The folders of topics. One per topic, named after it and its uid, so that a new Broker of an old name begins anew.</summary>
internal interface ITopicStorage
{
    /// <summary>A part of a topic's folder, made if it is not there.</summary>
    ILogFiles Open(string topic, string part);

    bool Exists(string topic, string part);

    /// <summary>Every topic that has a folder.</summary>
    IReadOnlyList<string> List();

    void Delete(string topic);

    /// <summary>Bytes that the disk has left; null when that is not known.</summary>
    long? FreeBytes { get; }
}

/// <summary>Topics' folders below one folder of the file system.</summary>
internal sealed class DirectoryTopicStorage(string root) : ITopicStorage
{
    public ILogFiles Open(string topic, string part) => new DirectoryFiles(Path.Combine(root, topic, part));

    public bool Exists(string topic, string part) => Directory.Exists(Path.Combine(root, topic, part));

    public IReadOnlyList<string> List() => Directory.Exists(root) ? [.. Directory.EnumerateDirectories(root).Select(static p => Path.GetFileName(p)!)] : [];

    public void Delete(string topic)
    {
        var path = Path.Combine(root, topic);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    public long? FreeBytes
    {
        get
        {
            try
            {
                return new DriveInfo(Directory.Exists(root) ? root : "/").AvailableFreeSpace;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
