using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Rules.Access;
using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.Access;

public sealed class RoleBookTests
{
    private static readonly PolicyRule ReadPods = new() { Verbs = ["get"], ApiGroups = [""], Resources = ["pods"] };
    private static readonly UserInfo Ann = new("ann", [UserInfo.Authenticated, "dev"]);

    [Fact]
    public void A_role_binding_counts_in_its_namespace_only()
    {
        var book = Book(roles: [RoleOf("a", "reader", ReadPods)], bindings: [BindingOf("a", "b", "Role", "reader", User("ann"))]);

        book.Decide(Ann, new("get", "", "pods", Namespace: "a", Name: "p"))
            .ShouldBe(new(true, "RBAC: allowed by RoleBinding \"b/a\" of Role \"reader\" to User \"ann\""));
        book.Decide(Ann, new("get", "", "pods", Namespace: "b", Name: "p")).Allowed.ShouldBeFalse();
        book.Decide(Ann, new("get", "", "pods", Name: "p")).Allowed.ShouldBeFalse();
        book.Decide(new("bob", []), new("get", "", "pods", Namespace: "a", Name: "p")).Allowed.ShouldBeFalse();
    }

    [Fact]
    public void A_cluster_role_counts_everywhere_or_where_it_is_bound()
    {
        var everywhere = Book(clusterRoles: [ClusterRoleOf("reader", ReadPods)], clusterBindings: [ClusterBindingOf("b", "reader", Group("dev"))]);
        var inA = Book(clusterRoles: [ClusterRoleOf("reader", ReadPods)], bindings: [BindingOf("a", "b", "ClusterRole", "reader", Group("dev"))]);
        var anywhere = new AccessRequest("get", "", "pods", Namespace: "b", Name: "p");

        everywhere.Decide(Ann, anywhere).ShouldBe(new(true, "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"reader\" to Group \"dev\""));
        inA.Decide(Ann, anywhere).Allowed.ShouldBeFalse();
        inA.Decide(Ann, anywhere with { Namespace = "a" }).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void A_service_account_is_meant_by_its_namespace_which_a_role_binding_may_leave_out()
    {
        var subject = new Subject { Kind = "ServiceAccount", Name = "builder" };
        var book = Book(roles: [RoleOf("a", "reader", ReadPods)], bindings: [BindingOf("a", "b", "Role", "reader", subject)]);
        var asked = new AccessRequest("get", "", "pods", Namespace: "a", Name: "p");

        book.Decide(UserInfo.OfServiceAccount("a", "builder"), asked).Allowed.ShouldBeTrue();
        book.Decide(UserInfo.OfServiceAccount("b", "builder"), asked).Allowed.ShouldBeFalse();
    }

    [Fact]
    public void A_path_is_allowed_by_cluster_bindings_alone()
    {
        var paths = new PolicyRule { Verbs = ["get"], NonResourceUrls = ["/kip/metrics"] };
        var inA = Book(clusterRoles: [ClusterRoleOf("m", paths)], bindings: [BindingOf("a", "b", "ClusterRole", "m", User("ann"))]);
        var everywhere = Book(clusterRoles: [ClusterRoleOf("m", paths)], clusterBindings: [ClusterBindingOf("b", "m", User("ann"))]);

        inA.Decide(Ann, AccessRequest.OfPath("get", "/kip/metrics")).Allowed.ShouldBeFalse();
        everywhere.Decide(Ann, AccessRequest.OfPath("get", "/kip/metrics")).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void A_role_that_is_not_there_is_told_with_the_refusal()
    {
        var book = Book(clusterBindings: [ClusterBindingOf("b", "gone", User("ann"))]);

        book.Decide(Ann, new("get", "", "pods")).ShouldBe(new(false, "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found"));
    }

    /// <summary>Random roles, bindings and questions: the index answers as one that walks through everything.</summary>
    [Fact]
    public void The_index_decides_as_a_plain_search_does()
    {
        var allowed = 0;
        foreach (var seed in Seeds.Take(30))
        {
            var random = new RandomRbac(seed);
            var book = Book(random.Roles, random.ClusterRoles, random.Bindings, random.ClusterBindings);
            for (var i = 0; i < 300; i++)
            {
                var (user, asked) = (random.User(), random.Question());
                var expected = random.Allows(user, asked);
                book.Decide(user, asked).Allowed.ShouldBe(expected, $"seed {seed}: {user} {asked}");
                if (expected) allowed++;
            }
        }
        allowed.ShouldBeGreaterThan(100);
    }

    internal static RoleBook Book(
        IEnumerable<Role>? roles = null, IEnumerable<ClusterRole>? clusterRoles = null, IEnumerable<RoleBinding>? bindings = null,
        IEnumerable<ClusterRoleBinding>? clusterBindings = null) => new(roles ?? [], clusterRoles ?? [], bindings ?? [], clusterBindings ?? []);

    internal static Subject User(string name) => new() { Kind = "User", ApiGroup = RbacNames.Group, Name = name };

    internal static Subject Group(string name) => new() { Kind = "Group", ApiGroup = RbacNames.Group, Name = name };

    internal static Role RoleOf(string space, string name, params ValueList<PolicyRule> rules) =>
        new() { Metadata = new() { Namespace = space, Name = name }, Rules = rules };

    internal static ClusterRole ClusterRoleOf(string name, params ValueList<PolicyRule> rules) => new() { Metadata = new() { Name = name }, Rules = rules };

    internal static RoleBinding BindingOf(string space, string name, string kind, string role, params ValueList<Subject> subjects) => new()
    {
        Metadata = new() { Namespace = space, Name = name }, Subjects = subjects, RoleRef = new() { ApiGroup = RbacNames.Group, Kind = kind, Name = role },
    };

    internal static ClusterRoleBinding ClusterBindingOf(string name, string role, params ValueList<Subject> subjects) => new()
    {
        Metadata = new() { Name = name }, Subjects = subjects, RoleRef = new() { ApiGroup = RbacNames.Group, Kind = "ClusterRole", Name = role },
    };
}
