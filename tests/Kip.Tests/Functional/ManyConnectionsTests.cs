using System.Net;
using System.Net.Sockets;
using System.Text;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>Clients that come and go cost a running platform nothing when they have gone.</summary>
[Collection(KipCollection.Name)]
public sealed class ManyConnectionsTests(KipFixture fixture)
{
    private const int Clients = 2000;

    private KipProgram Kip => fixture.Kip;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thousands_of_connections_leave_no_descriptor_behind()
    {
        (await Kip.KubectlWithInputAsync(ServiceYaml.Hello("many", "all"), "apply", "-f", "-")).Succeeded();
        (await Kip.KubectlAsync("wait", "ksvc/many", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        await AskAsync(0, Cancel);
        var before = Descriptors();

        var some = new ParallelOptions { MaxDegreeOfParallelism = 20, CancellationToken = Cancel };
        await Parallel.ForAsync(0, Clients, some, async (i, cancel) => await AskAsync(i, cancel));

        // What else goes on in a platform opens some files meanwhile, but not hundreds.
        for (var i = 0; i < 2400 && Descriptors() > before + 200; i++) await Task.Delay(50, Cancel);
        Descriptors().ShouldBeLessThanOrEqualTo(before + 200);
        (await Kip.KubectlAsync("delete", "ksvc", "many", "--wait")).Succeeded();
    }

    // Every other client has the HTTP server answer, for a reason of its own.
    private async Task AskAsync(int i, CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Kip.Gateway.Port, cancel);
        var odd = i % 2 == 0 ? "" : "X-Request-Id: 1\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: many.default.localhost\r\n{odd}\r\n"), cancel);
        var answer = new byte[1024];
        var count = await client.GetStream().ReadAsync(answer, cancel);
        Encoding.ASCII.GetString(answer, 0, count).ShouldStartWith("HTTP/1.1 200 OK\r\n");
    }

    private int Descriptors() => Directory.GetFileSystemEntries($"/proc/{Kip.ProcessId}/fd").Length;
}
