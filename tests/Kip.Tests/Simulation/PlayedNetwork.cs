using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;

namespace Kip.Tests.Simulation;

/// <summary>Takes the place of sockets between gateway and pods, and watches what goes over them.</summary>
internal sealed class PlayedNetwork(Func<string, PlayedPod?> find, TimeProvider time) : IForwarder
{
    /// <summary>Where a request's own data is kept in its context.</summary>
    public const string Duration = "duration";
    public const string Breaks = "breaks";

    public async ValueTask<ForwardOutcome> ForwardAsync(GatewayRequest request, SplitTarget target, PodTracker pod)
    {
        var played = find(pod.Uid) ?? throw new InvalidOperationException($"{pod.Pod} gets a request and was never started");
        if (played.IsEnded) throw new InvalidOperationException($"{pod.Pod} gets a request and has ended");
        if (target.Backend.Settings is { } settings && settings.Uid != played.Revision)
            throw new InvalidOperationException($"{pod.Pod} gets a request for another revision of its revision's name");
        if (!played.IsLive) return ForwardOutcome.ConnectFailed;
        if (++played.Running > played.Limit && played.Limit > 0)
            throw new InvalidOperationException($"{pod.Pod} has {played.Running} requests and may have {played.Limit}");
        request.Forwarded();
        if (played.IsDying)
        {
            played.Running--;
            return Broken(request);
        }
        // Plain sources: one that completes its waiters elsewhere would leave the simulation's thread by way of WhenAny.
        var gone = new TaskCompletionSource();
        await using var cancelled = request.Deadline.Token.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), gone);
        var crash = played.Crash.Task;
        await Task.WhenAny(Task.Delay((TimeSpan)request.Context.Items[Duration]!, time), crash, gone.Task);
        played.Running--;
        if (gone.Task.IsCompleted) return ForwardOutcome.Cancelled;
        if (crash.IsCompleted) return Broken(request);
        request.ResponseStarted();
        request.Response.StatusCode = 200;
        return ForwardOutcome.Done;
    }

    private static ForwardOutcome Broken(GatewayRequest request)
    {
        request.Context.Items[Breaks] = (int)(request.Context.Items[Breaks] ?? 0) + 1;
        return ForwardOutcome.BrokenBeforeResponse;
    }

    public void Prune()
    {
        // There are no connections to close.
    }

    public void Dispose()
    {
        // Nor anything else.
    }
}
