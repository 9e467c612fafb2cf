using Kip.Resources;
using Kip.Rules.Conditions;

namespace Kip.Tests.Eventing.Control;

/// <summary>Manifests and readings that the tests of Eventing's controllers share.</summary>
internal static class EventingYaml
{
    public static string BrokerOf(string name = "shop", string more = "", string annotations = "") =>
        $$"""
        apiVersion: eventing.knative.dev/v1
        kind: Broker
        metadata:
          name: {{name}}
          annotations: { {{annotations}} }
        spec: { {{more}} }
        """;

    public static string Trigger(
        string name = "orders", string broker = "shop", string subscriber = "uri: 'http://127.0.0.1:9/a'", string more = "",
        string annotations = "") =>
        $$"""
        apiVersion: eventing.knative.dev/v1
        kind: Trigger
        metadata:
          name: {{name}}
          annotations: { {{annotations}} }
        spec:
          broker: {{broker}}
          subscriber: { {{subscriber}} }
          {{more}}
        """;

    public static string Channel(string name = "pipe", string more = "") =>
        $$"""
        apiVersion: messaging.knative.dev/v1
        kind: Channel
        metadata: { name: {{name}} }
        spec: { {{more}} }
        """;

    public static string Subscription(string name = "sub", string kind = "Channel", string channel = "pipe", string more = "", string annotations = "") =>
        $$"""
        apiVersion: messaging.knative.dev/v1
        kind: Subscription
        metadata:
          name: {{name}}
          annotations: { {{annotations}} }
        spec:
          channel: { apiVersion: messaging.knative.dev/v1, kind: {{kind}}, name: {{channel}} }
          subscriber: {uri: 'http://127.0.0.1:9/s'}
          {{more}}
        """;

    /// <summary>A condition as <c>status reason</c>; the message is for people.</summary>
    public static string Told(this ValueList<Condition> conditions, string type) =>
        conditions.Find(type) is { } condition ? $"{condition.Status} {condition.Reason}".Trim() : "absent";

    public static bool IsReady(this ValueList<Condition> conditions) => conditions.IsTrue(ConditionSet.Ready);
}
