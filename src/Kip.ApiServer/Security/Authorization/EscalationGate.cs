using Kip.Client;
using Kip.Resources;
using Kip.Resources.Certificates;
using Kip.Resources.Rbac;
using Kip.Rules.Access;
using Kip.Rules.Admission;

namespace Kip.ApiServer.Security.Authorization;

/// <summary>Sees to it that nobody gives rights away that he does not have, unless the verbs <c>escalate</c> and <c>bind</c> let him.</summary>
internal sealed class EscalationGate(Authorizer authorizer)
{
    private static readonly PolicyRule[] Everything =
        [new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] }, new() { Verbs = ["*"], NonResourceUrls = ["*"] }];

    /// <exception cref="ApiException">403: the role or binding would give more than the user has. 404: the role of a binding is not there.</exception>
    /// <remarks>A binding's role cannot be changed, so only who gets it matters.</remarks>
    public void Check(AdmissionRequest request)
    {
        var user = request.Requester;
        if (user.IsMaster) return;
        var space = request.Object.Metadata.Namespace;
        switch (request.Object)
        {
            case Role role when role.Rules != (request.Old as Role)?.Rules: CheckRole(role, role.Rules, space, user); break;
            case ClusterRole role when role.AggregationRule is not null && role.AggregationRule != (request.Old as ClusterRole)?.AggregationRule:
                if (RuleCover.Missing(authorizer.Book.RulesOf(user, "").Rules, Everything).Count > 0)
                    throw Refused(role, "must have cluster-admin privileges to use an aggregationRule");
                break;
            case ClusterRole role when role.Rules != (request.Old as ClusterRole)?.Rules: CheckRole(role, role.Rules, "", user); break;
            case RoleBinding binding when binding.Subjects != (request.Old as RoleBinding)?.Subjects:
                CheckBinding(binding, binding.RoleRef, space, user);
                break;
            case CertificateSigningRequest asked: CheckApproval(asked, request.Old as CertificateSigningRequest, request.Subresource, user); break;
            case ClusterRoleBinding binding when binding.Subjects != (request.Old as ClusterRoleBinding)?.Subjects:
                CheckBinding(binding, binding.RoleRef, "", user);
                break;
        }
    }

    // Whoever approves makes somebody else known here, so the verb on the object is not enough: the signer must be his to use.
    private void CheckApproval(CertificateSigningRequest asked, CertificateSigningRequest? old, string? subresource, UserInfo user)
    {
        if (old is null || Decisions(asked).SequenceEqual(Decisions(old))) return;
        var signer = asked.Spec.SignerName ?? "";
        var domain = signer.Split('/')[0] + "/*";
        if (subresource == "approval" && (MayApprove(signer) || MayApprove(domain))) return;
        throw Refused(asked, $"user not permitted to approve requests with signerName \"{signer}\"");

        bool MayApprove(string name) => authorizer.Decide(user, new("approve", asked.GetDefinition().Group, "signers", Name: name)).Allowed;
    }

    private static IEnumerable<SigningCondition> Decisions(CertificateSigningRequest request) =>
        request.Status.Conditions.Where(static condition => condition.Type is SigningCondition.Approved or SigningCondition.Denied);

    private void CheckRole(Resource role, ValueList<PolicyRule> rules, string space, UserInfo user)
    {
        if (authorizer.Decide(user, new("escalate", RbacNames.Group, role.GetDefinition().Plural, Namespace: space, Name: role.Metadata.Name)).Allowed) return;
        CheckCover(role, rules, space, user);
    }

    private void CheckBinding(Resource binding, RoleRef role, string space, UserInfo user)
    {
        var kind = role.Kind == Role.Definition.Kind ? Role.Definition : ClusterRole.Definition;
        if (authorizer.Decide(user, new("bind", RbacNames.Group, kind.Plural, Namespace: space, Name: role.Name ?? "")).Allowed) return;
        CheckCover(binding, authorizer.Book.RulesOf(role, space) ?? throw ApiException.NotFound(kind, role.Name ?? ""), space, user);
    }

    private void CheckCover(Resource written, ValueList<PolicyRule> rules, string space, UserInfo user)
    {
        var missing = RuleCover.Missing(authorizer.Book.RulesOf(user, space).Rules, rules);
        if (missing.Count == 0) return;
        var groups = string.Join(' ', user.Groups.Select(static group => $"\"{group}\""));
        throw Refused(written,
            $"user \"{user.Name}\" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n{RuleCover.Describe(missing)}");
    }

    private static ApiException Refused(Resource written, string why)
    {
        var kind = written.GetDefinition();
        return new(new Status
        {
            State = "Failure", Code = 403, Reason = StatusReason.Forbidden, Message = $"{kind.QualifiedPlural} \"{written.Metadata.Name}\" is forbidden: {why}",
            Details = new StatusDetails { Name = written.Metadata.Name, Group = kind.Group, Kind = kind.Plural },
        });
    }
}
