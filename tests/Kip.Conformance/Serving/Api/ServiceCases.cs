using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Conformance.Serving.Api;

/// <summary>The life of a Service: upstream's <c>test/conformance/api/v1/service_test.go</c>.</summary>
internal static class ServiceCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/api/create-list-delete", "A Service becomes Ready, can be read and listed, and goes when it is deleted",
            "TestServiceCreateListAndDelete", CreateListDeleteAsync),
    ];

    private static async Task CreateListDeleteAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        Expect.Present(service.Status.Url);
        Expect.Equal(1, (await target.ListAsync<Service>()).Count);
        (await target.CallAsync(service.Status.Url!)).Is(200);
        await target.DeleteAsync<Service>("hello");
        await target.GoneAsync<Service>("hello");
        await target.WaitAllAsync<Revision>(null, static all => all.Count == 0, "deleted with their Service");
        var after = await target.CallAsync(service.Status.Url!);
        after.Is(404);
    }
}
