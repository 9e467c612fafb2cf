using Kip.Testing.Images;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>From an image to an answer: pushed by skopeo, or built by kip deploy --container, then run, called and removed. Needs root.</summary>
[Collection(KipCollection.Name)]
public sealed class ImageToServiceTests(KipFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-container-").FullName;

    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task A_pushed_image_becomes_a_service_pinned_to_what_was_pushed()
    {
        RequireRoot();
        var image = BaseImages.WebServer("from a pushed image").Build();
        image.WriteOciLayout(Path.Combine(_folder, "layout"), "v1");
        var creds = (await Kip.KipAsync("registry", "login", "--print")).Succeeded().Output.Trim();
        (await Command.RunAsync("skopeo", ["--insecure-policy", "copy", "--dest-tls-verify=false", "--dest-creds", creds, $"oci:{_folder}/layout:v1", $"docker://{Kip.Registry}/web:v1"])).Succeeded();

        (await Kip.KubectlWithInputAsync(Manifest("pushed", "kip.local/web:v1"), "apply", "-f", "-")).Succeeded();
        await AnswersAsync("pushed", "from a pushed image");

        (await Kip.KubectlAsync("get", "revision", "pushed-00001", "-o", "jsonpath={.status.containerStatuses[0].imageDigest}")).Succeeded().Output
            .ShouldBe($"kip.local/web@{image.Digest}");
        (await Kip.KubectlAsync("delete", "ksvc", "pushed", "--wait")).Succeeded();
    }

    [Fact]
    public async Task A_CSharp_project_is_built_over_a_Debian_base_and_answers()
    {
        RequireRoot();
        var file = BaseImages.Dotnet().Build().WriteOciArchive(Path.Combine(_folder, "dotnet.tar"), "kip.local/dotnet:10");
        (await Kip.KipAsync("image", "load", file)).Succeeded();
        File.Delete(file);

        (await Kip.KipAsync("deploy", "samples/hello-csharp", "--container", "--base", "kip.local/dotnet:10", "--name", "csharp-image")).Succeeded();

        await AnswersAsync("csharp-image", "Hello from csharp-image-00001");
        (await Kip.KubectlAsync("delete", "ksvc", "csharp-image", "--wait")).Succeeded();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("containers need root");
    }

    private async Task AnswersAsync(string service, string text)
    {
        (await Kip.KubectlAsync("wait", $"ksvc/{service}", "--for=condition=Ready", "--timeout=120s")).Succeeded();
        var url = new Uri((await Kip.KubectlAsync("get", "ksvc", service, "-o", "jsonpath={.status.url}")).Succeeded().Output);
        using var client = LoopbackClient.To(Kip.Gateway);
        (await client.GetStringAsync(url)).ShouldContain(text);
    }

    private static string Manifest(string name, string image) => $$"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: { name: {{name}} }
        spec: { template: { spec: { containers: [{ image: {{image}} }] } } }
        """;
}
