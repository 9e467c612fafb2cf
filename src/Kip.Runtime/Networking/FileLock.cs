namespace Kip.Runtime.Networking;

/// <summary>Holds a file for this process alone; waits for whoever holds it.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="IOException">Somebody has held it for too long.</exception>
    public FileLock(string path)
    {
        const int Attempts = 1000;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return;
            }
            catch (IOException) when (attempt < Attempts)
            {
                Thread.Sleep(10);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
