namespace Kip.Images.Pulling;

/// <summary>The settings as the file has them now.</summary>
/// <remarks>A file that is wrong when it is first read is an error; one that becomes wrong later leaves the last good settings in effect.</remarks>
public sealed class RegistrySettingsFile(string path)
{
    private const int MaxBytes = 1 << 20;
    private readonly Lock _lock = new();
    private RegistrySettings? _settings;
    private DateTime _readAt;

    /// <summary>Why the file as it is now is not in effect; null when it is.</summary>
    public string? Mistake { get; private set; }

    /// <summary>The settings; the usual ones where there is no file.</summary>
    /// <exception cref="FormatException">The file was never right.</exception>
    public RegistrySettings Current
    {
        get
        {
            lock (_lock)
            {
                var file = new FileInfo(path);
                var written = file.Exists ? file.LastWriteTimeUtc : DateTime.MinValue;
                if (_settings is not null && written == _readAt) return _settings;
                Read(file);
                _readAt = written;
                return _settings!;
            }
        }
    }

    private void Read(FileInfo file)
    {
        try
        {
            if (file is { Exists: true, Length: > MaxBytes }) throw new FormatException($"larger than {MaxBytes} bytes");
            _settings = file.Exists ? RegistrySettingsReader.Read(File.ReadAllText(path)) : new();
            Mistake = null;
        }
        catch (FormatException mistake)
        {
            Mistake = $"{path}: {mistake.Message}";
            if (_settings is null) throw new FormatException(Mistake, mistake);
        }
    }
}
