using System.Diagnostics;
using Kip.Images.Layers;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>Trees as a container may leave them: whatever is in them, they can be measured and deleted, and nothing outside is touched.</summary>
public sealed class FolderTreeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-trees-").FullName;

    private string Tree => Path.Combine(_folder, "tree");

    public void Dispose() => FolderTree.Delete(_folder);

    [Fact]
    public void Names_that_are_not_text_are_measured_and_deleted()
    {
        Make("import os; p=sys.argv[1].encode()+b'/\\xff\\xfe'; os.makedirs(p); open(p+b'/\\xfd','wb').write(b'x'*100000)");

        FolderTree.Measure(Tree, 100).ShouldSatisfyAllConditions(static t => t.Bytes.ShouldBeGreaterThanOrEqualTo(100_000), static t => t.Entries.ShouldBe(2));
        FolderTree.Delete(Tree);

        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void Folders_deeper_than_any_path_are_noticed_and_deleted()
    {
        // More levels than are deleted at one go, and a longer path than the kernel takes; one name that the deletion would like to use itself is taken.
        Make("""
            import os
            os.makedirs(sys.argv[1] + '/.kip-deep-0/full'); open(sys.argv[1] + '/.kip-deep-1', 'w')
            os.chdir(sys.argv[1])
            for i in range(450):
                os.mkdir('d' * 20); os.chdir('d' * 20)
            open('last', 'w').write('x')
            """);

        FolderTree.Measure(Tree, 100_000).IsWhole.ShouldBeFalse();
        FolderTree.Delete(Tree);

        Directory.GetFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void More_entries_than_allowed_are_noticed()
    {
        Directory.CreateDirectory(Tree);
        for (var i = 0; i < 20; i++) File.WriteAllText(Path.Combine(Tree, $"{i}"), "");

        FolderTree.Measure(Tree, 19).IsWhole.ShouldBeFalse();
        FolderTree.Measure(Tree, 20).ShouldSatisfyAllConditions(static t => t.IsWhole.ShouldBeTrue(), static t => t.Entries.ShouldBe(20));
    }

    [Fact]
    public void Holes_are_free_and_a_file_of_several_names_counts_once()
    {
        Directory.CreateDirectory(Tree);
        File.WriteAllBytes(Path.Combine(Tree, "a"), new byte[1 << 20]);
        for (var i = 0; i < 5; i++) Run("ln", Path.Combine(Tree, "a"), Path.Combine(Tree, $"again{i}"));
        using (var hole = File.Create(Path.Combine(Tree, "hole"))) hole.SetLength(1L << 40);

        FolderTree.Measure(Tree, 100).Bytes.ShouldBeInRange(1 << 20, 2 << 20);
    }

    [Fact]
    public void Links_are_deleted_and_never_followed()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "outside")).FullName;
        File.WriteAllBytes(Path.Combine(outside, "kept"), new byte[1 << 20]);
        Directory.CreateDirectory(Tree);
        File.CreateSymbolicLink(Path.Combine(Tree, "folder"), outside);
        File.CreateSymbolicLink(Path.Combine(Tree, "file"), Path.Combine(outside, "kept"));
        File.CreateSymbolicLink(Path.Combine(Tree, "loop"), ".");

        FolderTree.Measure(Tree, 100).Bytes.ShouldBeLessThan(1 << 20);
        FolderTree.Delete(Tree);

        Directory.GetFileSystemEntries(_folder).ShouldBe([outside]);
        File.Exists(Path.Combine(outside, "kept")).ShouldBeTrue();
    }

    [Fact]
    public void What_is_not_there_is_nothing_and_a_link_in_the_folders_place_goes_alone()
    {
        FolderTree.Delete(Path.Combine(_folder, "no/such"));
        FolderTree.Measure(Tree, 10).ShouldBe(new TreeSize(0, 0, true));
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "outside/in")).Parent!.FullName;
        File.CreateSymbolicLink(Tree, outside);

        FolderTree.Delete(Tree);

        Directory.GetFileSystemEntries(_folder).ShouldBe([outside]);
        Directory.Exists(Path.Combine(outside, "in")).ShouldBeTrue();
    }

    private void Make(string python) => Run("python3", "-c", "import sys\n" + python, Tree);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }
}
