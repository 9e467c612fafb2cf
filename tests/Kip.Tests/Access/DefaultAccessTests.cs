using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Rules.Access;
using Kip.Rules.Access.Defaults;
using Shouldly;

namespace Kip.Tests.Access;

/// <summary>What the usual roles let people do.</summary>
public sealed class DefaultAccessTests
{
    private static readonly RoleBook Book = new(
        [], Gathered(),
        [.. ((string[])["admin", "edit", "view"]).Select(static role => RoleBookTests.BindingOf("team", role, "ClusterRole", role, RoleBookTests.User(role)))],
        [.. DefaultAccess.Bindings, .. ((string[])["addressable-resolver", "channelable-manipulator"]).Select(
            static role => RoleBookTests.ClusterBindingOf(role, role, RoleBookTests.User(role)))]);

    // user, verb, group, resource, subresource, allowed in the namespace "team"
    [Theory]
    [InlineData("view", "get", "", "pods", "", true)]
    [InlineData("view", "get", "", "pods", "log", true)]
    [InlineData("view", "get", "", "secrets", "", false)]
    [InlineData("view", "create", "", "pods", "exec", false)]
    [InlineData("view", "list", "serving.knative.dev", "services", "", true)]
    [InlineData("view", "delete", "serving.knative.dev", "services", "", false)]
    [InlineData("view", "watch", "eventing.knative.dev", "triggers", "", true)]
    [InlineData("view", "list", "batch", "jobs", "", true)]
    [InlineData("edit", "get", "", "secrets", "", true)]
    [InlineData("edit", "create", "", "pods", "exec", true)]
    [InlineData("edit", "patch", "serving.knative.dev", "services", "", true)]
    [InlineData("edit", "create", "eventing.knative.dev", "brokers", "", true)]
    [InlineData("edit", "create", "rbac.authorization.k8s.io", "roles", "", false)]
    [InlineData("edit", "create", "", "serviceaccounts", "token", true)]
    [InlineData("edit", "delete", "", "namespaces", "", false)]
    [InlineData("admin", "create", "rbac.authorization.k8s.io", "rolebindings", "", true)]
    [InlineData("admin", "delete", "flows.knative.dev", "sequences", "", true)]
    [InlineData("admin", "list", "serving.knative.dev", "services", "", true)]
    [InlineData("admin", "update", "", "resourcequotas", "", false)]
    [InlineData("addressable-resolver", "get", "serving.knative.dev", "services", "", true)]
    [InlineData("addressable-resolver", "get", "flows.knative.dev", "parallels", "", true)]
    [InlineData("addressable-resolver", "update", "serving.knative.dev", "services", "", false)]
    [InlineData("channelable-manipulator", "patch", "messaging.knative.dev", "inmemorychannels", "", true)]
    public void The_usual_roles_allow_what_people_expect(string user, string verb, string group, string resource, string subresource, bool allowed) =>
        Book.Decide(new(user, [UserInfo.Authenticated]), new(verb, group, resource, subresource, "team")).Allowed.ShouldBe(allowed);

    [Fact]
    public void Everybody_known_may_look_around_and_ask_what_they_may_do_and_nothing_more()
    {
        var anybody = new UserInfo("x", [UserInfo.Authenticated]);
        foreach (var path in (string[])["/version", "/api", "/apis/serving.knative.dev/v1", "/openapi/v3/apis/apps/v1"])
            Book.Decide(anybody, AccessRequest.OfPath("get", path)).Allowed.ShouldBeTrue(path);
        Book.Decide(anybody, new("create", "authorization.k8s.io", "selfsubjectaccessreviews")).Allowed.ShouldBeTrue();
        Book.Decide(anybody, AccessRequest.OfPath("get", "/kip/metrics")).Allowed.ShouldBeFalse();
        Book.Decide(anybody, new("list", "", "namespaces")).Allowed.ShouldBeFalse();
        Book.Decide(new("nobody", []), AccessRequest.OfPath("get", "/version")).Allowed.ShouldBeFalse();
    }

    [Fact]
    public void What_was_taken_out_of_a_role_is_put_back_and_what_was_added_stays()
    {
        var wanted = DefaultAccess.Roles.Single(static r => r.Metadata.Name == "system:basic-user");
        var own = new PolicyRule { Verbs = ["get"], ApiGroups = ["x"], Resources = ["y"] };
        var changed = wanted with { Rules = [wanted.Rules[1], own] };

        DefaultAccess.Mended(changed, wanted).Rules.ShouldBe([wanted.Rules[1], own, wanted.Rules[0]]);
        DefaultAccess.Mended(wanted, wanted).ShouldBeSameAs(wanted);
        var alone = changed with { Metadata = changed.Metadata with { Annotations = StringMap.Of((RbacNames.AutoUpdate, "false")) } };
        DefaultAccess.Mended(alone, wanted).ShouldBeSameAs(alone);
    }

    private static IReadOnlyList<ClusterRole> Gathered()
    {
        IReadOnlyList<ClusterRole> roles = DefaultAccess.Roles;
        // edit gathers from view's sources by way of view itself, so it takes as many rounds as there are steps.
        for (var i = 0; i < 3; i++)
            roles = [.. roles.Select(role => role.AggregationRule is null ? role : role with { Rules = ClusterRoleAggregation.RulesOf(role, roles) })];
        return roles;
    }
}
