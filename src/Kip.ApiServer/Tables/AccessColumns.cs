using System.Globalization;
using Kip.Resources;
using Kip.Resources.Certificates;
using Kip.Resources.Rbac;
using static Kip.ApiServer.Tables.Columns;

namespace Kip.ApiServer.Tables;

/// <summary>The columns of roles, bindings and requests for certificates.</summary>
internal static class AccessColumns
{
    public static readonly IReadOnlyDictionary<KindDefinition, PrinterColumn[]> ByKind = new Dictionary<KindDefinition, PrinterColumn[]>
    {
        [Role.Definition] = [Name, CreatedAt],
        [ClusterRole.Definition] = [Name, CreatedAt],
        [RoleBinding.Definition] =
        [
            Name, Text<RoleBinding>("Role", static b => RoleOf(b.RoleRef)), Age, .. Subjects<RoleBinding>(static b => b.Subjects),
        ],
        [ClusterRoleBinding.Definition] =
        [
            Name, Text<ClusterRoleBinding>("Role", static b => RoleOf(b.RoleRef)), Age, .. Subjects<ClusterRoleBinding>(static b => b.Subjects),
        ],
        [CertificateSigningRequest.Definition] =
        [
            Name, Age, Text<CertificateSigningRequest>("SignerName", static r => r.Spec.SignerName),
            Text<CertificateSigningRequest>("Requestor", static r => r.Spec.Username),
            Text<CertificateSigningRequest>("RequestedDuration", static r =>
                r.Spec.ExpirationSeconds is { } seconds ? Durations.Short(TimeSpan.FromSeconds(seconds)) : "<none>"),
            Text<CertificateSigningRequest>("Condition", ConditionOf),
        ],
    };

    private static PrinterColumn CreatedAt => new(
        "Created At", "date", static (resource, _) => resource.Metadata.CreationTimestamp?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    private static string RoleOf(RoleRef role) => $"{role.Kind}/{role.Name}";

    private static PrinterColumn[] Subjects<T>(Func<T, ValueList<Subject>> subjects) where T : Resource =>
    [
        Text<T>("Users", binding => Named(subjects(binding), RbacNames.User), 1),
        Text<T>("Groups", binding => Named(subjects(binding), RbacNames.GroupKind), 1),
        Text<T>("ServiceAccounts", binding => Named(subjects(binding), RbacNames.ServiceAccount), 1),
    ];

    private static string Named(ValueList<Subject> subjects, string kind) => string.Join(", ", subjects.Where(subject => subject.Kind == kind)
        .Select(static subject => string.IsNullOrEmpty(subject.Namespace) ? subject.Name : $"{subject.Namespace}/{subject.Name}"));

    private static string ConditionOf(CertificateSigningRequest request)
    {
        var said = request.Status.Conditions.Select(static condition => condition.Type);
        var words = request.Status.Certificate is null ? said : said.Append("Issued");
        return string.Join(',', words) is { Length: > 0 } text ? text : "Pending";
    }
}
