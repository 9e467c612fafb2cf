using Kip.Client;
using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.ApiServer.Registry.Metadata;

/// <summary>Which parts of the metadata are the client's to say, and which the server's.</summary>
/// <remarks>Self links are not kept. What a client says about managed fields is for <c>FieldManagement</c> to judge.</remarks>
internal static class MetadataRules
{
    private const int SuffixLength = 5;
    private const int MaxGeneratedBase = 63 - SuffixLength;

    /// <summary>The metadata of a new object.</summary>
    public static ObjectMeta ForCreate(KindDefinition kind, ObjectMeta said, DateTimeOffset now, string uid, Func<int, string> suffix) => said with
    {
        Name = said.Name.Length == 0 && said.GenerateName is { Length: > 0 } prefix ? Generate(prefix, suffix) : said.Name,
        GenerateName = string.IsNullOrEmpty(said.GenerateName) ? null : said.GenerateName,
        Uid = uid,
        ResourceVersion = null,
        Generation = kind.HasStatus ? 1 : 0,
        CreationTimestamp = now.WholeSeconds(),
        DeletionTimestamp = null,
        DeletionGracePeriodSeconds = null,
        ManagedFields = default,
        SelfLink = null,
    };

    /// <summary>The metadata of an update, without its generation, which follows from the spec. Equal to the present one when nothing changes.</summary>
    public static ObjectMeta ForUpdate(ObjectMeta present, ObjectMeta said)
    {
        var wanted = said with
        {
            Name = present.Name,
            Namespace = present.Namespace,
            GenerateName = present.GenerateName,
            Uid = present.Uid,
            ResourceVersion = present.ResourceVersion,
            Generation = present.Generation,
            CreationTimestamp = present.CreationTimestamp,
            DeletionTimestamp = present.DeletionTimestamp,
            DeletionGracePeriodSeconds = present.DeletionGracePeriodSeconds,
            ManagedFields = present.ManagedFields,
            SelfLink = null,
        };
        // The same instance where nothing differs: old and new objects share their parts.
        return wanted == present ? present : wanted;
    }

    /// <summary>What an update may not change.</summary>
    public static IEnumerable<FieldError> ValidateUpdate(ObjectMeta present, ObjectMeta said)
    {
        if (said.CreationTimestamp is { } created && created.WholeSeconds() != present.CreationTimestamp)
            yield return Immutable("metadata.creationTimestamp", created);
        if (said.DeletionTimestamp is { } deleted && deleted.WholeSeconds() != present.DeletionTimestamp)
            yield return Immutable("metadata.deletionTimestamp", deleted);
        if (present.DeletionTimestamp is null) yield break;
        var added = said.Finalizers.Except(present.Finalizers).ToArray();
        if (added.Length > 0)
            yield return MetadataValidation.Forbidden("metadata.finalizers",
                $"no new finalizers can be added if the object is being deleted, found new finalizers [{string.Join(", ", added.Select(f => $"\"{f}\""))}]");
    }

    /// <summary>Refuses a write that names another version or another object than the one that is stored.</summary>
    /// <exception cref="ApiException">Conflict (409).</exception>
    public static void CheckPreconditions(KindDefinition kind, ObjectMeta present, string? resourceVersion, string? uid)
    {
        if (!string.IsNullOrEmpty(uid) && uid != present.Uid)
            throw ApiException.Conflict(kind, present.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {present.Uid}");
        if (!string.IsNullOrEmpty(resourceVersion) && resourceVersion != "0" && resourceVersion != present.ResourceVersion)
            throw Modified(kind, present.Name);
    }

    public static ApiException Modified(KindDefinition kind, string name) => ApiException.Conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    private static string Generate(string prefix, Func<int, string> suffix) =>
        (prefix.Length > MaxGeneratedBase ? prefix[..MaxGeneratedBase] : prefix) + suffix(SuffixLength);

    private static FieldError Immutable(string field, DateTimeOffset said) =>
        MetadataValidation.Invalid(field, said.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), "field is immutable");
}
