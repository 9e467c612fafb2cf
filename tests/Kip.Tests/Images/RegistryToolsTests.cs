using System.Text.Json;
using Kip.Testing.Images;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>The tools that people have, against Kip's registry: skopeo, buildah and podman from Debian.</summary>
public sealed class RegistryToolsTests
{
    [Fact]
    public async Task Skopeo_pushes_lists_copies_pulls_and_deletes()
    {
        await using var registry = await RegistryBed.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(registry.Bed.Folder, "work")).FullName;
        var image = new ImageBuild().Layer(new ImageLayer().File("f", "1")).Layer(new ImageLayer().File("g", "2"), LayerCompression.Zstd).Cmd("/f").Build();
        image.WriteOciLayout(Path.Combine(folder, "in"), "v1");
        var target = $"docker://{registry.Host}/team/hello";

        (await SkopeoAsync("copy", "--dest-tls-verify=false", $"oci:{folder}/in:v1", $"{target}:v1")).ExitCode.ShouldNotBe(0);
        (await SkopeoAsync("copy", "--dest-tls-verify=false", "--dest-creds", "kip:wrong", $"oci:{folder}/in:v1", $"{target}:v1")).ExitCode.ShouldNotBe(0);
        (await SkopeoAsync("copy", "--dest-tls-verify=false", "--dest-creds", registry.Credentials, $"oci:{folder}/in:v1", $"{target}:v1")).Succeeded();
        (await SkopeoAsync(
            "copy", "--src-tls-verify=false", "--src-creds", registry.Credentials, "--dest-tls-verify=false", "--dest-creds", registry.Credentials,
            $"{target}:v1", $"docker://{registry.Host}/other/copy:v2")).Succeeded();
        (await SkopeoAsync("copy", "--src-tls-verify=false", "--src-creds", registry.Credentials, $"{target}:v1", $"oci:{folder}/out:v1")).Succeeded();
        using var inspected = JsonDocument.Parse(
            (await SkopeoAsync("inspect", "--tls-verify=false", "--creds", registry.Credentials, $"{target}:v1")).Succeeded().Output);

        inspected.RootElement.GetProperty("Digest").GetString().ShouldBe(image.Digest);
        inspected.RootElement.GetProperty("RepoTags").EnumerateArray().Select(static t => t.GetString()).ShouldBe(["v1"]);
        File.ReadAllText(Path.Combine(folder, "out/index.json")).ShouldContain(image.Digest);
        // What was pushed runs under the registry's name and under its address, and nobody is asked.
        string[] names = ["kip.local/team/hello:v1", $"{registry.Host}/team/hello:v1", $"localhost:{registry.Server.EndPoint.Port}/other/copy:v2"];
        foreach (var name in names)
            (await registry.Bed.EnsureAsync(name, "Always")).Digest.ToString().ShouldBe(image.Digest);

