namespace Kip.Host.Platform;

/// <summary>Where one platform keeps everything: the store, keys, bundles, logs, the kubeconfig.</summary>
/// <remarks><c>--data</c>, else <c>$KIP_DATA</c>, else <c>~/.kip</c>. Only its owner may look inside.</remarks>
public sealed class DataFolder(string root)
{
    public string Root { get; } = System.IO.Path.GetFullPath(root);

    public string Store => Path("store");

    public string Kubeconfig => Path("kubeconfig");

    public string Instance => Path("kip.json");

    public string Log => Path("kip.log");

    /// <summary>One line for each request, when <c>config-observability</c> asks for them.</summary>
    public string RequestLog => Path("requests.log");

    public string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>The folder that a command means.</summary>
    public static DataFolder Choose(string? option) =>
        new(option ?? Environment.GetEnvironmentVariable("KIP_DATA") ?? System.IO.Path.Combine(Home, ".kip"));

    /// <summary>The folder that a kubeconfig lies in, if that is a data folder; else null.</summary>
    public static DataFolder? Beside(string kubeconfig)
    {
        var folder = new DataFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(kubeconfig))!);
        return Directory.Exists(folder.Store) ? folder : null;
    }

    public static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>Makes the folder, readable by its owner only.</summary>
    public void Create()
    {
        if (File.Exists(Root)) throw new CommandLine.CommandFailure($"the data folder {Root} is a file; name another with --data DIR");
        Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
