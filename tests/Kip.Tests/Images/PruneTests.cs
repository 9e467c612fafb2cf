using Kip.Images.Builds;
using Kip.Images.References;
using Kip.Images.Storage;
using Kip.Testing.Images;
using Shouldly;

namespace Kip.Tests.Images;

public sealed class PruneTests
{
    private static readonly PruneOptions Everything = new() { Grace = TimeSpan.Zero, MaxPulledBytes = 0 };

    [Fact]
    public async Task What_a_name_leads_to_stays_and_the_rest_goes()
    {
        using var bed = new ImageBed();
        await LoadAsync(bed, "kip.local/a:1", "one");
        await LoadAsync(bed, "kip.local/b:1", "two");
        var kept = await bed.EnsureAsync("kip.local/a:1");
        await bed.EnsureAsync("kip.local/b:1");
        bed.Images.Repositories.RemoveTag("kip.local/b", "1");

        var report = await PruneAsync(bed);

        (report.Images, report.Blobs, report.Layers).ShouldBe((1, 3, 1));
        (await bed.EnsureAsync("kip.local/a:1")).LayerDirectories.ShouldBe(kept.LayerDirectories);
        Directory.GetFiles(bed.Folders.Blobs).Length.ShouldBe(3);
        (await PruneAsync(bed)).Bytes.ShouldBe(0);
    }

    [Fact]
    public async Task What_a_pod_or_a_revision_names_stays_though_its_tag_moved()
    {
        using var bed = new ImageBed();
        await LoadAsync(bed, "kip.local/a:1", "one");
        var before = await bed.EnsureAsync("kip.local/a:1");
        await LoadAsync(bed, "kip.local/a:1", "two");

        await PruneAsync(bed, before.Id);
        (await bed.EnsureAsync(before.Id)).Digest.ShouldBe(before.Digest);
        (await PruneAsync(bed)).Images.ShouldBe(1);
        await Should.ThrowAsync<Kip.Images.ImageException>(bed.EnsureAsync(before.Id));
    }

    [Fact]
    public async Task What_is_young_stays_for_a_push_or_start_under_way()
    {
        using var bed = new ImageBed();
        await LoadAsync(bed, "kip.local/a:1", "one");
        bed.Images.Repositories.RemoveTag("kip.local/a", "1");
        await bed.Images.Content.PutAsync("a blob of an unfinished push"u8.ToArray(), TestContext.Current.CancellationToken);

        (await PrunerOf(bed).PruneAsync([], new PruneOptions(), TestContext.Current.CancellationToken)).Bytes.ShouldBe(0);
        (await PruneAsync(bed)).Blobs.ShouldBe(4);
    }

    [Fact]
    public async Task Pulled_images_go_longest_unused_first_until_the_rest_fits()
    {
        using var bed = new ImageBed();
        await using var registry = await ScriptedRegistry.StartAsync();
        bed.Settings($"registries: [{{ name: \"{registry.Host}\", insecure: true }}]");
        var sizes = new List<long>();
        for (var i = 1; i <= 3; i++)
        {
            var image = new ImageBuild().Layer(new ImageLayer().File("f", new string((char)('0' + i), 50_000)), LayerCompression.None).Build();
            registry.Serve(image, $"v{i}");
            await bed.EnsureAsync($"{registry.Host}/app:v{i}");
            sizes.Add(image.Blobs.Values.Sum(static b => (long)b.Length));
            bed.Images.Repositories.Use(
                $"{registry.Host}/app", bed.Images.Repositories.Tag($"{registry.Host}/app", $"v{i}")!.Digest, DateTimeOffset.UtcNow.AddDays(i - 10));
        }

        await PrunerOf(bed).PruneAsync([], Everything with { MaxPulledBytes = sizes[1] + sizes[2] }, TestContext.Current.CancellationToken);
        bed.Images.Repositories.Tags($"{registry.Host}/app").Select(static t => t.Name).ShouldBe(["v2", "v3"]);
        await PruneAsync(bed);
        bed.Images.Repositories.Tags($"{registry.Host}/app").ShouldBeEmpty();
        Directory.GetFiles(bed.Folders.Blobs).ShouldBeEmpty();
        bed.Layers.All().ShouldBeEmpty();
        // And it can be pulled again.
        (await bed.EnsureAsync($"{registry.Host}/app:v1")).LayerDirectories.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_application_is_put_over_a_base_and_twice_the_same_gives_the_same()
    {
        using var bed = new ImageBed();
        await LoadAsync(bed, "kip.local/base:1", "base");
        var folder = Directory.CreateDirectory(Path.Combine(bed.Folder, "app")).FullName;
        File.WriteAllText(Path.Combine(folder, "program"), "run me");
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        File.WriteAllText(Path.Combine(folder, "sub", "data"), "data");
        var baseName = ImageReference.Parse("kip.local/base:1");
        var options = new AppImageOptions
        {
            Name = ImageReference.Parse("kip.local/app:1"), Folder = folder, Entrypoint = ["dotnet", "program"], Env = ["A=b"],
        };

        var digests = new List<Digest>();
        foreach (var _ in (int[])[1, 2])
            digests.Add(await new AppImage(bed.Images).BuildAsync(baseName, bed.Images.Find(baseName)!.Digest, options, TestContext.Current.CancellationToken));

        digests.Distinct().Count().ShouldBe(1);
        var ready = await bed.EnsureAsync("kip.local/app:1");
        ready.LayerDirectories.Count.ShouldBe(2);
        ready.Config.Entrypoint.ShouldBe(["dotnet", "program"]);
        ready.Config.Env.ShouldBe(["BASE=1", "A=b"]);
        ready.Config.Cmd.ShouldBeEmpty();
        ready.Config.WorkingDir.ShouldBe("/app");
        File.ReadAllText(Path.Combine(ready.LayerDirectories[1], "app/sub/data")).ShouldBe("data");
    }

    private static async Task LoadAsync(ImageBed bed, string name, string content)
    {
        var path = new ImageBuild().Layer(new ImageLayer().File("f", content)).Env("BASE=1").Cmd("x")
            .Build().WriteOciLayout(Path.Combine(bed.Folder, Path.GetRandomFileName()), name);
        await bed.Archive.LoadAsync(path, null, static _ => { }, TestContext.Current.CancellationToken);
    }

    private static ImagePruner PrunerOf(ImageBed bed) => new(bed.Folders, bed.Images, bed.Layers, TimeProvider.System);

    private static Task<PruneReport> PruneAsync(ImageBed bed, params string[] inUse) =>
        PrunerOf(bed).PruneAsync([.. inUse.Select(ImageReference.Parse)], Everything, TestContext.Current.CancellationToken);
}
