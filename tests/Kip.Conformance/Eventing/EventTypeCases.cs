using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Conformance.Eventing;

/// <summary>The registry of EventTypes.</summary>
public static class EventTypeCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("eventing/event-types/reference", "An EventType is ready when the thing that it comes from exists", "Knative Eventing, EventType", ReferenceAsync),
        new("eventing/event-types/versions", "An EventType of v1beta2 is one of v1beta3, too", "Knative Eventing, conversion webhook", VersionsAsync),
    ];

    private static async Task ReferenceAsync(ConformanceTarget target)
    {
        await target.ApplyAsync("""
            apiVersion: eventing.knative.dev/v1beta3
            kind: EventType
            metadata: { name: t }
            spec:
              reference: { apiVersion: eventing.knative.dev/v1, kind: Broker, name: b }
              attributes: [{ name: type, value: x }, { name: source, value: /x }, { name: id }, { name: specversion }]
            """);
        await target.WaitAsync<EventType>("t", static t => t.Status.Conditions.IsFalse("Ready"), "not Ready");
        await target.BrokerAsync("");
        await target.WaitAsync<EventType>("t", static t => t.Status.Conditions.IsTrue("Ready"), "Ready");
    }

    private static async Task VersionsAsync(ConformanceTarget target)
    {
        await target.ApplyAsync<EventTypeV1Beta2>(
            "apiVersion: eventing.knative.dev/v1beta2\nkind: EventType\nmetadata: { name: t }\nspec: { type: com.example.x, source: /x, description: an x }\n");
        var type = Expect.Found(await target.GetAsync<EventType>("t"));
        Expect.Equal("com.example.x", type.Spec.Attributes.Single(static a => a.Name == "type").Value);
        Expect.Equal("com.example.x", (await target.GetAsync<EventTypeV1Beta2>("t"))?.Spec.Type);
    }
}
