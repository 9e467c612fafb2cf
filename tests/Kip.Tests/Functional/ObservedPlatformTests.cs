using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Kip.Testing.Programs;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>A platform that is watched: HTTPS with its own CA, metrics, traces and the request log, each switched on while it runs.</summary>
public sealed class ObservedPlatformTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_request_is_seen_in_metrics_traces_and_the_request_log_as_soon_as_they_are_asked_for()
    {
        var exported = new ConcurrentQueue<(string Path, string Body)>();
        await using var collector = await FakePod.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            // Protobuf keeps names readable.
            exported.Enqueue((context.Request.Path.Value!, Encoding.Latin1.GetString(body.ToArray())));
        });
        await using var kip = await KipProgram.StartAsync(null, "--https", "127.0.0.1:0", "--metrics", "127.0.0.1:0");
        var instance = JsonDocument.Parse(File.ReadAllText(Path.Combine(kip.Data, "kip.json"))).RootElement;
        var metrics = new Uri(instance.GetProperty("metrics").GetString()!);
        using var plain = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using (var off = await plain.GetAsync(metrics, Cancel)) off.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await plain.GetStringAsync(new Uri(metrics, "/readyz"), Cancel)).ShouldBe("ok\n");

        (await kip.KubectlAsync("apply", "-f", "samples/hello.yaml")).Succeeded();
        (await kip.KubectlAsync("wait", "ksvc/hello", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        (await kip.KubectlAsync("patch", "configmap", "config-observability", "-n", "knative-serving", "--type", "merge", "-p",
            $$"""
            {"data":{"metrics-protocol":"prometheus","request-metrics-protocol":"prometheus","logging.enable-request-log":"true",
            "tracing-protocol":"http/protobuf","tracing-endpoint":"http://127.0.0.1:{{collector.Port}}/v1/traces","tracing-sampling-rate":"1"} }
            """)).Succeeded();
        using var https = await TrustingAsync(kip, new Uri(instance.GetProperty("https").GetString()!));

        // The settings take effect soon after, one by one, so requests are made until one is seen in all places.
        var ids = new HashSet<string>();
        JsonElement? line = null;
        await UntilAsync(async () =>
        {
            using var response = await https.GetAsync("https://hello.default.localhost/", Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            if (response.Headers.TryGetValues("X-Request-Id", out var given)) ids.Add(given.Single());
            return (line = LoggedAndTraced(Path.Combine(kip.Data, "requests.log"), ids)) is not null;
        });
        // The pod's own part of the log; between two requests it may go to sleep.
        await UntilAsync(async () =>
        {
            using var response = await https.GetAsync("https://hello.default.localhost/pods-own", Cancel);
            return (await kip.KipAsync("logs", "hello", "--requests")) is { ExitCode: 0 } told && told.Output.Contains("/pods-own", StringComparison.Ordinal);
        });
        await UntilAsync(async () =>
        {
            using var answer = await plain.GetAsync(metrics, Cancel);
            return answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync(Cancel)).Split('\n').Any(static l =>
                l.StartsWith("kn_serving_invocation_duration_seconds_count{", StringComparison.Ordinal) && l.Contains("kn_revision_name=\"hello-00001\""));
        });
        await UntilAsync(() => Task.FromResult(exported.Any(static e => e.Path == "/v1/traces")));
        (await kip.KubectlWithInputAsync("apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: { name: traced }\n", "apply", "-f", "-")).Succeeded();
        (await kip.KubectlAsync("wait", "broker/traced", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        (await kip.KipAsync("events", "send", "traced", "--type", "com.example.traced")).Succeeded();
        await UntilAsync(() => Task.FromResult(
            exported.Any(static e => e.Path == "/v1/traces" && e.Body.Contains("broker:traced.default") && e.Body.Contains("com.example.traced"))));

        var scraped = (await kip.KubectlAsync("get", "--raw", "/kip/metrics")).Succeeded().Output;
        scraped.ShouldContain("kn_revision_pods_desired{");
        scraped.ShouldContain("# TYPE http_server_request_duration_seconds histogram");
        line!.Value.GetProperty("httpRequest").GetProperty("status").GetInt32().ShouldBe(200);
        line.Value.GetProperty("service").GetString().ShouldBe("hello");
    }

    [Fact]
    public async Task The_authority_is_explained_and_printed()
    {
        await using var kip = await KipProgram.StartAsync();

        (await kip.KipAsync("ca")).Succeeded().Output.ShouldContain("curl --cacert");
        (await kip.KipAsync("ca", "--pem")).Succeeded().Output.ShouldStartWith("-----BEGIN CERTIFICATE-----");
    }

    private static async Task<HttpClient> TrustingAsync(KipProgram kip, Uri https)
    {
        var authority = (await kip.KipAsync("ca", "--pem")).Succeeded().Output;
        return new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, https.Port, cancel);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = Policy(authority),
            },
        }) { Timeout = TimeSpan.FromMinutes(1) };

        static X509ChainPolicy Policy(string authority)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(authority);
            return policy;
        }
    }

    // The line of one of the requests, once there is one that is traced, too.
    private static JsonElement? LoggedAndTraced(string file, HashSet<string> ids)
    {
        if (!File.Exists(file)) return null;
        // The last line may be half written.
        foreach (var text in File.ReadAllText(file).Split('\n')[..^1])
        {
            var line = JsonDocument.Parse(text).RootElement;
            if (line.GetProperty("traceId").GetString()!.Length == 32 && ids.Contains(line.GetProperty("requestId").GetString()!)) return line;
        }
        return null;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 1200; i++)
        {
            if (await condition()) return;
            await Task.Delay(100, Cancel);
        }
        Assert.Fail("it has not come about in two minutes");
    }
}
