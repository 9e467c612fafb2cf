namespace Kip.Runtime.Bundles.Sources;

/// <summary>The files of a source directory that count, in a fixed order.</summary>
/// <param name="Root">The directory.</param>
/// <param name="Files">Paths relative to it, with slashes, in ordinal order.</param>
internal sealed record SourceTree(string Root, IReadOnlyList<string> Files)
{
    /// <summary>Whether a file lies directly in the directory.</summary>
    public bool Has(string name) => Files.Contains(name);

    public string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>Lists a directory.</summary>
    /// <exception cref="BuildException">There are too many files, or too much in them.</exception>
    public static SourceTree Read(string root, BuildOptions limits)
    {
        var files = new List<string>();
        var bytes = 0L;
        var rules = IgnoreRules.Of(root);
        Visit(new DirectoryInfo(root), "");
        files.Sort(StringComparer.Ordinal);
        return new SourceTree(root, files);

        void Visit(DirectoryInfo folder, string prefix)
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                var path = prefix + entry.Name;
                var isFolder = entry is DirectoryInfo && entry.LinkTarget is null;
                if (rules.Ignores(path, isFolder)) continue;
                if (isFolder)
                {
                    Visit((DirectoryInfo)entry, path + "/");
                    continue;
                }
                files.Add(path);
                if (entry is FileInfo file && entry.LinkTarget is null) bytes += file.Length;
                Check(files.Count, bytes);
            }
        }

        void Check(int count, long size)
        {
            if (count > limits.MaxFiles)
                throw new BuildException($"{root} has more than {limits.MaxFiles} files; name what does not belong to the program in .kipignore");
            if (size > limits.MaxBytes)
                throw new BuildException($"{root} has more than {limits.MaxBytes >> 20} MiB; name what does not belong to the program in .kipignore");
        }
    }

    /// <summary>Copies the files to another folder, links as links.</summary>
    /// <exception cref="BuildException">A link leads out of the directory.</exception>
    public void CopyTo(string folder)
    {
        foreach (var file in Files)
        {
            var (from, to) = (PathOf(file), Path.Combine(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            if (new FileInfo(from).LinkTarget is not { } target)
            {
                File.Copy(from, to, overwrite: true);
                continue;
            }
            var leadsTo = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, target));
            if (!leadsTo.StartsWith(Path.GetFullPath(Root) + "/", StringComparison.Ordinal))
                throw new BuildException(
                    $"{file} is a link to {target}, outside of the directory; a bundle holds all it needs: copy the file, or name it in .kipignore");
            File.CreateSymbolicLink(to, target);
        }
    }
}
