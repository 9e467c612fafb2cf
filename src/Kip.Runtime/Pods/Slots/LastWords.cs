using Kip.Resources.Core;
using Kip.Runtime.Logs;

namespace Kip.Runtime.Pods.Slots;

/// <summary>What a container's status says of why it ended when its program has left no message: the end of its log, if that is asked for.</summary>
internal static class LastWords
{
    // A process that has left its group may hold the output open for as long as it runs; containerd waits as long for the rest.
    private static readonly TimeSpan MostForOutput = TimeSpan.FromSeconds(10);

    /// <summary>The same end, with the end of the log as its message under <c>terminationMessagePolicy: FallbackToLogsOnError</c>.</summary>
    /// <remarks>As the kubelet: only after an error, only without a message of its own, and not when it could not even be started.</remarks>
    public static async ValueTask<ContainerExit> AddAsync(ContainerExit exit, Container container, ContainerLog log, TimeProvider time)
    {
        if (container.TerminationMessagePolicy != "FallbackToLogsOnError") return exit;
        if (exit.Code == 0 || exit.Message is not null || exit.Reason == "StartError") return exit;
        await Task.WhenAny(log.EndAsync(), Task.Delay(MostForOutput, time));
        return exit with { Message = LogEnd.Read(log) };
    }
}
