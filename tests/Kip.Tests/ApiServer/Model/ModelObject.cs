using System.Globalization;
using Kip.ApiServer.Registry.Deletion;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;

namespace Kip.Tests.ApiServer.Model;

/// <summary>What tells objects apart.</summary>
internal readonly record struct ModelKey(string Kind, string Space, string Name)
{
    public static ModelKey Of(Resource resource) => new(resource.Kind, resource.Metadata.Namespace, resource.Metadata.Name);

    public override string ToString() => $"{Kind} {Space}/{Name}";
}

/// <summary>All that the model knows of an object.</summary>
/// <param name="Value">A ConfigMap's value, a Deployment's replicas.</param>
/// <param name="Observed">A Deployment's status.</param>
/// <param name="Tier">Its label; null for none.</param>
internal sealed record ModelObject(
    ModelKey Key, string Uid, long Version, long Generation, int Value, int Observed, string? Tier, ValueList<string> Finalizers,
    ValueList<ModelOwner> Owners, bool Deleting)
{
    public bool IsWaiting => Deleting && Finalizers.Contains(Kip.ApiServer.Registry.Deletion.Finalizers.Foreground);

    public bool IsOrphaning => Deleting && Finalizers.Contains(Kip.ApiServer.Registry.Deletion.Finalizers.Orphan);

    public bool IsThrough => Deleting && Finalizers.IsEmpty;

    public bool Owns(ModelObject other) => other.Key.Space == Key.Space && other.Owners.Any(o => o.Uid == Uid);

    public override string ToString() =>
        $"{Key} {Uid} v{Version} g{Generation} value {Value} observed {Observed} tier {Tier} [{string.Join(' ', Finalizers)}] "
        + $"[{string.Join(' ', Owners)}]{(Deleting ? " deleting" : "")}";

    public static ModelObject See(Resource resource)
    {
        var meta = resource.Metadata;
        return new(
            ModelKey.Of(resource), meta.Uid!, long.Parse(meta.ResourceVersion!, CultureInfo.InvariantCulture), meta.Generation, ValueOf(resource),
            resource is Deployment seen ? seen.Status.Replicas : 0, meta.Labels.Get("tier"), meta.Finalizers,
            meta.OwnerReferences.Select(static o => new ModelOwner(o.Uid, o.BlockOwnerDeletion == true)).ToValueList(), meta.DeletionTimestamp is not null);
    }

    private static int ValueOf(Resource resource) => resource switch
    {
        Deployment deployment => deployment.Spec.Replicas ?? 0,
        ConfigMap map => int.Parse(map.Data.Get("value") ?? "0", CultureInfo.InvariantCulture),
        _ => 0,
    };
}

/// <summary>Who owns an object, and whether it must go before its owner.</summary>
internal readonly record struct ModelOwner(string Uid, bool Blocks);
