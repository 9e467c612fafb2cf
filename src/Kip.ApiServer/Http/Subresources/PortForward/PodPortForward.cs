using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Kip.ApiServer.Http.Spdy;
using Kip.ApiServer.Http.Subresources.Exec;
using Kip.ApiServer.Http.Verbs;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources.Core;

namespace Kip.ApiServer.Http.Subresources.PortForward;

/// <summary>Answers <c>/portforward</c>: connections to a pod's ports, many over one SPDY connection, which may itself be inside a WebSocket.</summary>
/// <remarks>
/// For each connection the client opens a stream for its bytes and one for errors, told apart by <c>streamType</c> and tied by <c>requestID</c>.
/// </remarks>
internal sealed class PodPortForward(IPodForward? pods, ResourceReads reads, TimeProvider time)
{
    private const string Protocol = "portforward.k8s.io";
    private const string Tunnel = "SPDY/3.1+" + Protocol;
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    public async Task ConnectAsync(ApiCall call)
    {
        var pod = (Pod)reads.Find(call);
        if (pods is null) throw ApiException.Of(501, "NotImplemented", "no pods run beside this API server");
        if (pod.Status.Phase != "Running")
            throw ApiException.BadRequest($"unable to forward port because pod is not running. Current status={pod.Status.Phase}");
        var transport = await OpenAsync(call);
        await using var session = new SpdySession(transport, time, call.Stopping);
        await ServeAsync(session, pod, pods);
    }

    private static async Task<Stream> OpenAsync(ApiCall call)
    {
        if (ExecHandshake.Read(call.Http, Tunnel) is { } handshake)
            return WebSocketStream.Create(await handshake.AcceptAsync(call.Http), WebSocketMessageType.Binary, CloseTime);
        if (SpdyUpgrade.Read(call.Http, Protocol) is { } upgrade) return await upgrade.AcceptAsync(call.Http);
        throw ApiException.BadRequest(
            $"ports are forwarded over SPDY/3.1 ({Protocol}) or a WebSocket ({Tunnel}): ask for an upgrade to one of them, as kubectl does");
    }

    private static async Task ServeAsync(SpdySession session, Pod pod, IPodForward pods)
    {
        var waiting = new Dictionary<string, SpdyStream>();
        var running = new List<Task>();
        try
        {
            while (await session.AcceptAsync(session.Ended) is { } stream)
            {
                running.RemoveAll(static t => t.IsCompleted);
                if (!waiting.Remove(stream.Header("requestid"), out var other)) waiting[stream.Header("requestid")] = stream;
                else
                    running.Add(stream.Header("streamtype") == "data"
                        ? ForwardAsync(session, pod, pods, stream, other)
                        : ForwardAsync(session, pod, pods, other, stream));
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        await Task.WhenAll(running);
    }

    private static async Task ForwardAsync(SpdySession session, Pod pod, IPodForward pods, SpdyStream data, SpdyStream errors)
    {
        try
        {
            if (!int.TryParse(data.Header("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
                throw new IOException($"\"{data.Header("port")}\" is not a port");
            await using var target = await pods.ConnectAsync(pod, port, session.Ended);
            var sent = SendAsync(data, target, session.Ended);
            await ReceiveAsync(target, data, session.Ended);
            await data.EndAsync(session.Ended);
            await sent;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            if (!session.Ended.IsCancellationRequested) await TellAsync(errors, e.Message, session.Ended);
        }
        finally
        {
            session.Forget(data);
            session.Forget(errors);
        }
    }

    private static async Task TellAsync(SpdyStream errors, string what, CancellationToken cancel)
    {
        try
        {
            await errors.WriteAsync(Encoding.UTF8.GetBytes(what), cancel);
            await errors.EndAsync(cancel);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It has gone before it could be told.
        }
    }

    private static async Task SendAsync(SpdyStream data, Stream target, CancellationToken cancel)
    {
        try
        {
            while (await data.ReadAsync(cancel) is { } piece) await target.WriteAsync(piece, cancel);
            if (target is System.Net.Sockets.NetworkStream network) network.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // The program has closed the connection.
        }
    }

    private static async Task ReceiveAsync(Stream target, SpdyStream data, CancellationToken cancel)
    {
        var buffer = new byte[32 * 1024];
        while (await target.ReadAsync(buffer, cancel) is var count and > 0) await data.WriteAsync(buffer.AsMemory(0, count), cancel);
    }
}
