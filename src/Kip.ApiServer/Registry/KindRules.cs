using System.Text;
using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Registry.Loops;
using Kip.ApiServer.Registry.Metadata;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;

namespace Kip.ApiServer.Registry;

/// <summary>What single kinds ask of the API server itself, beyond what holds for all.</summary>
internal static class KindRules
{
    private const string NameLabel = "kubernetes.io/metadata.name";
    private const int MaxDataBytes = 1024 * 1024;
    private const string SetImmutable = "field is immutable when `immutable` is set";

    /// <summary>A new object with what its kind begins with; a status that was said is dropped.</summary>
    /// <exception cref="ApiException">Data is not base64 (400).</exception>
    public static Resource PrepareCreate(Resource said)
    {
        var fresh = said is IHasStatus parts ? parts.WithStatusOf(EmptyObjects.Of(said.GetDefinition())) : said;
        return fresh switch
        {
            Namespace space => Named(space) with
            {
                Spec = new() { Finalizers = [Finalizers.Kubernetes] },
                Status = new() { Phase = NamespacePhase.Active },
            },
            Pod pod => pod with { Status = new() { Phase = "Pending" } },
            Secret secret => Encoded(secret) with { Type = string.IsNullOrEmpty(secret.Type) ? "Opaque" : secret.Type },
            ConfigMap map => Checked(map),
            _ => fresh,
        };
    }

    /// <summary>An update with what its kind keeps whatever is said.</summary>
    /// <exception cref="ApiException">Data is not base64 (400).</exception>
    public static Resource PrepareUpdate(Resource present, Resource said, string? subresource) => said switch
    {
        Namespace space when subresource != "finalize" => Named(space) with { Spec = ((Namespace)present).Spec },
        Secret secret => Encoded(secret) with { Type = string.IsNullOrEmpty(secret.Type) ? ((Secret)present).Type : secret.Type },
        ConfigMap map => Checked(map),
        _ => said,
    };

    public static IEnumerable<FieldError> Validate(Resource? present, Resource wanted) => wanted switch
    {
        Secret secret => [.. DataErrors("data", secret.Data), .. Changed(present as Secret, secret)],
        ConfigMap map => [.. DataErrors("data", map.Data, map.BinaryData), .. DataErrors("binaryData", map.BinaryData), .. Changed(present as ConfigMap, map)],
        Event happened when happened.InvolvedObject.Namespace is { Length: > 0 } space && space != happened.Metadata.Namespace =>
            [MetadataValidation.Invalid("involvedObject.namespace", space, "does not match event.namespace")],
        _ => [],
    };

    private static IEnumerable<FieldError> Changed(Secret? present, Secret wanted)
    {
        if (present is null) yield break;
        if (present.Type != wanted.Type) yield return MetadataValidation.Invalid("type", wanted.Type ?? "", "field is immutable");
        if (present.Immutable != true) yield break;
        if (wanted.Immutable != true) yield return MetadataValidation.Forbidden("immutable", SetImmutable);
        if (wanted.Data != present.Data) yield return MetadataValidation.Forbidden("data", SetImmutable);
    }

    private static IEnumerable<FieldError> Changed(ConfigMap? present, ConfigMap wanted)
    {
        if (present?.Immutable != true) yield break;
        if (wanted.Immutable != true) yield return MetadataValidation.Forbidden("immutable", SetImmutable);
        if (wanted.Data != present.Data) yield return MetadataValidation.Forbidden("data", SetImmutable);
        if (wanted.BinaryData != present.BinaryData) yield return MetadataValidation.Forbidden("binaryData", SetImmutable);
    }

    private static IEnumerable<FieldError> DataErrors(string field, StringMap data, StringMap other = default)
    {
        long bytes = 0;
        foreach (var (key, value) in data.AsSpan().ToArray())
        {
            bytes += Encoding.UTF8.GetByteCount(value);
            if (key.Length > 253) yield return MetadataValidation.Invalid($"{field}[{key}]", key, "must be no more than 253 characters");
            else if (!IsDataKey(key))
                yield return MetadataValidation.Invalid($"{field}[{key}]", key,
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
                    + "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
            if (other.ContainsKey(key)) yield return MetadataValidation.Invalid($"{field}[{key}]", key, "duplicate of key present in binaryData");
        }
        if (bytes > MaxDataBytes) yield return MetadataValidation.TooLong(field, MaxDataBytes);
    }

    private static Namespace Named(Namespace space) => space with
    {
        Metadata = space.Metadata with { Labels = space.Metadata.Labels.With(NameLabel, space.Metadata.Name) },
    };

    private static Secret Encoded(Secret secret)
    {
        CheckBase64(secret, secret.Data);
        if (secret.StringData.IsEmpty) return secret;
        var plain = secret.StringData.AsSpan().ToArray()
            .Select(static e => KeyValuePair.Create(e.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(e.Value))));
        return secret with { Data = secret.Data.With(StringMap.From(plain)), StringData = default };
    }

    private static ConfigMap Checked(ConfigMap map)
    {
        CheckBase64(map, map.BinaryData);
        return map;
    }

    private static void CheckBase64(Resource holder, StringMap data)
    {
        foreach (var (key, value) in data)
            if (!System.Buffers.Text.Base64.IsValid(value))
                throw ApiException.BadRequest(
                    $"{holder.Kind} in version \"{holder.ApiVersion}\" cannot be handled as a {holder.Kind}: illegal base64 data in \"{key}\"");
    }

    private static bool IsDataKey(string key) => key.Length > 0 && key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
