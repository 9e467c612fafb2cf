using Kip.ApiServer.Security;
using Kip.Testing.Kubectl;
using Kip.Testing.Spdy;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>exec and port-forward over SPDY by a client that writes its frames itself: what every client before 1.29 speaks, whoever wrote it.</summary>
public sealed class SpdyTests(KubectlBed bed)
{
    private static readonly string Version = KubectlProgram.Range[^1].Label;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_carries_input_output_errors_and_the_outcome_on_streams_of_their_own()
    {
        await using var client = await ConnectAsync(
            "exec?container=box&stdin=true&stdout=true&stderr=true&command=sh&command=-c&command=cat%3B%20echo%20no%20%3E%262%3B%20exit%203",
            "v4.channel.k8s.io");
        await client.OpenAsync(1, Cancel, ("streamtype", "error"));
        await client.OpenAsync(3, Cancel, ("streamtype", "stdin"));
        await client.OpenAsync(5, Cancel, ("streamtype", "stdout"));
        await client.OpenAsync(7, Cancel, ("streamtype", "stderr"));

        await client.SendAsync(3, "through ", ends: false, Cancel);
        await client.SendAsync(3, "and back", ends: true, Cancel);
        var said = await client.ReadAsync(Cancel, 1, 5, 7);

        said[5].ShouldBe("through and back");
        said[7].ShouldBe("no\n");
        said[1].ShouldContain("\"reason\":\"NonZeroExitCode\"");
        said[1].ShouldContain("\"message\":\"3\"");
    }

    [Fact]
    public async Task Port_forward_carries_every_connection_on_two_streams()
    {
        await using var client = await ConnectAsync("portforward", "portforward.k8s.io");
        foreach (var request in (int[])[0, 1])
        {
            var (error, data) = (1 + (4 * request), 3 + (4 * request));
            await client.OpenAsync(error, Cancel, ("streamtype", "error"), ("port", "8080"), ("requestid", $"{request}"));
            await client.OpenAsync(data, Cancel, ("streamtype", "data"), ("port", "8080"), ("requestid", $"{request}"));
            await client.SendAsync(error, "", ends: true, Cancel);
            await client.SendAsync(data, "GET / HTTP/1.0\r\n\r\n", ends: false, Cancel);

            (await client.ReadAsync(Cancel, data))[data].ShouldEndWith("\r\n\r\nhello from a box\n");
        }
    }

    [Fact]
    public async Task A_protocol_that_is_not_spoken_is_refused()
    {
        var refused = await Should.ThrowAsync<IOException>(() => ConnectAsync("portforward", "portforward.example.com"));

        refused.Message.ShouldStartWith("HTTP/1.1 4");
    }

    private async Task<SpdyClient> ConnectAsync(string subresource, string protocol)
    {
        var (kip, kubectl) = (await bed.Kip, await bed.SessionAsync(Version));
        var pod = await bed.BoxAsync(Version);
        var authority = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(kip.Kubeconfig)!, "ca.crt"), Cancel);
        return await SpdyClient.ConnectAsync(
            kip.Api, authority, KubeconfigWriter.ReadToken(kip.Kubeconfig)!,
            $"/api/v1/namespaces/{kubectl.Namespace}/pods/{pod}/{subresource}", protocol, Cancel);
    }
}
