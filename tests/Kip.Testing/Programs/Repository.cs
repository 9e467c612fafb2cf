namespace Kip.Testing.Programs;

/// <summary>The checkout that the tests run in.</summary>
public static class Repository
{
    /// <summary>The folder that holds Kip.slnx.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The published program: <c>$KIP_PROGRAM</c>, else artifacts/kip/kip.</summary>
    public static string Kip => Environment.GetEnvironmentVariable("KIP_PROGRAM") ?? System.IO.Path.Combine(Root, "artifacts", "kip", "kip");

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Find(DirectoryInfo? folder)
    {
        for (; folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Kip.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"no Kip.slnx above {AppContext.BaseDirectory}");
    }
}
