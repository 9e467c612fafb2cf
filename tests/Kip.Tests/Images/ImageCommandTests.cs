using System.Text.Json;
using Kip.Host.CommandLine;
using Kip.Host.Deploy;
using Kip.Host.Platform;
using Kip.Images;
using Kip.Images.References;
using Kip.Images.Storage;
using Kip.Testing.Images;
using Kip.Testing.Programs;
using Kip.Tests.Functional;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>The verbs about images, and builds, against a running platform.</summary>
[Collection(KipCollection.Name)]
public sealed class ImageCommandTests(KipFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-image-").FullName;

    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task An_image_is_loaded_listed_pushed_over_removed_and_pruned()
    {
        var image = new ImageBuild().Layer(new ImageLayer().File("f", "x")).Build();
        var file = image.WriteDockerArchive(Path.Combine(_folder, "image.tar"), "verbs/app:v1");

        (await Kip.KipAsync("image", "load", file)).Succeeded().Output.ShouldContain("docker.io/verbs/app:v1 is loaded (sha256:");
        (await Kip.KipAsync("image", "load", file, "--name", "kip.local/verbs:v1")).Succeeded();
        var listed = (await Kip.KipAsync("image", "ls")).Succeeded().Output;
        listed.ShouldContain("docker.io/verbs/app");
        listed.ShouldContain("loaded");
        using (var json = JsonDocument.Parse((await Kip.KipAsync("image", "ls", "-o", "json")).Succeeded().Output))
            json.RootElement.EnumerateArray().Select(static i => i.GetProperty("repository").GetString()).ShouldContain("kip.local/verbs");

        var creds = (await Kip.KipAsync("registry", "login", "--print")).Succeeded().Output.Trim();
        (await Command.RunAsync("skopeo", ["--insecure-policy", "inspect", "--tls-verify=false", "--creds", creds, $"docker://{Kip.Registry}/verbs:v1"]))
            .Succeeded();

        (await Kip.KipAsync("image", "rm", $"{Kip.Registry}/verbs:v1", "verbs/app:v1")).Succeeded();
        var gone = await Kip.KipAsync("image", "rm", "kip.local/verbs:v1");
        gone.ExitCode.ShouldBe(1);
        gone.Error.ShouldContain("there is no image kip.local/verbs:v1");
        (await Kip.KipAsync("image", "prune")).Succeeded().Output.ShouldContain("are free again");
    }

    [Fact]
    public async Task Mistakes_are_answered_in_a_sentence()
    {
        File.WriteAllText(Path.Combine(_folder, "text"), "no image");
        (await Kip.KipAsync("image", "load", Path.Combine(_folder, "none"))).Error.ShouldContain("there is no file or folder");
        (await Kip.KipAsync("image", "load", Path.Combine(_folder, "text"))).Error.ShouldContain("no archive of images");
        (await Kip.KipAsync("image", "rm", "Not An Image")).Error.ShouldContain("is not an image name");
        (await Kip.KipAsync("image", "prune", "--data", _folder)).Error.ShouldContain("kip up --detach");
    }

    [Fact]
    public async Task Login_keeps_what_else_is_in_the_credentials_file()
    {
        var config = Path.Combine(_folder, "config.json");
        File.WriteAllText(config, """{"auths":{"other.example.com":{"auth":"eA=="}},"detachKeys":"x"}""");
        var environment = new Dictionary<string, string> { ["DOCKER_CONFIG"] = _folder, ["KIP_DATA"] = Kip.Data };

        (await Command.RunAsync(Repository.Kip, ["registry", "login"], environment)).Succeeded();

        var written = File.ReadAllText(config);
        written.ShouldContain("other.example.com");
        written.ShouldContain("detachKeys");
        written.ShouldContain($"localhost:{Kip.Registry.Split(':')[1]}");
        File.GetUnixFileMode(config).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var pushed = new ImageBuild().Layer(new ImageLayer().File("f", "y")).Build().WriteOciLayout(Path.Combine(_folder, "layout"), "v1");
        (await Command.RunAsync("skopeo",
        [
            "--insecure-policy", "copy", "--authfile", config, "--dest-tls-verify=false", $"oci:{pushed}:v1", $"docker://{Kip.Registry}/login:v1",
        ])).Succeeded();
    }

    [Fact]
    public async Task A_program_is_put_over_a_base_without_a_Dockerfile()
    {
        await LoadBusyboxAsync();
        var source = Directory.CreateDirectory(Path.Combine(_folder, "source")).FullName;
        File.WriteAllText(Path.Combine(source, "Procfile"), "web: ./serve\n");
        File.WriteAllText(Path.Combine(source, "serve"), "#!/bin/sh\nexec busybox httpd -f -p $PORT\n");
        File.SetUnixFileMode(Path.Combine(source, "serve"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var image = await ContainerBuild.RunAsync(new DataFolder(Kip.Data), source, "over-base", "kip.local/busybox:1", TestContext.Current.CancellationToken);

        image.ShouldStartWith("kip.local/over-base@sha256:");
        var config = await ConfigOfAsync(image);
        config.Entrypoint.ShouldNotBeEmpty();
        config.WorkingDir.ShouldBe("/app");
        var none = await Should.ThrowAsync<CommandFailure>(
            ContainerBuild.RunAsync(new DataFolder(Kip.Data), source, "over-none", "kip.local/none:1", TestContext.Current.CancellationToken));
        none.Message.ShouldContain("--base IMAGE");
    }

    [Fact]
    public async Task A_Dockerfile_is_built_by_buildah_over_an_image_of_Kips_registry()
    {
        await LoadBusyboxAsync();
        var source = Directory.CreateDirectory(Path.Combine(_folder, "docker")).FullName;
        File.WriteAllText(Path.Combine(source, "Dockerfile"), "FROM kip.local/busybox:1\nRUN echo made > /made\nCMD [\"cat\", \"/made\"]\n");

        var image = await ContainerBuild.RunAsync(new DataFolder(Kip.Data), source, "from-dockerfile", null, TestContext.Current.CancellationToken);

        (await ConfigOfAsync(image)).Cmd.ShouldBe(["cat", "/made"]);
        (await Command.RunAsync("buildah", ["rmi", "localhost/kip-build/from-dockerfile"])).Succeeded();
        File.WriteAllText(Path.Combine(source, "Dockerfile"), "FROM kip.local/busybox:1\nRUN exit 7\n");
        (await Should.ThrowAsync<CommandFailure>(ContainerBuild.RunAsync(
            new DataFolder(Kip.Data), source, "fails", null, TestContext.Current.CancellationToken))).Message.ShouldContain("buildah build failed");
        (await Should.ThrowAsync<CommandFailure>(ContainerBuild.RunAsync(
            new DataFolder(Kip.Data), source, "both", "kip.local/busybox:1",
            TestContext.Current.CancellationToken))).Message.ShouldContain("leave --base out");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task LoadBusyboxAsync() =>
        (await Kip.KipAsync("image", "load", BaseImages.Busybox().Build().WriteOciArchive(Path.Combine(_folder, "busybox.tar"), "kip.local/busybox:1")))
            .Succeeded();

    private async Task<ImageConfig> ConfigOfAsync(string image)
    {
        var images = LocalImages.Open(new ImageFolders(Kip.Data));
        var manifest = await images.ForThisMachineAsync(ImageReference.Parse(image).Digest!.Value, TestContext.Current.CancellationToken);
        return (await images.ConfigAsync(manifest!, TestContext.Current.CancellationToken))!.Run;
    }
}
