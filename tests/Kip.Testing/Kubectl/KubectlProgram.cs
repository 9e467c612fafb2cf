using System.Globalization;

namespace Kip.Testing.Kubectl;

/// <summary>A kubectl of this machine.</summary>
/// <param name="Path">The program itself.</param>
/// <param name="Minor">33 for 1.33; null when its name does not tell.</param>
public sealed record KubectlProgram(string Path, int? Minor)
{
    private const string Name = "kubectl";

    /// <summary>The oldest and the newest version: one row when there is only one. Never empty.</summary>
    public static IReadOnlyList<KubectlProgram> Range { get; } = OldestAndNewest();

    /// <summary>E.g. <c>1.27</c>; <c>kubectl</c> for one whose name does not tell.</summary>
    public string Label => Minor is { } minor ? string.Create(CultureInfo.InvariantCulture, $"1.{minor}") : Name;

    /// <summary>Whether it is at least 1.<paramref name="minor"/>. A version that is not known counts as new.</summary>
    public bool IsAtLeast(int minor) => Minor is not { } own || own >= minor;

    private static KubectlProgram[] OldestAndNewest()
    {
        if (Environment.GetEnvironmentVariable("KIP_TEST_KUBECTL") is { Length: > 0 } only) return [new(only, MinorOf(only))];
        var all = Siblings().OrderBy(static p => p.Minor).ToArray();
        return all switch
        {
            [] => [new(Name, null)],
            [var one] => [one],
            _ => [all[0], all[^1]],
        };
    }

    // Google's SDK keeps every supported version as kubectl.1.NN beside the kubectl that is on the PATH as a link.
    private static IEnumerable<KubectlProgram> Siblings()
    {
        if (OnPath() is not { } found) return [];
        var real = File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found;
        return from path in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(real)!, $"{Name}.1.*")
               let minor = MinorOf(path)
               where minor is not null
               select new KubectlProgram(path, minor);
    }

    private static string? OnPath() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .Where(static folder => folder.Length > 0)
        .Select(static folder => System.IO.Path.Combine(folder, Name))
        .FirstOrDefault(File.Exists);

    private static int? MinorOf(string path) =>
        System.IO.Path.GetFileName(path).Split('.') is [Name, "1", var minor]
        && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
