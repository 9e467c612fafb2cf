using System.Threading.Channels;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Pods;

/// <summary>Connects clients with a container's own program, for <c>kubectl attach</c> and <c>kubectl run -it</c>.</summary>
internal static class PodAttach
{
    // So many pieces may wait for a client; the program itself never waits for one.
    private const int MostPieces = 1024;

    public static async Task RunAsync(ContainerRun run, Container container, PodAttachOptions options, IPodExecClient client, CancellationToken cancel)
    {
        var output = Channel.CreateBounded<(OutputStream Stream, byte[] Bytes)>(MostPieces);
        using var listening = run.Log.Listen((stream, bytes) =>
        {
            if (bytes is null) output.Writer.TryComplete();
            else if (!output.Writer.TryWrite((stream, bytes))) output.Writer.TryComplete(TooSlow(container));
        });
        if (container.Tty) client.OnResize(run.Process.Resize);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var feeding = options.Stdin && run.Process.Input is { } stdin ? FeedAsync(client, stdin, container.StdinOnce, over.Token) : Task.CompletedTask;
        try
        {
            while (await output.Reader.WaitToReadAsync(cancel))
                while (output.Reader.TryRead(out var piece)) await client.WriteOutputAsync(piece.Stream == OutputStream.Stderr, piece.Bytes, cancel);
        }
        finally
        {
            await over.CancelAsync();
            await feeding;
        }
    }

    // The program's input stays open for the next client, unless it is declared to be there once.
    private static async Task FeedAsync(IPodExecClient client, Stream stdin, bool once, CancellationToken cancel)
    {
        try
        {
            while (await client.ReadInputAsync(cancel) is { } piece) await stdin.WriteAsync(piece, cancel);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The program reads no more, or the client has gone.
        }
        if (once) await stdin.DisposeAsync();
    }

    private static ApiException TooSlow(Container container) =>
        ApiException.Of(500, StatusReason.InternalError, $"the client reads more slowly than container {container.Name} writes; read its log instead");
}
