using Kip.Client;
using Kip.Resources;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Conformance.Serving.Api;

/// <summary>Domains of one's own: upstream's <c>test/conformance/api/v1beta1</c>.</summary>
internal static class DomainCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "serving/api/domain-mapping", "A DomainMapping serves a Service under its name, and the program sees that name as its host",
            "TestDomainMapping", ServedAsync),
        new(
            "serving/api/domain-taken",
            "A second DomainMapping of a domain, in another namespace, waits until the first is gone, and then takes over",
            "TestDomainMapping (conflict)", TakenAsync),
    ];

    private static string Mapping(string domain, string service, string? elsewhere = null) =>
        $$"""
        apiVersion: serving.knative.dev/v1beta1
        kind: DomainMapping
        metadata: { name: {{domain}}{{(elsewhere is null ? "" : $", namespace: {elsewhere}")}} }
        spec:
          ref: { apiVersion: serving.knative.dev/v1, kind: Service, name: {{service}} }
        """;

    private static async Task ServedAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        var domain = $"hello.{target.Namespace}.example.org";
        await target.ApplyAsync(Mapping(domain, "hello"));
        await target.WaitAsync<DomainMapping>(domain, static m => m.Status.Conditions.IsTrue("Ready"), "Ready");
        Expect.Equal(Workload.Spaceport, (await target.CallAsync($"http://{domain}/")).Is(200).Body);
        Expect.Contains($"\"host\":\"{domain}", (await target.CallAsync($"http://{domain}/runtime")).Is(200).Body);
        await target.DeleteAsync<DomainMapping>(domain);
        await target.EventuallyAsync(async () => (await target.CallAsync($"http://{domain}/")).Status == 404, () => $"{domain} is still served");
    }

    private static async Task TakenAsync(ConformanceTarget target)
    {
        var (domain, other) = ($"fought.{target.Namespace}.example.org", $"{target.Namespace}-other");
        await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        await target.ApplyAsync(Mapping(domain, "hello"));
        await target.WaitAsync<DomainMapping>(domain, static m => m.Status.Conditions.IsTrue("Ready"), "Ready");
        await target.ApplyAsync(Workload.Service(target, "hello", Workload.Pepperoni).Replace(
            "name: hello }", $"name: hello, namespace: {other} }}", StringComparison.Ordinal));
        await target.ApplyAsync(Mapping(domain, "hello", other));

        DomainMapping? second = null;
        await target.EventuallyAsync(
            async () =>
                (second = await target.Resources.GetAsync<DomainMapping>(new(other, domain), target.Deadline))?.Status.Conditions.IsFalse("Ready") == true,
            () => $"the second mapping is {second?.Status}");
        Expect.Equal(Workload.Spaceport, (await target.CallAsync($"http://{domain}/")).Is(200).Body);
        await target.DeleteAsync<DomainMapping>(domain);
        await target.AnswersAsync($"http://{domain}/", Workload.Pepperoni);
    }
}
