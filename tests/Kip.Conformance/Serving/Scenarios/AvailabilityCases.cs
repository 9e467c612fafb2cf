using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Conformance.Serving.Scenarios;

/// <summary>What goes on when a part is taken away: upstream's <c>test/ha</c>, as far as the parts are pods of Services.</summary>
internal static class AvailabilityCases
{
    private const int Rounds = 2;

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "serving/traffic/workload-availability",
            "Every pod of a Service is deleted, one after the other and more than once, and no request fails, whatever the burst capacity",
            "TestActivatorNotInRequestPath, TestActivatorInRequestPathAlways, TestActivatorInRequestPathPossibly", WorkloadAsync),
        ConformanceCase.NotSupported(
            "serving/traffic/high-availability", "Ending one replica of a component loses no request",
            "TestActivatorHA*, TestAutoscalerHA, TestAutoscalerHPAHANewRevision, TestControllerHA, TestDomainMappingHA",
            "on one machine the components are one process, without a second that would take over"),
    ];

    // The burst capacity decides who is in the path: never the activator but from zero, always, or as the load says.
    private static Task WorkloadAsync(ConformanceTarget target) => Task.WhenAll(
        KeepsServingAsync(target, "never", "0"), KeepsServingAsync(target, "always", "-1"), KeepsServingAsync(target, "perhaps", "1"));

    private static async Task KeepsServingAsync(ConformanceTarget target, string name, string burstCapacity)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, name, annotations: string.Join(", ",
            "autoscaling.knative.dev/min-scale: \"2\"", "autoscaling.knative.dev/max-scale: \"2\"",
            $"autoscaling.knative.dev/target-burst-capacity: \"{burstCapacity}\"")));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(target.Deadline);
        var (failures, answered) = (new List<string>(), 0);
        var asking = AskAsync();
        try
        {
            for (var round = 0; round < Rounds; round++) await DeleteAllAsync(target, name);
            await TwoAsync(target, name);
        }
        finally
        {
            await stop.CancelAsync();
            await asking;
        }
        Expect.That(failures.Count == 0, $"{failures.Count} of {answered} requests failed, e.g. {failures.FirstOrDefault()}");
        Expect.That(answered > 0, "no request was made");

        async Task AskAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                var answer = await target.CallAsync($"{service.Status.Url}/?sleep=10");
                answered++;
                if (answer.Status != 200) failures.Add($"{answer.Status} {answer.Body}");
            }
        }
    }

    private static async Task DeleteAllAsync(ConformanceTarget target, string service)
    {
        foreach (var pod in await TwoAsync(target, service))
        {
            await target.DeleteAsync<Pod>(pod.Metadata.Name);
            await target.GoneAsync<Pod>(pod.Metadata.Name);
        }
    }

    private static async Task<IReadOnlyList<Pod>> TwoAsync(ConformanceTarget target, string service)
    {
        var ready = await target.WaitAllAsync<Pod>($"{ServingLabels.Service}={service}", static pods => pods.Count(IsReady) == 2, "two and ready");
        return [.. ready.Where(IsReady)];
    }

    private static bool IsReady(Pod pod) => pod.Metadata.DeletionTimestamp is null && pod.Status.Conditions.IsTrue("Ready");
}
