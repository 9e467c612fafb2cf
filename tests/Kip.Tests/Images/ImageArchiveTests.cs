using Kip.Images;
using Kip.Images.Archives;
using Kip.Images.References;
using Kip.Testing.Images;
using Shouldly;

namespace Kip.Tests.Images;

public sealed class ImageArchiveTests
{
    private static BuiltImage Hello() => new ImageBuild().Layer(new ImageLayer().File("f", "low").File("g", "1"), LayerCompression.Gzip)
        .Layer(new ImageLayer().File("f", "high"), LayerCompression.Zstd).Entrypoint("/f").Env("A=b")
        .User("1000:1000").WorkingDir("/w").ExposedPort("8080/tcp").StopSignal("SIGQUIT").Build();

    [Theory]
    [InlineData("folder")]
    [InlineData("tar")]
    [InlineData("docker")]
    public async Task A_loaded_image_is_found_by_its_name_and_unpacked(string form)
    {
        using var bed = new ImageBed();
        var image = Hello();
        var file = Path.Combine(bed.Folder, "file");
        var path = form switch
        {
            "folder" => image.WriteOciLayout(file, "example.com/hello:v1"),
            "tar" => image.WriteOciArchive(file, "example.com/hello:v1"),
            _ => image.WriteDockerArchive(file, "example.com/hello:v1"),
        };

        var loaded = await bed.Archive.LoadAsync(path, null, static _ => { }, TestContext.Current.CancellationToken);

        loaded.Single().Name.ToString().ShouldBe("example.com/hello:v1");
        var ready = await bed.EnsureAsync("example.com/hello:v1");
        ready.Config.Entrypoint.ShouldBe(["/f"]);
        ready.Config.Env.ShouldBe(["A=b"]);
        (ready.Config.User, ready.Config.WorkingDir, ready.Config.StopSignal).ShouldBe(("1000:1000", "/w", "SIGQUIT"));
        ready.Config.ExposedPorts.ShouldBe(["8080/tcp"]);
        ready.LayerDirectories.Select(static l => File.ReadAllText(Path.Combine(l, "f"))).ShouldBe(["low", "high"]);
        if (form != "docker") ready.Digest.ToString().ShouldBe(image.Digest);
        // Loaded on purpose: nobody is asked, whatever the policy.
        (await bed.EnsureAsync("example.com/hello:v1", "Always")).Digest.ShouldBe(ready.Digest);
        (await bed.EnsureAsync(ready.Id, "Never")).LayerDirectories.ShouldBe(ready.LayerDirectories);
    }

    [Fact]
    public async Task A_name_can_be_given_and_must_be_where_the_archive_has_none()
    {
        using var bed = new ImageBed();
        var path = Hello().WriteOciLayout(Path.Combine(bed.Folder, "layout"), "v1");

        (await Should.ThrowAsync<ArchiveException>(
            bed.Archive.LoadAsync(path, null, static _ => { }, TestContext.Current.CancellationToken))).Message.ShouldContain("--name");
        await bed.Archive.LoadAsync(path, ImageReference.Parse("kip.local/hello:v2"), static _ => { }, TestContext.Current.CancellationToken);

        (await bed.EnsureAsync("kip.local/hello:v2")).Config.Entrypoint.ShouldBe(["/f"]);
        bed.Images.Repositories.All().ShouldBe(["kip.local/hello"]);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("missing-layer")]
    [InlineData("wrong-blob")]
    public async Task What_is_no_image_is_refused_in_one_sentence_and_gets_no_name(string how)
    {
        using var bed = new ImageBed();
        var path = Path.Combine(bed.Folder, "bad");
        if (how == "empty") File.WriteAllBytes(path, new byte[1024]);
        else if (how == "text") File.WriteAllText(path, new string('x', 2000));
        else
        {
            var blobs = Directory.GetFiles(Hello().WriteOciLayout(path, "example.com/x:1") + "/blobs/sha256")
                .OrderByDescending(static f => new FileInfo(f).Length).ToArray();
            if (how == "missing-layer") File.Delete(blobs[0]);
            else File.AppendAllText(blobs[0], "more");
        }

        await Should.ThrowAsync<ArchiveException>(bed.Archive.LoadAsync(path, null, static _ => { }, TestContext.Current.CancellationToken));
        bed.Images.Repositories.All().ShouldBeEmpty();
    }

    [Fact]
    public async Task Policies_that_ask_nobody_say_so()
    {
        using var bed = new ImageBed();
        (await Should.ThrowAsync<ImageException>(bed.EnsureAsync("example.com/none:1", "Never"))).Reason.ShouldBe(ImageFailure.ErrImageNeverPull);
        (await Should.ThrowAsync<ImageException>(bed.EnsureAsync("kip.local/none:1"))).Message.ShouldContain("kip image load");
        (await Should.ThrowAsync<ImageException>(bed.EnsureAsync("Not An Image"))).Reason.ShouldBe(ImageFailure.InvalidImageName);
    }
}
