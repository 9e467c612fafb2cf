using Kip.Resources;
using Kip.Resources.Rbac;
using static Kip.Rules.Access.Defaults.RuleWords;

namespace Kip.Rules.Access.Defaults;

/// <summary>The roles that Knative Serving and Eventing bring, and that are of use to people and their workloads.</summary>
internal static class KnativeRoles
{
    private const string Addressable = "duck.knative.dev/addressable";
    private const string Channelable = "duck.knative.dev/channelable";
    private const string PodSpecable = "duck.knative.dev/podspecable";
    private const string Source = "duck.knative.dev/source";
    private const string Serving = "serving.knative.dev";
    private const string Eventing = "eventing.knative.dev";
    private const string Messaging = "messaging.knative.dev";
    private const string Flows = "flows.knative.dev";
    private const string Sources = "sources.knative.dev";
    private const string Bindings = "bindings.knative.dev";

    private static readonly ValueList<string> Inner = ["networking.internal.knative.dev", "autoscaling.internal.knative.dev", "caching.internal.knative.dev"];
    private static readonly ValueList<string> Change = ["create", "update", "patch", "delete"];
    private static readonly ValueList<string> Manipulate = ["create", "get", "list", "watch", "update", "patch"];
    private static readonly ValueList<string> Bind = ["list", "watch", "patch"];

    public static IReadOnlyList<ClusterRole> All { get; } = [.. ServingRoles(), .. EventingRoles(), .. Resolvers(), .. Manipulators()];

    private static IEnumerable<ClusterRole> ServingRoles() =>
    [
        Role("knative-serving-namespaced-admin", [ToAdmin], Rule(RuleWords.All, [Serving], "*"), Rule(Read, Inner, "*")),
        Role("knative-serving-namespaced-edit", [ToEdit], Rule(Change, [Serving], "*"), Rule(Read, Inner, "*")),
        Role("knative-serving-namespaced-view", [ToView], Rule(Read, [Serving, .. Inner], "*")),
    ];

    private static IEnumerable<ClusterRole> EventingRoles() =>
    [
        Role("knative-eventing-namespaced-admin", [ToAdmin], Rule(RuleWords.All, [Eventing], "*")),
        Role("knative-messaging-namespaced-admin", [ToAdmin], Rule(RuleWords.All, [Messaging], "*")),
        Role("knative-flows-namespaced-admin", [ToAdmin], Rule(RuleWords.All, [Flows], "*")),
        Role("knative-sources-namespaced-admin", [ToAdmin], Rule(RuleWords.All, [Sources], "*")),
        Role("knative-bindings-namespaced-admin", [ToAdmin], Rule(RuleWords.All, [Bindings], "*")),
        Role("knative-eventing-namespaced-edit", [ToEdit], Rule(Change, [Eventing, Messaging, Flows, Sources, Bindings], "*")),
        Role("knative-eventing-namespaced-view", [ToView], Rule(Read, [Eventing, Messaging, Flows, Sources, Bindings], "*")),
        Role("crossnamespace-subscriber", [], Rule(["knsubscribe"], [Eventing], "brokers"), Rule(["knsubscribe"], [Messaging], "channels")),
    ];

    private static IEnumerable<ClusterRole> Resolvers() =>
    [
        Gathering("addressable-resolver", [], Addressable),
        Role("service-addressable-resolver", [Addressable], Rule(Read, [""], "services")),
        Role("serving-addressable-resolver", [Addressable], Rule(Read, [Serving], "routes", "routes/status", "services", "services/status")),
        Role("broker-addressable-resolver", [Addressable], Rule(Read, [Eventing], "brokers", "brokers/status")),
        Role("channel-addressable-resolver", [Addressable],
            Rule(Read, [Messaging], "channels", "channels/status", "inmemorychannels", "inmemorychannels/status")),
        Role("flows-addressable-resolver", [Addressable], Rule(Read, [Flows], "sequences", "sequences/status", "parallels", "parallels/status")),
        Gathering("source-observer", [], Source),
        Role("eventing-sources-source-observer", [Source],
            Rule(Read, [Sources], "apiserversources", "pingsources", "sinkbindings", "containersources", "integrationsources")),
    ];

    private static IEnumerable<ClusterRole> Manipulators() =>
    [
        Gathering("channelable-manipulator", [], Channelable),
        Role("meta-channelable-manipulator", [Channelable], Rule(Manipulate, [Messaging], "channels", "channels/status")),
        Role("imc-channelable-manipulator", [Channelable], Rule(Manipulate, [Messaging], "inmemorychannels", "inmemorychannels/status")),
        Gathering("podspecable-binding", [], PodSpecable),
        Role("builtin-podspecable-binding", [PodSpecable], Rule(Bind, ["apps"], "deployments", "replicasets"), Rule(Bind, ["batch"], "jobs")),
        Role("knative-serving-podspecable-binding", [PodSpecable], Rule(Bind, [Serving], "configurations", "services")),
    ];
}
