using System.Globalization;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.FieldManagement;

/// <summary>How a server-side apply fails, in Kubernetes' words, which people search the web for.</summary>
internal static class ApplyFailures
{
    // More causes than this help nobody; the message says how many there are.
    private const int MaxCauses = 100;

    /// <summary>409: others own what the applier wants to change.</summary>
    public static ApiException Conflict(IReadOnlyList<FieldConflict> conflicts)
    {
        var all = conflicts
            .SelectMany(static conflict => conflict.Fields.Paths().Select(path => (Owner: Named(conflict.Owner), Path: path)))
            .OrderBy(static conflict => conflict.Owner, StringComparer.Ordinal).ToList();
        return new(new Status
        {
            State = "Failure",
            Code = 409,
            Reason = StatusReason.Conflict,
            Message = Message(all),
            Details = new()
            {
                Causes = all.Take(MaxCauses).Select(static conflict => new StatusCause
                {
                    Reason = "FieldManagerConflict", Message = $"conflict with {conflict.Owner}", Field = conflict.Path,
                }).ToValueList(),
            },
        });
    }

    /// <summary>400: the configuration does not fit the kind.</summary>
    public static ApiException NotTyped(KindDefinition kind, NamespacedName name, IReadOnlyList<string> errors)
    {
        var what = errors.Count == 1 ? errors[0] : "errors:\n" + string.Join('\n', errors.Select(static error => "  " + error));
        return ApiException.BadRequest($"failed to create typed patch object ({name.Namespace}/{name.Name}; {kind.ApiVersion}, Kind={kind.Kind}): {what}");
    }

    private static string Message(List<(string Owner, string Path)> conflicts)
    {
        if (conflicts is [var only]) return $"Apply failed with 1 conflict: conflict with {only.Owner}: {only.Path}";
        var lines = conflicts.Take(MaxCauses).GroupBy(static conflict => conflict.Owner)
            .SelectMany(static group => group.Select(static conflict => $"- {conflict.Path}").Prepend($"conflicts with {group.Key}:"));
        return $"Apply failed with {conflicts.Count.ToString(CultureInfo.InvariantCulture)} conflicts: {string.Join('\n', lines)}";
    }

    private static string Named(ManagedFieldsEntry owner)
    {
        var subresource = string.IsNullOrEmpty(owner.Subresource) ? "" : $" with subresource \"{owner.Subresource}\"";
        var version = owner.Operation == FieldWriter.Update ? $" using {owner.ApiVersion}" : "";
        return $"\"{owner.Manager}\"{subresource}{version}";
    }
}
