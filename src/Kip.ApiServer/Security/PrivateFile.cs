namespace Kip.ApiServer.Security;

/// <summary>Files that only their owner may read: keys, tokens, the kubeconfig.</summary>
internal static class PrivateFile
{
    /// <summary>Replaces a file in one step, so that a crash leaves the old or the new one; mode 0600 from its first byte on.</summary>
    public static void Write(string path, string text)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(temporary, options)) writer.Write(text);
        File.Move(temporary, path, overwrite: true);
    }
}
