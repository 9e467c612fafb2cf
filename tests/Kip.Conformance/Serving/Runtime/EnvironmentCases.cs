using System.Text.Json;
using Kip.Resources.Serving;

namespace Kip.Conformance.Serving.Runtime;

/// <summary>What a program finds around it: upstream's <c>test/conformance/runtime</c>.</summary>
internal static class EnvironmentCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/runtime/env", "PORT, K_SERVICE, K_CONFIGURATION and K_REVISION are set", "TestMustEnvVars, TestShouldEnvVars", VariablesAsync),
        new("serving/runtime/args", "args of the manifest reach the program", "TestCmdArgs", ArgumentsAsync),
        new(
            "serving/runtime/secrets-and-configs", "env and envFrom give what is in Secrets and ConfigMaps", "TestSecretsViaEnv, TestConfigsViaEnv",
            SourcesAsync),
        new("serving/runtime/stdin", "Standard input is at its end", "TestShouldHaveStdinEOF", StdinAsync),
        new("serving/runtime/files", "The devices and files that the contract names are there, and /tmp is for everybody", "TestMustHaveFiles", FilesAsync),
        new("serving/runtime/working-dir", "workingDir is where the program starts", "TestWorkingDirService", WorkingDirAsync),
        new("serving/runtime/must-headers", "The program sees the Host that was asked for, and Forwarded", "TestMustHaveHeadersSet", MustHeadersAsync),
        new(
            "serving/runtime/should-headers", "X-Forwarded-For and -Proto are set, and the user's own headers pass unchanged",
            "TestShouldHaveHeadersSet", ShouldHeadersAsync),
        new("serving/runtime/protocols", "A port named h2c is spoken to in HTTP/2, any other in HTTP/1.1", "TestProtocols", ProtocolsAsync),
    ];

    private static async Task<JsonElement> DocumentAsync(ConformanceTarget target, string yaml, params string[] headers)
    {
        var service = await target.ReadyServiceAsync(yaml);
        return await DocumentAsync(target, service, headers);
    }

    private static async Task<JsonElement> DocumentAsync(ConformanceTarget target, Service service, params string[] headers)
    {
        var answer = (await target.CallAsync($"{service.Status.Url}/runtime", headers)).Is(200);
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    private static string? Text(JsonElement document, params string[] path)
    {
        foreach (var name in path)
            if (!document.TryGetProperty(name, out document)) return null;
        return document.GetString();
    }

    private static async Task VariablesAsync(ConformanceTarget target)
    {
        var document = await DocumentAsync(target, Workload.Service(target, "hello"));
        Expect.That(int.TryParse(Text(document, "host", "env", "PORT"), out _), "PORT is not a number");
        Expect.Equal("hello", Text(document, "host", "env", "K_SERVICE"));
        Expect.Equal("hello", Text(document, "host", "env", "K_CONFIGURATION"));
        Expect.Equal("hello-00001", Text(document, "host", "env", "K_REVISION"));
    }

    private static async Task ArgumentsAsync(ConformanceTarget target)
    {
        var document = await DocumentAsync(target, Workload.Service(target, "hello", container: """args: ["one", "two words"]"""));
        var arguments = document.GetProperty("host").GetProperty("args").EnumerateArray().Select(static a => a.GetString()).ToArray();
        Expect.That(arguments is ["one", "two words"], $"the program's arguments are [{string.Join(", ", arguments)}]");
    }

    private static async Task SourcesAsync(ConformanceTarget target)
    {
        await target.ApplyAsync(
            """
            apiVersion: v1
            kind: Secret
            metadata: { name: hidden }
            stringData: { PASSWORD: xyzzy }
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: plain }
            data: { COLOUR: green }
            """);
        var document = await DocumentAsync(target, Workload.Service(target, "hello",
            container: "envFrom: [{ secretRef: { name: hidden } }, { configMapRef: { name: plain } }]",
            environment: "{ name: ONE, valueFrom: { secretKeyRef: { name: hidden, key: PASSWORD } } }, { name: TWO, valueFrom: { configMapKeyRef: { "
                + "name: plain, key: COLOUR } } }"));
        Expect.Equal("xyzzy", Text(document, "host", "env", "PASSWORD"));
        Expect.Equal("green", Text(document, "host", "env", "COLOUR"));
        Expect.Equal("xyzzy", Text(document, "host", "env", "ONE"));
        Expect.Equal("green", Text(document, "host", "env", "TWO"));
    }

    private static async Task StdinAsync(ConformanceTarget target) =>
        Expect.Equal(true, (await DocumentAsync(target, Workload.Service(target, "hello"))).GetProperty("host").GetProperty("stdinEof").GetBoolean());

    private static async Task FilesAsync(ConformanceTarget target)
    {
        var document = await DocumentAsync(target, Workload.Service(target, "hello"));
        var files = document.GetProperty("host").GetProperty("files").EnumerateArray().Select(static f => f.GetString()).ToHashSet();
        foreach (var file in (string[])
            ["/dev/fd", "/dev/full", "/dev/null", "/dev/ptmx", "/dev/random", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/urandom",
                "/dev/zero",
             "/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2", "/tmp", "/etc/resolv.conf"])
            Expect.That(files.Contains(file), $"there is no {file}");
        Expect.That(Text(document, "host", "tmpMode")!.EndsWith("777", StringComparison.Ordinal), $"/tmp has mode {Text(document, "host", "tmpMode")}");
    }

    private static async Task WorkingDirAsync(ConformanceTarget target) =>
        Expect.Equal("/tmp", Text(await DocumentAsync(target, Workload.Service(target, "hello", container: "workingDir: /tmp")), "host", "cwd"));

    private static async Task MustHeadersAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        var document = await DocumentAsync(target, service);
        Expect.Equal(new Uri(service.Status.Url!).Authority, Text(document, "request", "host"));
        Expect.Contains("for=", Text(document, "request", "headers", "forwarded"));
    }

    private static async Task ShouldHeadersAsync(ConformanceTarget target)
    {
        var document = await DocumentAsync(target, Workload.Service(target, "hello"), "X-Mine: as it was", "X-Forwarded-For: 1.2.3.4");
        Expect.Equal("as it was", Text(document, "request", "headers", "x-mine"));
        Expect.Equal("http", Text(document, "request", "headers", "x-forwarded-proto"));
        Expect.Contains("1.2.3.4, ", Text(document, "request", "headers", "x-forwarded-for"));
    }

    private static async Task ProtocolsAsync(ConformanceTarget target)
    {
        var plain = await DocumentAsync(target, Workload.Service(target, "plain"));
        Expect.Equal("HTTP/1.1", Text(plain, "request", "proto"));
        var newer = await DocumentAsync(target, Workload.Service(target, "newer",
            container: "ports: [{ name: h2c, containerPort: 8080 }]", environment: """{ name: H2C, value: "1" }"""));
        Expect.Equal("HTTP/2", Text(newer, "request", "proto"));
    }
}
