using Kip.Client;
using Kip.Host.CommandLine;
using Kip.Resources;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Deploy;

/// <summary>Waits until a Service is Ready for its present generation, telling what it waits for.</summary>
public static class ServiceWait
{
    // As kn does: a failure that heals within this time is not the end.
    private static readonly TimeSpan ErrorWindow = TimeSpan.FromSeconds(2);

    /// <summary>Completes with the ready Service, or with one whose traffic has begun to move gradually: how long that takes was asked for.</summary>
    /// <exception cref="CommandFailure">It became not ready and stayed so, was deleted, or the time is over.</exception>
    public static async Task<Service> ReadyAsync(
        IResources resources, NamespacedName name, TimeSpan timeout, Action<string> say, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        var seen = new Observation("not yet observed", false);
        try
        {
            await foreach (var service in ChangesAsync(resources, name, deadline.Token))
            {
                var ready = Ready(service);
                var failed = ready?.Status == ConditionStatus.False;
                // A failure starts the error window once; recovery within it gives the full time back.
                if (failed != seen.Failed) deadline.CancelAfter(failed ? ErrorWindow : timeout);
                seen = new Observation(Describe(failed ? Cause(service) ?? ready : ready), failed);
                say($"Waiting for {name.Name}: {seen.Text}");
                if (ready?.Status == ConditionStatus.True || IsRollingOut(service)) return service;
            }
            throw new CommandFailure($"service \"{name.Name}\" was deleted while waiting for it");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CommandFailure(seen.Failed
                ? $"service \"{name.Name}\" is not ready: {OneLine.Of(seen.Text)}"
                : $"service \"{name.Name}\" was not ready after {timeout.TotalSeconds:0} s: {OneLine.Of(seen.Text)}");
        }
    }

    private readonly record struct Observation(string Text, bool Failed);

    /// <summary>The Ready condition, if it speaks of the present generation.</summary>
    public static Condition? Ready(Service service) =>
        service.Status.ObservedGeneration == service.Metadata.Generation
            ? service.Status.Conditions.Find("Ready")
            : null;

    /// <summary>Whether everything is there and only the shares of a gradual rollout are still moving.</summary>
    public static bool IsRollingOut(Service service) => Ready(service) is { Status: ConditionStatus.Unknown, Reason: "RolloutInProgress" }
        && service.Status.Conditions.FirstOrDefault(static c => c.Type == "ConfigurationsReady") is { Status: ConditionStatus.True };

    // A Route fails because its Configuration did: the latter says why.
    private static Condition? Cause(Service service) =>
        service.Status.Conditions.FirstOrDefault(static c => c is { Type: "ConfigurationsReady", Status: ConditionStatus.False });

    private static string Describe(Condition? ready) => ready switch
    {
        null => "not yet observed",
        { Message: { Length: > 0 } message } => message,
        { Reason: { Length: > 0 } reason } => reason,
        _ => ready.Status == ConditionStatus.True ? "ready" : "becoming ready",
    };

    private static async IAsyncEnumerable<Service> ChangesAsync(
        IResources resources, NamespacedName name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var options = new ListOptions { Namespace = name.Namespace, FieldSelector = $"metadata.name={name.Name}" };
        await foreach (var change in resources.WatchAsync(Service.Definition, options, cancel))
        {
            if (change.Type == WatchEventType.Deleted) yield break;
            if (change.Object is Service service) yield return service;
        }
    }
}
