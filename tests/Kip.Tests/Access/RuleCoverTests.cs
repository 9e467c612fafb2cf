using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Rules.Access;
using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.Access;

public sealed class RuleCoverTests
{
    private static readonly PolicyRule ReadPods = new() { Verbs = ["get", "list"], ApiGroups = [""], Resources = ["pods"] };

    [Fact]
    public void What_is_held_may_be_given_in_parts_and_put_together_from_several_rules()
    {
        PolicyRule[] held = [ReadPods, new() { Verbs = ["get"], ApiGroups = ["apps"], Resources = ["deployments"], ResourceNames = ["one"] }];

        Missing(held, ReadPods with { Verbs = ["get"] }).ShouldBeEmpty();
        Missing(held, ReadPods with { ResourceNames = ["mine"] }).ShouldBeEmpty();
        Missing(held, new PolicyRule { Verbs = ["get"], ApiGroups = ["apps"], Resources = ["deployments"], ResourceNames = ["one"] }).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_not_held_is_told_verb_by_verb()
    {
        var asked = new PolicyRule { Verbs = ["get", "delete", "create"], ApiGroups = [""], Resources = ["pods", "secrets"], ResourceNames = ["x"] };

        RuleCover.Describe(Missing([ReadPods], asked)).ShouldBe(
            """
            {APIGroups:[""], Resources:["pods"], ResourceNames:["x"], Verbs:["delete" "create"]}
            {APIGroups:[""], Resources:["secrets"], ResourceNames:["x"], Verbs:["get" "delete" "create"]}
            """);
        RuleCover.Describe(Missing([], new PolicyRule { Verbs = ["get"], NonResourceUrls = ["/x"] })).ShouldBe("{NonResourceURLs:[\"/x\"], Verbs:[\"get\"]}");
    }

    [Theory]
    [InlineData("*", "pods", false)]
    [InlineData("pods", "*", true)]
    [InlineData("pods/log", "*/log", true)]
    [InlineData("*/log", "pods/log", false)]
    [InlineData("*/log", "*/log", true)]
    [InlineData("pods/log", "pods", false)]
    public void A_star_is_covered_by_a_star_alone(string asked, string held, bool covered) =>
        (Missing([ReadPods with { Resources = [held] }], ReadPods with { Resources = [asked] }).Count == 0).ShouldBe(covered);

    /// <summary>Whatever a covered rule allows, the rules that cover it allow, too.</summary>
    [Fact]
    public void Nothing_is_allowed_by_a_covered_rule_that_was_not_allowed_before()
    {
        var covered = 0;
        foreach (var seed in Seeds.Take(200))
        {
            var random = new RandomRbac(seed);
            PolicyRule[] held = [.. random.ClusterRoles.SelectMany(static r => (IEnumerable<PolicyRule>)r.Rules)];
            foreach (var rule in random.Roles.SelectMany(static r => (IEnumerable<PolicyRule>)r.Rules))
            {
                if (Missing(held, rule).Count > 0) continue;
                covered++;
                for (var i = 0; i < 50; i++)
                {
                    var asked = random.Question();
                    if (RuleMatch.Allows(rule, asked)) held.Any(each => RuleMatch.Allows(each, asked)).ShouldBeTrue($"seed {seed}: {rule} {asked}");
                }
            }
        }
        covered.ShouldBeGreaterThan(10);
    }

    private static IReadOnlyList<PolicyRule> Missing(IReadOnlyList<PolicyRule> held, params PolicyRule[] wanted) => RuleCover.Missing(held, wanted);
}
