using Kip.Client;
using Kip.Resources.Core;

namespace Kip.Runtime.Pods.Slots;

/// <summary>Whether and when a container that ended is started again (kubelet: RestartPolicy and the crash-loop backoff).</summary>
public static class RestartRules
{
    public static bool ShouldRestart(string? policy, int exitCode) => policy switch
    {
        "Never" => false,
        "OnFailure" => exitCode != 0,
        _ => true,
    };

    /// <summary>Counts one more end in a row and tells how long to wait; zero for the first.</summary>
    /// <param name="crashes">How many ends in a row there were before this one.</param>
    /// <param name="ran">How long it ran this time.</param>
    /// <param name="backoff">The waits.</param>
    /// <param name="reset">Having run so long it starts anew.</param>
    public static (int Crashes, TimeSpan Wait) Next(int crashes, TimeSpan ran, Backoff backoff, TimeSpan reset)
    {
        if (ran >= reset) crashes = 0;
        return (crashes + 1, backoff.After(crashes));
    }

    /// <summary>An init container's own policy: it is repeated until it succeeds, unless its pod never restarts anything.</summary>
    public static string OfInit(Container container, string? podPolicy) =>
        container.RestartPolicy == "Always" ? "Always" : podPolicy == "Never" ? "Never" : "OnFailure";

    /// <summary>What a container's end is called: <c>Completed</c> or <c>Error</c>.</summary>
    public static string Reason(int exitCode) => exitCode == 0 ? "Completed" : "Error";

    /// <summary>The containers as they stand after the platform's earlier life: what was running then has ended.</summary>
    public static ContainerFacts AfterPlatformRestart(Container container, ContainerStatus? stored)
    {
        var facts = new ContainerFacts { Name = container.Name, Image = container.Image, State = ContainerFacts.Waiting("ContainerCreating") };
        if (stored is null) return facts;
        facts = facts with { RestartCount = stored.RestartCount, LastState = stored.LastState, ImageId = stored.ImageID };
        if (stored.State?.Terminated is not null) return facts with { State = stored.State };
        if (stored.State?.Running is not { } running) return facts;
        return facts with
        {
            State = new ContainerState
            {
                Terminated = new ContainerStateTerminated
                {
                    ExitCode = 137, Reason = "ContainerStatusUnknown", StartedAt = running.StartedAt, ContainerID = stored.ContainerID,
                    Message = "the process ended with the platform's earlier life",
                },
            },
        };
    }
}
