using System.Net;
using System.Net.Sockets;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Probes;
using Kip.Runtime.Processes;
using Kip.Runtime.ProcessPods;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Kip.Tests.Runtime.Probes;

public sealed class ProberTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    // Seconds, where an answer is expected.
    private const int Patience = 60;

    private readonly ProcessSpawner _spawner = new(TimeProvider.System);
    private readonly Prober _prober;

    public ProberTests() => _prober = new Prober(TimeProvider.System);

    public void Dispose()
    {
        _prober.Dispose();
        _spawner.Dispose();
    }

    private ProbeTarget Target(int port) => new(
        new Pod
        {
            Metadata = new ObjectMeta { Annotations = StringMap.Of(("kip.dev/port", port.ToString())) },
            Spec = new PodSpec { Containers = [Serving] },
        },
        Serving, "127.0.0.1", (command, streams, _) => Task.FromResult(ProcessRun.Exec(_spawner, Shell, command, streams)));

    private static ProcessStart Shell { get; } = new()
    {
        Program = "/bin/sh", Arguments = ["sh"], WorkingDirectory = "/", Environment = StringMap.Of(("PATH", "/usr/bin:/bin"), ("WORD", "kip")),
    };

    private static Container Serving { get; } = new() { Name = "c", Ports = [new ContainerPort { Name = "http1", ContainerPortNumber = 8080 }] };

    private static async Task<(WebApplication App, int Port)> ServeAsync(HttpProtocols protocols, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return (app, new Uri(app.Urls.First()).Port);
    }

    [Fact]
    public async Task A_port_is_asked_by_its_name_its_number_or_none_at_all()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var target = Target(((IPEndPoint)listener.LocalEndpoint).Port);
        foreach (var port in (IntOrString?[])[null, 0, 8080, "http1"])
            (await _prober.AskAsync(new Probe { TimeoutSeconds = Patience, TcpSocket = new TcpSocketAction { Port = port } }, target, None))
                .ShouldBe(ProbeAnswer.Ok);

        (await _prober.AskAsync(
            new Probe { TimeoutSeconds = Patience, TcpSocket = new TcpSocketAction { Port = "other" } }, target,
            None)).Message.ShouldBe("couldn't find port: other");
        using var closed = new ClosedPort();
        var refused = await _prober.AskAsync(new Probe { TimeoutSeconds = Patience, TcpSocket = new TcpSocketAction() }, Target(closed.Number), None);
        refused.Message!.ShouldContain("connection refused");
    }

    [Fact]
    public async Task A_program_that_judges_a_serving_container_is_believed_when_its_port_accepts_too()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var target = Target(((IPEndPoint)listener.LocalEndpoint).Port);
        var serving = Serving with { Ports = [new ContainerPort { Name = "user-port", ContainerPortNumber = 8080 }] };
        var sidecar = target;
        target = target with { Container = serving, Pod = target.Pod with { Spec = new PodSpec { Containers = [serving] } } };
        var good = new Probe { TimeoutSeconds = Patience, Exec = new ExecAction { Command = ["true"] } };
        var bad = new Probe { TimeoutSeconds = Patience, Exec = new ExecAction { Command = ["false"] } };

        (await _prober.AskReadinessAsync(good, target, None)).ShouldBe(ProbeAnswer.Ok);
        (await _prober.AskReadinessAsync(bad, target, None)).Message.ShouldBe("command false exited with 1");
        listener.Stop();
        (await _prober.AskReadinessAsync(good, target, None)).Message!.ShouldContain("connection refused");
        (await _prober.AskReadinessAsync(good, sidecar, None)).ShouldBe(ProbeAnswer.Ok);
        (await _prober.AskAsync(good, target, None)).ShouldBe(ProbeAnswer.Ok);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(302, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    [InlineData(503, false)]
    public async Task HTTP_answers_from_200_to_399_are_good(int code, bool good)
    {
        var (app, port) = await ServeAsync(HttpProtocols.Http1, context =>
        {
            context.Response.StatusCode = context.Request.Path == "/ok" && context.Request.Query["a"] == "b" ? code : 418;
            return Task.CompletedTask;
        });
        await using (app)
        {
            var answer = await _prober.AskAsync(new Probe { TimeoutSeconds = Patience, HttpGet = new HttpGetAction { Path = "ok?a=b" } }, Target(port), None);
            answer.Success.ShouldBe(good);
            if (!good) answer.Message.ShouldBe($"HTTP probe failed with statuscode: {code}");
        }
    }

    [Fact]
    public async Task No_answer_in_time_is_a_failure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answer = await _prober.AskAsync(new Probe { HttpGet = new HttpGetAction() }, Target(((IPEndPoint)listener.LocalEndpoint).Port), None);
        answer.Message.ShouldBe("context deadline exceeded");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task A_gRPC_service_says_whether_it_serves(byte status, bool good)
    {
        var asked = "";
        var (app, port) = await ServeAsync(HttpProtocols.Http2, async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            asked = $"{context.Request.Path} {System.Text.Encoding.ASCII.GetString(body.ToArray().AsSpan(7))}";
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 8, status });
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using (app)
        {
            var answer = await _prober.AskAsync(
                new Probe { TimeoutSeconds = Patience, Grpc = new GrpcAction { Port = 8080, Service = "my" } }, Target(port), None);
            answer.Success.ShouldBe(good);
            asked.ShouldBe("/grpc.health.v1.Health/Check my");
        }
        using var closed = new ClosedPort();
        (await _prober.AskAsync(new Probe { Grpc = new GrpcAction { Port = 8080 } }, Target(closed.Number), None)).Success.ShouldBeFalse();
    }

    [Theory]
    [InlineData("test $WORD = kip", Patience, null)]
    [InlineData("exit 3", Patience, "command sh exited with 3")]
    [InlineData("sleep 1000", 1, "context deadline exceeded")]
    public async Task A_program_is_run_in_the_containers_surroundings(string script, int timeout, string? message) =>
        (await _prober.AskAsync(
            new Probe { TimeoutSeconds = timeout, Exec = new ExecAction { Command = ["sh", "-c", script] } }, Target(1),
            None)).Message.ShouldBe(message);
}