        (await SkopeoAsync("delete", "--tls-verify=false", "--creds", registry.Credentials, $"{target}:v1")).Succeeded();
        (await SkopeoAsync("inspect", "--tls-verify=false", "--creds", registry.Credentials, $"{target}:v1")).ExitCode.ShouldNotBe(0);
        (await SkopeoAsync("inspect", "--tls-verify=false", "--creds", registry.Credentials, $"docker://{registry.Host}/other/copy:v2")).Succeeded();
    }

    [Fact]
    public async Task Buildah_builds_a_Dockerfile_over_an_image_of_the_registry_and_pushes_it()
    {
        await using var registry = await RegistryBed.StartAsync("anonymous: push");
        var folder = Directory.CreateDirectory(Path.Combine(registry.Bed.Folder, "work")).FullName;
        await registry.Bed.Archive.LoadAsync(
            BaseImages.Busybox().Build().WriteOciArchive(Path.Combine(folder, "busybox.tar"), "kip.local/busybox:1"), null, static _ => { },
            TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(folder, "Dockerfile"), $"FROM {registry.Host}/busybox:1\nCOPY hello /hello\nENV A=b\nCMD [\"cat\", \"/hello\"]\n");
        File.WriteAllText(Path.Combine(folder, "hello"), "from buildah");
        var storage = (string[])["--root", Path.Combine(folder, "root"), "--runroot", Path.Combine(folder, "run"), "--storage-driver", "vfs"];

        (await BuildahAsync([.. storage, "build", "--tls-verify=false", "--layers=false", "-t", $"{registry.Host}/built:1", folder])).Succeeded();
        (await BuildahAsync([.. storage, "push", "--tls-verify=false", $"{registry.Host}/built:1"])).Succeeded();

        var ready = await registry.Bed.EnsureAsync("kip.local/built:1");
        ready.Config.Cmd.ShouldBe(["cat", "/hello"]);
        ready.Config.Env.ShouldBe(["PATH=/bin", "A=b"]);
        File.ReadAllText(Path.Combine(ready.LayerDirectories[^1], "hello")).ShouldBe("from buildah");
        Kip.Images.Layers.FolderTree.Delete(folder);
    }

    [Fact]
    public async Task Podman_logs_in_pushes_pulls_and_logs_out()
    {
        await using var registry = await RegistryBed.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(registry.Bed.Folder, "work")).FullName;
        var image = BaseImages.Busybox().Env("PATH=/bin", "A=b").Build();
        var (name, auth) = ($"{registry.Host}/podman/hello:v1", Path.Combine(folder, "auth.json"));
        string[] storage =
        [
            "--root", Path.Combine(folder, "root"), "--runroot", Path.Combine(folder, "run"), "--tmpdir", Path.Combine(folder, "tmp"),
            "--storage-driver", "vfs",
            "--cgroup-manager", "cgroupfs", "--events-backend", "none",
        ];

        File.WriteAllText(auth, "{}");
        (await PodmanAsync("load", "-i", image.WriteOciArchive(Path.Combine(folder, "image.tar"), "localhost/hello:v1"))).Succeeded();
        (await PodmanAsync("tag", "localhost/hello:v1", name)).Succeeded();
        (await PodmanAsync("push", "--tls-verify=false", "--authfile", auth, name)).ExitCode.ShouldNotBe(0);
        (await PodmanAsync("login", "--tls-verify=false", "--authfile", auth, "-u", "kip", "-p", "wrong", registry.Host)).ExitCode.ShouldNotBe(0);
        (await PodmanAsync("login", "--tls-verify=false", "--authfile", auth, "-u", "kip", "-p", registry.Token.Value, registry.Host)).Succeeded();
        (await PodmanAsync("push", "--tls-verify=false", "--authfile", auth, name)).Succeeded();
        (await PodmanAsync("rmi", "--force", name, "localhost/hello:v1")).Succeeded();
        (await PodmanAsync("pull", "--tls-verify=false", "--authfile", auth, name)).Succeeded();
        (await PodmanAsync("image", "inspect", "--format", "{{.Config.Env}} {{.Config.Cmd}}", name)).Succeeded().Output.ShouldBe("[PATH=/bin A=b] [sh]\n");
        (await PodmanAsync("logout", "--authfile", auth, registry.Host)).Succeeded();
        (await PodmanAsync("pull", "--tls-verify=false", "--authfile", auth, name)).ExitCode.ShouldNotBe(0);

        var ready = await registry.Bed.EnsureAsync("kip.local/podman/hello:v1");
        ready.Config.Env.ShouldBe(["PATH=/bin", "A=b"]);
        File.Exists(Path.Combine(ready.LayerDirectories[^1], "bin/busybox")).ShouldBeTrue();
        Kip.Images.Layers.FolderTree.Delete(folder);

        Task<CommandResult> PodmanAsync(params string[] arguments) =>
            Command.RunAsync("podman", [.. storage, .. arguments], cancel: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Dotnet_publish_builds_into_the_registry()
    {
        await using var registry = await RegistryBed.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(registry.Bed.Folder, "work")).FullName;
        await registry.Bed.Archive.LoadAsync(
            new ImageBuild().Layer(new ImageLayer().File("base", "x")).Env("PATH=/bin")
                .Build().WriteOciLayout(Path.Combine(folder, "base"), "kip.local/base:1"),
            null, static _ => { }, TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(folder, "app.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), "System.Console.WriteLine();");
        var host = $"localhost:{registry.Server.EndPoint.Port}";
        var auth = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(registry.Credentials));
        File.WriteAllText(Path.Combine(folder, "config.json"), $$$"""{"auths":{"{{{host}}}":{"auth":"{{{auth}}}" } } }""");

        (await Command.RunAsync(
            "dotnet",
            [
                "publish", Path.Combine(folder, "app.csproj"), "-c", "Release", "/t:PublishContainer", $"-p:ContainerRegistry={host}",
                "-p:ContainerRepository=published",
                "-p:ContainerImageTag=v1", $"-p:ContainerBaseImage={host}/base:1", "-p:UseSharedCompilation=false", "-nodeReuse:false", "-p:UseAppHost=false",
            ],
            new Dictionary<string, string> { ["DOCKER_CONFIG"] = folder, ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0" }, directory: folder,
            cancel: TestContext.Current.CancellationToken)).Succeeded();

        var ready = await registry.Bed.EnsureAsync("kip.local/published:v1");
        ready.LayerDirectories.Count.ShouldBe(2);
        File.Exists(Path.Combine(ready.LayerDirectories[1], "app/app.dll")).ShouldBeTrue();
    }

    private static Task<CommandResult> SkopeoAsync(params string[] arguments) =>
        Command.RunAsync("skopeo", ["--insecure-policy", .. arguments], cancel: TestContext.Current.CancellationToken);

    private static Task<CommandResult> BuildahAsync(string[] arguments)
    {
        // Debian's package brings no policy of its own where only buildah is installed.
        return Command.RunAsync(
            "buildah", [.. arguments], new Dictionary<string, string> { ["BUILDAH_ISOLATION"] = "chroot" },
            cancel: TestContext.Current.CancellationToken);
    }
}
