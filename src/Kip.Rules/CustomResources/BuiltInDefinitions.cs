using Kip.Resources;
using Kip.Resources.ApiExtensions;

namespace Kip.Rules.CustomResources;

/// <summary>
/// The definitions under which Knative's kinds appear although they are built in: clients look here for what a server offers, and find sources
/// and channels by their labels.
/// </summary>
public static class BuiltInDefinitions
{
    private const string Yes = "true";

    private static readonly string[] Addressable =
        ["services.serving", "routes.serving", "brokers.eventing", "channels.messaging", "inmemorychannels.messaging", "sequences.flows", "parallels.flows"];

    private static readonly string[] PodSpecable = ["services.serving", "configurations.serving"];

    private static readonly CompactJson AnyObject = CompactJson.Written(
        "", static (writer, _) => writer.WriteRawValue("""{"type":"object","x-kubernetes-preserve-unknown-fields":true}"""u8));

    /// <summary>The definitions of the kinds among these that are Knative's.</summary>
    /// <param name="kinds">Every version of every built-in kind.</param>
    public static IEnumerable<CustomResourceDefinition> Of(IEnumerable<KindDefinition> kinds) =>
        kinds.Where(static kind => kind.Group.EndsWith(".knative.dev", StringComparison.Ordinal)).GroupBy(static kind => kind.Stored).Select(Make);

    private static CustomResourceDefinition Make(IGrouping<KindDefinition, KindDefinition> versions)
    {
        var kind = versions.Key;
        return DefinitionDefaults.Fill(new()
        {
            Metadata = new() { Name = kind.QualifiedPlural, Labels = LabelsOf(kind) },
            Spec = new()
            {
                Group = kind.Group,
                Scope = kind.Namespaced ? "Namespaced" : "Cluster",
                Names = new()
                {
                    Plural = kind.Plural, Singular = kind.Singular, Kind = kind.Kind, ShortNames = kind.ShortNames, Categories = kind.Categories,
                },
                Versions = versions.OrderBy(static v => v.Version, VersionOrder.Preferred).Select(version => new CustomResourceDefinitionVersion
                {
                    Name = version.Version, Served = true, Storage = version == kind, Schema = new() { OpenApiV3Schema = AnyObject },
                    Subresources = version.HasStatus ? new() { Status = new() } : null,
                }).ToValueList(),
            },
        });
    }

    private static StringMap LabelsOf(KindDefinition kind)
    {
        // services.serving.knative.dev, and what is Knative's own business, networking.internal.knative.dev.
        var name = kind.QualifiedPlural.Replace(".knative.dev", "", StringComparison.Ordinal);
        var labels = StringMap.Of(("knative.dev/crd-install", Yes));
        if (Addressable.Contains(name)) labels = labels.With("duck.knative.dev/addressable", Yes);
        if (PodSpecable.Contains(name)) labels = labels.With("duck.knative.dev/podspecable", Yes);
        if (kind.Group == "sources.knative.dev") labels = labels.With("duck.knative.dev/source", Yes);
        if (name == "sinkbindings.sources") labels = labels.With("duck.knative.dev/binding", Yes);
        if (kind.Group == "sinks.knative.dev") labels = labels.With("duck.knative.dev/addressable", Yes);
        if (name is "channels.messaging" or "inmemorychannels.messaging") labels = labels.With("messaging.knative.dev/subscribable", Yes);
        return labels;
    }
}
