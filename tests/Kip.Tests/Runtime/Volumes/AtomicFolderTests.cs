using Kip.Runtime.Volumes;
using Shouldly;

namespace Kip.Tests.Runtime.Volumes;

public sealed class AtomicFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-volume-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static VolumeFile File_(string path, string text, int mode = 0b110_100_100) => new(path, System.Text.Encoding.UTF8.GetBytes(text), mode);

    private string Text(string path) => File.ReadAllText(Path.Combine(_folder, path));

    [Fact]
    public void All_files_change_at_once_and_those_that_went_are_gone()
    {
        AtomicFolder.Write(_folder, [File_("a", "1"), File_("sub/b", "2", 0b100_000_000), File_("old", "x")], null, "one");
        (Text("a"), Text("sub/b"), Text("old")).ShouldBe(("1", "2", "x"));
        File.GetUnixFileMode(Path.Combine(_folder, "sub", "b")).ShouldBe(UnixFileMode.UserRead);
        var seen = new FileInfo(Path.Combine(_folder, "..data")).LinkTarget;

        AtomicFolder.Write(_folder, [File_("a", "3"), File_("new", "4")], null, "two");

        (Text("a"), Text("new")).ShouldBe(("3", "4"));
        new FileInfo(Path.Combine(_folder, "..data")).LinkTarget.ShouldNotBe(seen);
        Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order().ShouldBe(["..data", "..two", "a", "new"]);
        new FileInfo(Path.Combine(_folder, "a")).LinkTarget.ShouldBe("..data/a");
    }
}
