namespace Kip.Runtime.Processes;

/// <summary>Finds the file of a program as a shell would.</summary>
public static class ProgramPath
{
    /// <summary>The absolute path of a program, or null.</summary>
    /// <param name="name">A path, relative to the folder, or a name to be found in PATH.</param>
    /// <param name="folder">Where it is started; also searched for a plain name, before PATH.</param>
    /// <param name="path">Folders separated by colons.</param>
    public static string? Find(string name, string folder, string? path)
    {
        if (name.Length == 0) return null;
        if (Path.IsPathRooted(name)) return File.Exists(name) ? name : null;
        var here = Path.Combine(folder, name);
        if (File.Exists(here)) return Path.GetFullPath(here);
        if (name.Contains('/')) return null;
        foreach (var directory in (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.Combine(directory, name);
            if (File.Exists(candidate) && IsExecutable(candidate)) return candidate;
        }
        return null;
    }

    private static bool IsExecutable(string file) => LibC.Access(file, LibC.MayExecute) == 0;
}
