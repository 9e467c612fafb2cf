using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Pods;

/// <summary>Runs programs in containers and beside processes, for <c>kubectl exec</c>.</summary>
internal sealed class PodExec(PodWorkers workers) : IPodExec
{
    /// <summary>Programs that may run at one time: each holds two threads while it is silent.</summary>
    private const int Most = 32;
    private const int PieceSize = 32 * 1024;

    private int _running;

    public async Task<int> ExecAsync(NamespacedName pod, PodExecOptions options, IPodExecClient client, CancellationToken cancel)
    {
        var run = Find(pod, options.Container).Run!;
        if (Interlocked.Increment(ref _running) > Most)
        {
            Interlocked.Decrement(ref _running);
            throw ApiException.Of(429, StatusReason.TooManyRequests, $"{Most} programs are being run in containers already; end some first");
        }
        try
        {
            return await RunAsync(run, options, client, cancel);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public Task AttachAsync(NamespacedName pod, PodAttachOptions options, IPodExecClient client, CancellationToken cancel)
    {
        var slot = Find(pod, options.Container);
        return PodAttach.RunAsync(slot.Run!, slot.Container, options, client, cancel);
    }

    private static async Task<int> RunAsync(ContainerRun run, PodExecOptions options, IPodExecClient client, CancellationToken cancel)
    {
        RunningProcess process;
        try
        {
            process = await run.ExecAsync(options.Command, new ProcessStreams { IsPiped = true, HasInput = options.Stdin, HasTerminal = options.Tty }, cancel);
        }
        catch (ProcessStartException failed)
        {
            throw ApiException.Of(500, StatusReason.InternalError, failed.Message);
        }
        if (options.Tty) client.OnResize(process.Resize);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var input = process.Input is { } stdin ? FeedAsync(client, stdin, over.Token) : Task.CompletedTask;
        try
        {
            Task[] outputs = [.. ((Stream?[])[process.Output, process.ErrorOutput]).OfType<Stream>().Select((s, i) => DrainAsync(s, i == 1, client, cancel))];
            var exit = await process.Exited.WaitAsync(cancel);
            // What it wrote before it ended is still in the pipe; what a child of its goes on writing is not waited for.
            await Task.WhenAny(Task.WhenAll(outputs), Task.Delay(TimeSpan.FromSeconds(1), cancel));
            return exit.Code;
        }
        finally
        {
            process.Kill();
            await over.CancelAsync();
            await input;
        }
    }

    private static async Task FeedAsync(IPodExecClient client, Stream stdin, CancellationToken cancel)
    {
        try
        {
            while (await client.ReadInputAsync(cancel) is { } piece) await stdin.WriteAsync(piece, cancel);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The program reads no more, or has ended.
        }
        finally
        {
            await stdin.DisposeAsync();
        }
    }

    private static async Task DrainAsync(Stream output, bool isError, IPodExecClient client, CancellationToken cancel)
    {
        await using var _ = output;
        var buffer = new byte[PieceSize];
        try
        {
            while (await output.ReadAsync(buffer, cancel) is var count and > 0) await client.WriteOutputAsync(isError, buffer.AsMemory(0, count), cancel);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A terminal whose last program has gone answers with an error instead of an end.
        }
    }

    private ContainerSlot Find(NamespacedName pod, string? container)
    {
        if (workers.Find(pod) is not { } worker) throw ApiException.NotFound(Pod.Definition, pod.Name);
        var slots = worker.Containers;
        var slot = string.IsNullOrEmpty(container)
            ? slots.Main.FirstOrDefault()
            : slots.All.FirstOrDefault(s => s.Container.Name == container);
        if (slot is null) throw ApiException.BadRequest($"container {container} is not valid for pod {pod.Name}");
        return slot.Run is not null ? slot : throw ApiException.BadRequest(
            $"container {slot.Container.Name} of pod {pod.Name} does not run: {slot.Facts.State.Waiting?.Reason ?? slot.Facts.State.Terminated?.Reason}");
    }
}
