using System.Runtime.CompilerServices;

namespace Kip.Testing.Golden;

/// <summary>Expected outputs kept as files: a folder per case, inputs and expected outputs in it, reviewed as a diff when they change.</summary>
/// <remarks>Set <see cref="Variable"/> to <c>write</c> to write what the code gives in place of what is expected.</remarks>
public sealed class Goldens
{
    /// <summary>The environment variable that turns comparing into writing.</summary>
    public const string Variable = "KIP_GOLDENS";

    private readonly bool _write;

    public Goldens(string folder, bool write = false)
    {
        Folder = folder;
        _write = write;
    }

    public string Folder { get; }

    /// <summary>The cases: the subfolders' names, in order.</summary>
    public IReadOnlyList<string> Cases =>
        Directory.Exists(Folder) ? [.. Directory.GetDirectories(Folder).Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal)] : [];

    /// <summary>The goldens in a folder beside the test's source file.</summary>
    public static Goldens Beside(string folder, [CallerFilePath] string source = "") =>
        new(Path.Combine(Path.GetDirectoryName(source)!, folder), Environment.GetEnvironmentVariable(Variable) == "write");

    /// <summary>Reads one of a case's inputs.</summary>
    public string Read(string @case, string file) => File.ReadAllText(Path.Combine(Folder, @case, file));

    /// <summary>Compares an output with the file that says what it should be, or writes that file.</summary>
    /// <exception cref="GoldenDiffersException">They differ; the message shows the first difference.</exception>
    public void Check(string @case, string file, string actual)
    {
        var path = Path.Combine(Folder, @case, file);
        actual = actual.ReplaceLineEndings("\n");
        if (_write)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }
        if (!File.Exists(path)) throw new GoldenDiffersException($"{path} does not exist; set {Variable}=write to write it. It would hold:\n{actual}");
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (expected != actual) throw new GoldenDiffersException(Describe(path, expected, actual));
    }

    private static string Describe(string path, string expected, string actual)
    {
        string[] wanted = expected.Split('\n');
        string[] got = actual.Split('\n');
        var line = 0;
        while (line < wanted.Length && line < got.Length && wanted[line] == got[line]) line++;
        return $"""
            {path} differs at line {line + 1}:
            - {(line < wanted.Length ? wanted[line] : "(end)")}
            + {(line < got.Length ? got[line] : "(end)")}
            If this is right, set {Variable}=write and run again. All of it:
            {actual}
            """;
    }
}
