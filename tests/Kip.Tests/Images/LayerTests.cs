using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using Kip.Images.References;
using Kip.Testing.Images;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>What honest layers become. Owners, opaque directories and mounts need root, as containers do.</summary>
public sealed class LayerTests
{
    [Theory]
    [InlineData(LayerCompression.None)]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public async Task Files_links_and_modes_come_out_as_they_went_in(LayerCompression compression)
    {
        using var bed = new LayerBed();
        var mode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser;
        var deep = string.Join('/', Enumerable.Repeat("a-long-directory-name", 12));
        var layer = new ImageLayer().Directory("d", UnixFileMode.UserRead | UnixFileMode.UserExecute).File("d/f", "hello", mode)
            .Symlink("d/s", "../d/f").HardLink("d/h", "d/f").File(deep + "/file", "deep").File("./x", "dotted").File("/y", "absolute");

        var path = await bed.UnpackAsync(layer, compression);

        File.ReadAllText(Path.Combine(path, "d/f")).ShouldBe("hello");
        File.GetUnixFileMode(Path.Combine(path, "d/f")).ShouldBe(mode);
        File.GetUnixFileMode(Path.Combine(path, "d")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.GetLastWriteTimeUtc(Path.Combine(path, "d/f")).ShouldBe(DateTime.UnixEpoch.AddDays(1));
        File.GetLastWriteTimeUtc(Path.Combine(path, "d")).ShouldBe(DateTime.UnixEpoch.AddDays(1));
        new FileInfo(Path.Combine(path, "d/s")).LinkTarget.ShouldBe("../d/f");
        File.ReadAllText(Path.Combine(path, "d/h")).ShouldBe("hello");
        File.ReadAllText(Path.Combine(path, deep, "file")).ShouldBe("deep");
        File.ReadAllText(Path.Combine(path, "x")).ShouldBe("dotted");
        File.ReadAllText(Path.Combine(path, "y")).ShouldBe("absolute");
    }

    [Fact]
    public async Task Whiteouts_become_what_overlayfs_understands()
    {
        using var bed = new LayerBed();
        var layer = new ImageLayer().File("a/.wh.gone", "").File("b/.wh..wh..opq", "").File("c/kept", "new").File("c/.wh.kept", "")
            .File(".wh.was-file", "").Directory("was-file").File("x/.wh..wh.plnk", "");

        var path = await bed.UnpackAsync(layer);

        Stat(path, "a/gone").ShouldBe("character special file 0,0");
        Attribute(path, "b", "trusted.overlay.opaque").ShouldBe("79");
        File.ReadAllText(Path.Combine(path, "c/kept")).ShouldBe("new");
        Attribute(path, "was-file", "trusted.overlay.opaque").ShouldBe("79");
        Directory.GetFileSystemEntries(path, ".wh.*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_whiteouts_say_is_what_overlayfs_shows()
    {
        using var bed = new LayerBed();
        var low = await bed.UnpackAsync(new ImageLayer().File("a/gone", "1").File("a/stays", "2").File("b/old", "3"));
        var high = await bed.UnpackAsync(new ImageLayer().File("a/.wh.gone", "").File("b/.wh..wh..opq", "").File("b/new", "4"));
        var merged = Directory.CreateDirectory(Path.Combine(bed.Folders.Root, "merged")).FullName;
        Run("mount", "-t", "overlay", "overlay", "-o", $"lowerdir={high}:{low}", merged);
        try
        {
            Directory.GetFiles(merged, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(merged, f)).Order().ShouldBe(["a/stays", "b/new"]);
        }
        finally
        {
            Run("umount", merged);
        }
    }

    [Fact]
    public async Task File_capabilities_and_names_that_are_not_utf8_survive()
    {
        using var bed = new LayerBed();
        // cap_net_bind_service=ep, as setcap writes it.
        byte[] capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var tar = RawTar.Concat(
            RawTar.Pax(("SCHILY.xattr.security.capability", capability)), RawTar.Entry("ping", '0', content: "x"u8.ToArray(), mode: 0b111_101_101),
            RawTar.Pax(("path", [(byte)'n', 0xE9])), RawTar.Entry("short", '0', content: "latin"u8.ToArray()), RawTar.End);

        var path = await bed.UnpackAsync(tar);

        Attribute(path, "ping", "security.capability").ShouldBe(Convert.ToHexStringLower(capability));
        Run("find", path, "-name", "n*", "-printf", "%s").ShouldBe("5");
    }

    [Fact]
    public async Task A_later_entry_replaces_an_earlier_one_of_any_kind()
    {
        using var bed = new LayerBed();
        var layer = new ImageLayer().File("a", "file").Directory("a").File("a/in", "1").Symlink("b", "a").File("b", "own")
            .Directory("c").File("c/x", "").File("c", "flat").Symlink("d", "nowhere").File("d/made", "2");

        var path = await bed.UnpackAsync(layer);

        File.ReadAllText(Path.Combine(path, "a/in")).ShouldBe("1");
        File.ReadAllText(Path.Combine(path, "b")).ShouldBe("own");
        File.ReadAllText(Path.Combine(path, "c")).ShouldBe("flat");
        File.ReadAllText(Path.Combine(path, "d/made")).ShouldBe("2");
    }

    [Fact]
    public async Task A_link_is_followed_inside_of_the_layer_only()
    {
        using var bed = new LayerBed();
        var layer = new ImageLayer().Directory("usr/lib").Symlink("lib", "/usr/lib")
            .File("lib/so", "found").Symlink("up", "../../../../usr").File("up/there", "in");

        var path = await bed.UnpackAsync(layer);

        File.ReadAllText(Path.Combine(path, "usr/lib/so")).ShouldBe("found");
        File.ReadAllText(Path.Combine(path, "usr/there")).ShouldBe("in");
    }

    [Fact]
    public async Task The_same_layer_is_unpacked_once_however_many_ask_and_however_it_was_compressed()
    {
        using var bed = new LayerBed();
        var tar = new ImageLayer().File("f", "x").ToTar();

        var paths = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => bed.UnpackAsync(tar, (LayerCompression)(i % 3))));

        paths.Distinct().Count().ShouldBe(1);
        Directory.GetDirectories(bed.Folders.Layers).ShouldBe([paths[0]]);
    }

    [Fact]
    public async Task What_a_kill_left_half_unpacked_is_cleared_and_a_layer_from_before_a_power_cut_is_not_trusted()
    {
        using var bed = new LayerBed();
        var tar = new ImageLayer().File("f", "x").ToTar();
        var path = await bed.UnpackAsync(tar);
        Directory.CreateDirectory(Path.Combine(bed.Folders.Layers, ".new-half/etc"));
        bed.Layers.RemoveUnfinished();
        Directory.GetDirectories(bed.Folders.Layers).ShouldBe([path]);

        File.WriteAllText(Path.Combine(bed.Folders.LayerMarks, Path.GetFileName(path)), "another-boot 1");
        File.WriteAllText(Path.Combine(path, "f"), "torn");
        bed.Layers.Has(Digest.Of(tar)).ShouldBeFalse();
        File.ReadAllText(Path.Combine(await bed.UnpackAsync(tar), "f")).ShouldBe("x");

        bed.Layers.Settle();
        bed.Layers.Has(Digest.Of(tar)).ShouldBeTrue();
        File.ReadAllText(Path.Combine(bed.Folders.LayerMarks, Path.GetFileName(path))).ShouldStartWith("settled");
    }

    private static string Stat(string folder, string name) => Run("stat", "-c", "%F %t,%T", Path.Combine(folder, name)).Trim();

    private static string Attribute(string folder, string name, string attribute) =>
        Run("python3", "-c", "import os, sys; print(os.getxattr(sys.argv[1], sys.argv[2]).hex())", Path.Combine(folder, name), attribute).Trim();

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.Latin1,
        })!;
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, error);
        return output;
    }
}
