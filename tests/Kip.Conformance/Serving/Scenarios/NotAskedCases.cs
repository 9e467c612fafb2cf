namespace Kip.Conformance.Serving.Scenarios;

/// <summary>Rows of upstream's suites that are not asked, each with the reason; the reasons stand in <c>docs/compatibility.md</c>, too.</summary>
internal static class NotAskedCases
{
    private const string Process = "the suite's workload is a bundle, which runs as a process without a file system of its own";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        ConformanceCase.NotSupported("serving/api/multi-container", "Several containers of a pod serve together, probes and readiness of each included",
            "TestServiceCreateWithMultipleContainers, TestMultiContainer*", Process),
        ConformanceCase.NotSupported("serving/api/volumes", "emptyDir, ConfigMaps, Secrets and projections are mounted; init containers fill them",
            "TestServiceCreateWithEmptyDir, TestConfigMapVolume, TestSecretVolume, TestProjected*, TestInitContainers, TestPersistentVolumeClaims, TestMinScaleTransition", Process),
        ConformanceCase.NotSupported("serving/scale/target-burst-capacity", "The activator leaves and enters the path with the burst capacity", "TestTargetBurstCapacity*",
            "the gateway is always in the path: there is nothing to be seen from outside"),
        ConformanceCase.NotSupported("serving/scale/unschedulable", "A pod that asks for more than there is says Unschedulable, and a quota is told", "TestPodScheduleError, TestResourceQuotaError",
            "there is one machine and no scheduler, and there are no ResourceQuotas"),
        ConformanceCase.NotSupported("serving/scale/hpa", "The class hpa scales by CPU and memory", "TestHPAAutoscaleUpDownUp*", "it takes minutes of full load; Kip's own tests have it"),
        ConformanceCase.NotSupported("serving/rollout/garbage-collection", "Revisions that no route needs are collected as config-gc says", "TestRevisionGC",
            "it would change config-gc under the other cases; Kip's own tests have it"),
        ConformanceCase.NotSupported("serving/traffic/request-logs", "Requests are logged by the template", "TestRequestLogs", "upstream reads them from the queue-proxy, which Kip has not; Kip's own tests have it"),
        ConformanceCase.NotSupported("serving/traffic/high-availability", "Ending one replica of a component loses no request", "TestActivatorHA*, TestAutoscalerHA, TestControllerHA",
            "on one machine the components are one process"),
    ];
}
