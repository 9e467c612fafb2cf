using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Selectors;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Admission.Serving.Volumes;

/// <summary>Rules of a Revision's volumes.</summary>
internal static class VolumeRules
{
    public static void Validate(RevisionSpec spec, FeaturesConfig features, FieldErrors errors)
    {
        if (spec.Volumes.IsEmpty) return;
        var mounted = spec.Containers.Concat(spec.InitContainers).SelectMany(static c => c.VolumeMounts).Select(static m => m.Name)
            .ToHashSet();
        var names = new HashSet<string>();
        for (var i = 0; i < spec.Volumes.Count; i++)
        {
            using var _ = errors.In("volumes", i);
            var volume = spec.Volumes[i];
            if (volume.Name.Length == 0) errors.Missing("name");
            else if (NameSyntax.LabelError(volume.Name) is { } wrong) errors.Invalid(volume.Name, "name", wrong);
            else if (!names.Add(volume.Name)) errors.Say($"duplicate volume name \"{volume.Name}\"", "name");
            if (!mounted.Contains(volume.Name)) errors.Say($"volume with name \"{volume.Name}\" not mounted", "name");
            ValidateSource(volume, features, errors);
        }
    }

    private static void ValidateSource(Volume volume, FeaturesConfig features, FieldErrors errors)
    {
        var stated = new List<string>();
        foreach (var (field, isSet, feature) in Sources(volume))
        {
            if (!isSet) continue;
            stated.Add(field);
            if (feature is not null && !features.IsEnabled(feature)) errors.Disallowed(field);
        }
        if (stated.Count == 0) errors.GotNeither("secret", "configMap", "projected", "emptyDir");
        if (stated.Count > 1) errors.GotBoth([.. stated]);
        if (volume.Secret is { SecretName: null or "" }) errors.Missing("secret.secretName");
        if (volume.ConfigMap is { Name: null or "" }) errors.Missing("configMap.name");
        VolumeSourceRules.Validate(volume, features, errors);
        Items(volume.Secret?.Items ?? [], "secret", errors);
        Items(volume.ConfigMap?.Items ?? [], "configMap", errors);
    }

    private static IEnumerable<(string Field, bool IsSet, string? Feature)> Sources(Volume volume) =>
    [
        ("secret", volume.Secret is not null, null),
        ("configMap", volume.ConfigMap is not null, null),
        ("projected", volume.Projected is not null, null),
        ("emptyDir", volume.EmptyDir is not null, FeaturesConfig.EmptyDir),
        ("persistentVolumeClaim", volume.PersistentVolumeClaim is not null, "kubernetes.podspec-persistent-volume-claim"),
        ("hostPath", volume.HostPath is not null, "kubernetes.podspec-volumes-hostpath"),
        ("csi", volume.Csi is not null, "kubernetes.podspec-volumes-csi"),
        ("ephemeral", volume.Ephemeral is not null, "kubernetes.podspec-volumes-ephemeral"),
        ("image", volume.Image is not null, "kubernetes.podspec-volumes-image"),
        ("downwardAPI", volume.DownwardAPI is not null, "never"),
        ("nfs", volume.Nfs is not null, "never"),
    ];

    private static void Items(ValueList<KeyToPath> items, string source, FieldErrors errors)
    {
        using var _ = errors.In(source);
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Key.Length == 0) errors.Missing($"items[{i}].key");
            if (items[i].Path.Length == 0) errors.Missing($"items[{i}].path");
        }
    }
}
