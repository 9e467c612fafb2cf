using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Kip.Images.Layers;
using Kip.Images.References;
using Kip.Testing.Images;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>Layers made to harm the machine: none reaches outside of its folder, and a refused one leaves nothing.</summary>
public sealed class HostileLayerTests
{
    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/../outside")]
    [InlineData("./..//outside")]
    [InlineData("../.wh.outside")]
    public Task A_path_that_leads_outside_is_refused(string name) =>
        RefusedAsync(RawTar.Concat(RawTar.Entry(name, '0', "bad"u8.ToArray()), RawTar.End), "leads outside");

    [Theory]
    [InlineData("../../../../outside")]
    [InlineData("../../outside")]
    [InlineData("/proc/self/root")]
    [InlineData("/proc/self/cwd")]
    public async Task A_link_outside_is_only_text_and_nothing_is_written_through_it(string target)
    {
        using var bed = new LayerBed();
        var folder = Path.GetDirectoryName(bed.Outside)!;
        foreach (var to in (string[])[target, folder, bed.Outside])
        {
            var path = await bed.UnpackAsync(new ImageLayer().Symlink("link", to).File("link", "replaced the link"));
            File.ReadAllText(Path.Combine(path, "link")).ShouldBe("replaced the link");

            path = await bed.UnpackAsync(new ImageLayer().Symlink("way", to).File("way/outside", "through"));
            File.ReadAllText(bed.Outside).ShouldBe("untouched");
            Directory.GetFiles(
                path, "outside",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Length.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_chain_of_links_does_not_lead_outside()
    {
        using var bed = new LayerBed();
        var path = await bed.UnpackAsync(new ImageLayer().Symlink("a", "..").Symlink("b", "a/..").Symlink("c", "b/../..").File("c/outside", "bad"));

        File.ReadAllText(bed.Outside).ShouldBe("untouched");
        File.ReadAllText(Path.Combine(path, "outside")).ShouldBe("bad");
    }

    [Fact]
    public async Task A_hard_link_to_a_file_outside_is_refused()
    {
        using var bed = new LayerBed();
        foreach (var target in (string[])[bed.Outside, "/etc/passwd", "missing", ""])
            (await Should.ThrowAsync<LayerException>(
                bed.UnpackAsync(RawTar.Concat(RawTar.Entry("h", '1', link: target), RawTar.End)))).Message.ShouldContain("not in the layer");
        await RefusedAsync(RawTar.Concat(RawTar.Entry("h", '1', link: "../outside"), RawTar.End), "leads outside");
        // By way of a link to the folder outside.
        await RefusedAsync(new ImageLayer().Symlink("way", Path.GetDirectoryName(bed.Outside)!).HardLink("h", "way/outside").ToTar(), "not in the layer");
    }

    [Fact]
    public async Task A_directory_replaced_by_a_link_is_not_entered_again()
    {
        using var bed = new LayerBed();
        var folder = Path.GetDirectoryName(bed.Outside)!;
        await bed.UnpackAsync(new ImageLayer().Directory("d").File("d/first", "1").Symlink("d", folder).File("d/outside", "bad").File("d/second", "2"));

        File.ReadAllText(bed.Outside).ShouldBe("untouched");
        File.Exists(Path.Combine(folder, "second")).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_marked_as_removed_by_way_of_a_link_is_inside_too()
    {
        using var bed = new LayerBed();
        var folder = Path.GetDirectoryName(bed.Outside)!;

        var path = await bed.UnpackAsync(new ImageLayer().Symlink("way", folder).File("way/.wh.outside", "").File("way/deep/.wh..wh..opq", ""));

        File.ReadAllText(bed.Outside).ShouldBe("untouched");
        Directory.GetFileSystemEntries(folder, "deep").ShouldBeEmpty();
        Directory.GetFileSystemEntries(path, "outside", SearchOption.AllDirectories).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Attributes_that_mean_something_to_overlayfs_are_left_out()
    {
        using var bed = new LayerBed();
        var path = await bed.UnpackAsync(RawTar.Concat(
            RawTar.Pax(
                ("SCHILY.xattr.trusted.overlay.redirect", "/etc"u8.ToArray()), ("SCHILY.xattr.trusted.overlay.metacopy", "y"u8.ToArray()),
                ("SCHILY.xattr.user.own", "x"u8.ToArray())),
            RawTar.Entry("d", '5', mode: 0b111_101_101), RawTar.End));

        using var attributes = Process.Start(new ProcessStartInfo(
            "python3", ["-c", "import os, sys; print(os.listxattr(sys.argv[1]))", Path.Combine(path, "d")]) { RedirectStandardOutput = true })!;
        (await attributes.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim().ShouldBe("[]");
    }

    [Fact]
    public async Task Device_nodes_are_left_out()
    {
        using var bed = new LayerBed();
        var path = await bed.UnpackAsync(
            RawTar.Concat(RawTar.Entry("sda", '4'), RawTar.Entry("mem", '3'), RawTar.Entry("pipe", '6'), RawTar.Entry("f", '0', "x"u8.ToArray()), RawTar.End));

        Directory.GetFileSystemEntries(path).Select(Path.GetFileName).Order().ShouldBe(["f", "pipe"]);
    }

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public async Task A_decompression_bomb_is_refused_before_it_fills_the_disk(LayerCompression how)
    {
        var limits = new LayerLimits { MaxBytes = 1 << 30, RatioFrom = 1 << 20, MaxRatio = 100, MinFreeBytes = 0 };
        using var bed = new LayerBed(limits);
        var bomb = ImageLayer.Compress([.. RawTar.Entry("zeros", '0', size: 64 << 20), .. new byte[64 << 20]], how);
        bomb.Length.ShouldBeLessThan(1 << 20);
        var blob = await bed.Content.PutAsync(bomb, TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<LayerException>(
            bed.Layers.EnsureAsync(blob, Digest.Of("any"u8), TestContext.Current.CancellationToken))).Message.ShouldContain("decompression bomb");
        Directory.GetDirectories(bed.Folders.Layers).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_bytes_or_entries_than_allowed_are_refused()
    {
        using var small = new LayerBed(new LayerLimits { MaxBytes = 4096, MinFreeBytes = 0 });
        (await Should.ThrowAsync<LayerException>(small.UnpackAsync(new ImageLayer().File("f", new string('x', 8000))))).Message.ShouldContain("4096 bytes");
        using var few = new LayerBed(new LayerLimits { MaxEntries = 2, MinFreeBytes = 0 });
        (await Should.ThrowAsync<LayerException>(
            few.UnpackAsync(new ImageLayer().File("1", "").File("2", "").File("3", "")))).Message.ShouldContain("2 entries");
        using var full = new LayerBed(new LayerLimits { MinFreeBytes = long.MaxValue / 4 });
        (await Should.ThrowAsync<LayerException>(full.UnpackAsync(new ImageLayer().File("1", "")))).Message.ShouldContain("kip image prune");
    }

    [Fact]
    public async Task Content_that_is_not_what_the_config_says_is_refused()
    {
        using var bed = new LayerBed();
        var blob = await bed.Content.PutAsync(new ImageLayer().File("f", "x").ToTar(), TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<LayerException>(
            bed.Layers.EnsureAsync(blob, Digest.Of("another"u8), TestContext.Current.CancellationToken))).Message.ShouldContain("as the image's config says");
        bed.Layers.All().ShouldBeEmpty();
    }

    [Fact]
    public async Task Damaged_archives_are_refused()
    {
        var entry = RawTar.Entry("f", '0', "hello"u8.ToArray());
        await RefusedAsync(entry[..600], "ends in the middle");
        await RefusedAsync(RawTar.Concat(RawTar.Entry("f", '0', size: 1L << 40), "hello"u8.ToArray()), "ends in the middle");
        var flipped = (byte[])entry.Clone();
        flipped[3] ^= 1;
        await RefusedAsync(flipped, "checksum");
        await RefusedAsync("this is no archive"u8.ToArray(), "ends in the middle");
        await RefusedAsync(RawTar.Concat(RawTar.Entry("pax", 'x', size: 1L << 33), RawTar.End), "extended header");
        await RefusedAsync(RawTar.Concat(RawTar.Entry("pax", 'x', "99 path=x\n"u8.ToArray()), entry), "malformed extended header");
        await RefusedAsync(RawTar.Concat(RawTar.Pax(("size", "-5"u8.ToArray())), entry), "malformed size");
        await RefusedAsync(RawTar.Concat(RawTar.Pax(("path", new byte[5000])), entry), "5000 bytes");
        await RefusedAsync(RawTar.Concat(RawTar.Pax(("path", "a\0b"u8.ToArray())), entry), "zero byte");
        await RefusedAsync(RawTar.Concat(RawTar.Entry("s", 'S'), RawTar.End), "sparse");
        await RefusedAsync(RawTar.Concat(RawTar.Entry("q", 'q'), RawTar.End), "unknown type");
        await RefusedAsync(RawTar.Concat(RawTar.Entry(new string('n', 100), '0'), RawTar.Entry(".wh.", '0'), RawTar.End), "marks nothing");
        await RefusedAsync(RawTar.Concat(RawTar.Entry(".wh...", '0'), RawTar.End), "marks nothing");
        await RefusedAsync([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "cannot be decompressed", raw: true);
        await RefusedAsync([0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff, 0xff, 1, 2, 3], "cannot be decompressed", raw: true);
    }

    private static async Task RefusedAsync(byte[] tar, string why, bool raw = false)
    {
        using var bed = new LayerBed();
        (await Should.ThrowAsync<LayerException>(bed.UnpackAsync(tar, raw ? LayerCompression.None : LayerCompression.Gzip))).Message.ShouldContain(why);
        File.ReadAllText(bed.Outside).ShouldBe("untouched");
        Directory.GetDirectories(bed.Folders.Layers).ShouldBeEmpty();
        bed.Layers.All().ShouldBeEmpty();
    }
}
