using System.Net;
using System.Net.Sockets;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>What a person does wrong is answered by a sentence that says what and what to do, and leaves nothing half done.</summary>
[Collection(KipCollection.Name)]
public sealed class BadInputTests(KipFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-bad-").FullName;

    private KipProgram Kip => fixture.Kip;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Malformed_YAML_names_the_file_and_the_line()
    {
        var file = Write("bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n");

        var result = await Kip.KipAsync("apply", "-f", file);

        Failed(result, "bad.yaml", "line");
    }

    [Fact]
    public async Task An_unknown_field_is_refused_by_kip_and_by_kubectl()
    {
        var file = Write("unknown.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: unknown-field\ndatta: {}\n");

        Failed(await Kip.KipAsync("apply", "-f", file), "datta");
        Failed(await Kip.KubectlAsync("apply", "-f", file), "unknown field \"datta\"");
        (await Kip.KubectlAsync("get", "configmap", "unknown-field")).ExitCode.ShouldNotBe(0, "nothing was stored");
    }

    [Fact]
    public async Task A_wrong_type_names_the_field()
    {
        var file = Write("type.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: wrong-type\ndata:\n  a: [1]\n");

        Failed(await Kip.KipAsync("apply", "-f", file), "data");
        (await Kip.KubectlAsync("apply", "-f", file)).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task A_file_of_two_documents_of_which_one_is_wrong_stores_neither()
    {
        var file = Write(
            "two.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first-of-two}\n---\napiVersion: v1\nkind: Unheard\nmetadata: {name: b}\n");

        Failed(await Kip.KipAsync("apply", "-f", file), "Unheard");
        (await Kip.KubectlAsync("get", "configmap", "first-of-two")).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_refused_with_its_limit()
    {
        var name = new string('a', 64);

        var result = await Kip.KubectlWithInputAsync(ServiceYaml.Hello(name, "x"), "apply", "-f", "-");

        Failed(result, "63");
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_option_that_chooses_another()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = taken.LocalEndpoint.ToString()!;

        Failed(await UpAsync("--gateway", address, "--api", "127.0.0.1:0"), address, "--gateway");
        Failed(await UpAsync("--api", address, "--gateway", "127.0.0.1:0"), address, "--api");
        Failed(await UpAsync("--https", address, "--api", "127.0.0.1:0", "--gateway", "127.0.0.1:0"), address, "--https");
        Failed(await UpAsync("--metrics", address, "--api", "127.0.0.1:0", "--gateway", "127.0.0.1:0"), address, "--metrics");
    }

    [Fact]
    public async Task A_folder_that_another_platform_uses_is_refused()
    {
        var result = await Command.RunAsync(
            Repository.Kip, ["up", "--data", Kip.Data, "--api", "127.0.0.1:0", "--gateway", "127.0.0.1:0"]);

        Failed(result, Kip.Data);
    }

    [Fact]
    public async Task A_missing_directory_and_a_build_that_fails_are_told()
    {
        Failed(await Kip.KipAsync("deploy", Path.Combine(_folder, "nowhere")), "nowhere");

        var source = Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(source, "broken.csproj"),
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        await File.WriteAllTextAsync(Path.Combine(source, "Program.cs"), "this is not C#;");
        var result = await Kip.KipAsync("deploy", source, "--name", "broken");

        Failed(result, "error CS");
        (await Kip.KubectlAsync("get", "ksvc", "broken")).ExitCode.ShouldNotBe(0, "no service was made");
    }

    [Fact]
    public async Task An_image_that_does_not_exist_makes_the_service_say_so()
    {
        var missing = ServiceYaml.Hello("missing", "x").Replace("kip.local/helloworld", "kip.local/never-built");
        (await Kip.KubectlWithInputAsync(missing, "apply", "-f", "-")).Succeeded();

        (await Kip.KubectlAsync("wait", "ksvc/missing", "--for=condition=Ready=False", "--timeout=120s")).Succeeded();
        var message = await Kip.KubectlAsync("get", "ksvc", "missing", "-o", "jsonpath={.status.conditions[?(@.type=='ConfigurationsReady')].message}");
        message.Output.ShouldContain("kip.local/never-built");
        message.Output.ShouldContain("kip deploy");
        (await Kip.KipAsync("delete", "missing")).Succeeded();
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        var big = $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: big\ndata:\n  a: {new string('x', 4 * 1024 * 1024)}\n";

        Failed(await Kip.KubectlWithInputAsync(big, "create", "-f", "-"), "limit");
    }

    [Fact]
    public async Task An_unknown_service_an_unknown_verb_and_a_platform_that_is_down_are_told()
    {
        Failed(await Kip.KipAsync("invoke", "nobody"), "nobody");
        (await Kip.KipAsync("frobnicate")).ExitCode.ShouldNotBe(0);
        Failed(await Command.RunAsync(Repository.Kip, ["status", "--data", _folder]), "kip up");
    }

    private static void Failed(CommandResult result, params string[] says)
    {
        result.ExitCode.ShouldNotBe(0, result.Line);
        foreach (var text in says) result.Error.ShouldContain(text, Case.Insensitive, result.Line);
        result.Error.ShouldNotContain("   at Kip.", Case.Sensitive, "a sentence, not a stack trace");
    }

    private Task<CommandResult> UpAsync(params string[] arguments) =>
        Command.RunAsync(Repository.Kip, ["up", "--data", Path.Combine(_folder, "data"), .. arguments]);

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
