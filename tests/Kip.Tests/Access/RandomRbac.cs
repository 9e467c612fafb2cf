using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Rules.Access;

namespace Kip.Tests.Access;

/// <summary>Random roles and bindings over few names, so that they meet; and the plainest possible answer to a question about them.</summary>
internal sealed class RandomRbac
{
    private static readonly string[] Spaces = ["a", "b"];
    private static readonly string[] Names = ["x", "y", "z"];
    private static readonly string[] Verbs = ["get", "list", "create", "*"];
    private static readonly string[] Groups = ["", "apps", "*"];
    private static readonly string[] Kinds = ["pods", "deployments", "pods/log", "*/scale", "*"];
    private static readonly string[] Paths = ["/metrics", "/kip/*", "*"];

    private readonly Random _random;

    public RandomRbac(int seed)
    {
        _random = new Random(seed);
        Roles = [.. from space in Spaces from name in Names where Coin() select RoleBookTests.RoleOf(space, name, Rules())];
        ClusterRoles = [.. from name in Names where Coin() select RoleBookTests.ClusterRoleOf(name, Rules())];
        Bindings = [.. Enumerable.Range(0, 4).Select(
            i => RoleBookTests.BindingOf(Any(Spaces), $"b{i}", Coin() ? "Role" : "ClusterRole", Any(Names), Subjects()))];
        ClusterBindings = [.. Enumerable.Range(0, 2).Select(i => RoleBookTests.ClusterBindingOf($"c{i}", Any(Names), Subjects()))];
    }

    public IReadOnlyList<Role> Roles { get; }
    public IReadOnlyList<ClusterRole> ClusterRoles { get; }
    public IReadOnlyList<RoleBinding> Bindings { get; }
    public IReadOnlyList<ClusterRoleBinding> ClusterBindings { get; }

    public UserInfo User() => Coin() ? UserInfo.OfServiceAccount(Any(Spaces), Any(Names)) : new(Any(Names), Coin() ? [Any(Names)] : []);

    public AccessRequest Question() => _random.Next(5) == 0
        ? AccessRequest.OfPath("get", Any(["/metrics", "/kip/events", "/other"]))
        : new(
            Any(["get", "list", "create"]), Any(["", "apps"]), Any(["pods", "deployments"]), Any(["", "log", "scale"]), Any(["", "a", "b"]),
            Any(["", "x", "y"]));

    /// <summary>Looks at every binding, every subject and every rule.</summary>
    public bool Allows(UserInfo user, AccessRequest asked) =>
        ClusterBindings.Any(b => b.Subjects.Any(s => Is(s, user, "")) && RulesOf(b.RoleRef, "").Any(rule => RuleMatch.Allows(rule, asked)))
        || (asked.IsResource && Bindings.Any(b => b.Metadata.Namespace == asked.Namespace && b.Subjects.Any(s => Is(s, user, b.Metadata.Namespace))
            && RulesOf(b.RoleRef, b.Metadata.Namespace).Any(rule => RuleMatch.Allows(rule, asked))));

    private IEnumerable<PolicyRule> RulesOf(RoleRef role, string space) => role.Kind == "Role"
        ? Roles.Where(r => r.Metadata.Namespace == space && r.Metadata.Name == role.Name).SelectMany(static r => (IEnumerable<PolicyRule>)r.Rules)
        : ClusterRoles.Where(r => r.Metadata.Name == role.Name).SelectMany(static r => (IEnumerable<PolicyRule>)r.Rules);

    private static bool Is(Subject subject, UserInfo user, string space) => subject.Kind switch
    {
        "User" => subject.Name == user.Name,
        "Group" => user.Groups.Contains(subject.Name!),
        _ => user.Name == $"system:serviceaccount:{subject.Namespace ?? space}:{subject.Name}",
    };

    private ValueList<PolicyRule> Rules() => Enumerable.Range(0, _random.Next(1, 3)).Select(_ => _random.Next(4) == 0
        ? new PolicyRule { Verbs = [Any(Verbs)], NonResourceUrls = [Any(Paths)] }
        : new PolicyRule
        {
            Verbs = [Any(Verbs)], ApiGroups = [Any(Groups)], Resources = [Any(Kinds)], ResourceNames = _random.Next(3) == 0 ? [Any(Names)] : [],
        })
        .ToValueList();

    private ValueList<Subject> Subjects() => Enumerable.Range(0, _random.Next(1, 3)).Select(_ => _random.Next(3) switch
    {
        0 => RoleBookTests.User(Any(Names)),
        1 => RoleBookTests.Group(Any(Names)),
        _ => new Subject { Kind = "ServiceAccount", Name = Any(Names), Namespace = Coin() ? Any(Spaces) : null },
    }).ToValueList();

    private bool Coin() => _random.Next(2) == 0;

    private string Any(string[] from) => from[_random.Next(from.Length)];
}
