using System.Xml;
using System.Xml.Linq;

namespace Kip.Runtime.Bundles.Languages;

/// <summary>What a C# project is made from besides its own folder.</summary>
internal static class CSharpInputs
{
    private static readonly string[] Ambient =
        ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "NuGet.config", "nuget.config", ".editorconfig"];

    /// <summary>Files in the folders above that MSBuild takes in by itself.</summary>
    public static IEnumerable<string> AmbientFiles(string root)
    {
        for (var folder = Directory.GetParent(Path.GetFullPath(root)); folder is not null; folder = folder.Parent)
            foreach (var name in Ambient)
                if (Path.Combine(folder.FullName, name) is var file && File.Exists(file)) yield return file;
    }

    /// <summary>The folders of projects that a project refers to, and those they refer to.</summary>
    public static IReadOnlyCollection<string> ReferencedFolders(string project)
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        Visit(project);
        seen.Remove(Path.GetDirectoryName(Path.GetFullPath(project))!);
        return seen;

        void Visit(string file)
        {
            if (!File.Exists(file) || !seen.Add(Path.GetDirectoryName(Path.GetFullPath(file))!)) return;
            foreach (var reference in References(file))
                Visit(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, reference.Replace('\\', '/'))));
        }
    }

    private static IEnumerable<string> References(string project)
    {
        try
        {
            return [.. XDocument.Load(project).Descendants().Where(static e => e.Name.LocalName == "ProjectReference")
                .Select(static e => e.Attribute("Include")?.Value).OfType<string>()];
        }
        catch (XmlException)
        {
            // The compiler will say so better.
            return [];
        }
    }
}
