using Kip.Client;
using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.Conformance.Serving.Api;

/// <summary>Domains of one's own: upstream's <c>test/conformance/api/v1beta1/domain_mapping_test.go</c>.</summary>
internal static class DomainCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/api/domain-mapping", "A domain leads to a Service; another namespace gets it only when the first has given it back",
            "TestDomainMapping", DomainMappingAsync),
    ];

    private static async Task DomainMappingAsync(ConformanceTarget target)
    {
        var domain = $"{target.Namespace}.example.test";
        await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        await target.ApplyAsync(Mapping(domain, target.Namespace));
        var mapping = await target.WaitAsync<DomainMapping>(domain, static m => IsTrue(m, "Ready"), "ready");
        (await target.CallAsync(mapping.Status.Url!)).Is(200);

        var other = target.Namespace + "-other";
        await target.ApplyAsync(Mapping(domain, other));
        await target.EventuallyAsync(async () => await OfAsync(target, other, domain) is { } second && IsFalse(second, "DomainClaimed"),
            () => "a second mapping of the same domain was not told that it is taken");

        await target.DeleteAsync<DomainMapping>(domain);
        await target.EventuallyAsync(async () => await OfAsync(target, other, domain) is { } second && IsTrue(second, "DomainClaimed"),
            () => "the second mapping did not get the domain that the first has given back");
    }

    private static Task<DomainMapping?> OfAsync(ConformanceTarget target, string @namespace, string domain) =>
        target.Resources.GetAsync<DomainMapping>(new(@namespace, domain), target.Deadline);

    private static bool IsTrue(DomainMapping mapping, string type) => mapping.Status.Conditions.IsTrue(type);

    private static bool IsFalse(DomainMapping mapping, string type) => mapping.Status.Conditions.IsFalse(type);

    private static string Mapping(string domain, string @namespace) =>
        $$"""
        apiVersion: serving.knative.dev/v1beta1
        kind: DomainMapping
        metadata: { name: {{domain}}, namespace: {{@namespace}} }
        spec: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: hello} }
        """;
}
