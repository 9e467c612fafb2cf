using Kip.Resources.Core;
using Kip.Runtime.Logs;

namespace Kip.Runtime.Pods.Slots;

/// <summary>What a container has to say at its end: all of its output, and in its status the end of that where its program has left no message.</summary>
internal static class LastWords
{
    // A process that has left its group may hold the output open for as long as it runs; containerd waits as long for the rest.
    private static readonly TimeSpan MostForOutput = TimeSpan.FromSeconds(10);

    /// <summary>How a run ended, once what it wrote is in its log: who sees the end finds all of it there.</summary>
    public static async Task<ContainerExit> HearAsync(ContainerRun run, Container container, TimeProvider time)
    {
        var exit = await run.Exited;
        try
        {
            await run.Log.EndAsync().WaitAsync(MostForOutput, time);
        }
        catch (TimeoutException)
        {
            // The log goes on; the container has ended.
        }
        return IsExplainedByLog(exit, container) ? exit with { Message = LogEnd.Read(run.Log) } : exit;
    }

    // The kubelet's rule: only after an error, only without a message of its own, and not when it could not even be started.
    private static bool IsExplainedByLog(ContainerExit exit, Container container) =>
        container.TerminationMessagePolicy == "FallbackToLogsOnError" && exit is { Code: not 0, Message: null } && exit.Reason != "StartError";
}
