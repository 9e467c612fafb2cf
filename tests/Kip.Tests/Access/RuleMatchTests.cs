using Kip.Resources.Rbac;
using Kip.Rules.Access;
using Shouldly;

namespace Kip.Tests.Access;

public sealed class RuleMatchTests
{
    private static readonly PolicyRule Pods = new() { Verbs = ["get", "list"], ApiGroups = [""], Resources = ["pods"] };

    // verb, group, resource, subresource, name, allowed
    [Theory]
    [InlineData("get", "", "pods", "", "a", true)]
    [InlineData("list", "", "pods", "", "", true)]
    [InlineData("watch", "", "pods", "", "", false)]
    [InlineData("get", "apps", "pods", "", "a", false)]
    [InlineData("get", "", "services", "", "a", false)]
    [InlineData("get", "", "pods", "log", "a", false)]
    public void A_rule_allows_its_verbs_on_its_resources(string verb, string group, string resource, string subresource, string name, bool allowed) =>
        RuleMatch.Allows(Pods, new(verb, group, resource, subresource, "default", name)).ShouldBe(allowed);

    [Theory]
    [InlineData("pods/log", "pods", "log", true)]
    [InlineData("pods/log", "pods", "", false)]
    [InlineData("pods/log", "pods", "exec", false)]
    [InlineData("pods", "pods", "log", false)]
    [InlineData("*/log", "pods", "log", true)]
    [InlineData("*/log", "pods", "", false)]
    [InlineData("*/scale", "deployments", "scale", true)]
    [InlineData("*", "pods", "log", true)]
    [InlineData("*", "pods", "", true)]
    [InlineData("pods/*", "pods", "log", false)]
    [InlineData("xpods/log", "pods", "log", false)]
    [InlineData("/log", "pods", "log", false)]
    public void A_subresource_has_a_name_of_its_own(string stated, string resource, string subresource, bool allowed) =>
        RuleMatch.Allows(new() { Verbs = ["get"], ApiGroups = ["*"], Resources = [stated] }, new("get", "g", resource, subresource, "default", "a"))
            .ShouldBe(allowed);

    [Theory]
    [InlineData("get", "one", true)]
    [InlineData("get", "two", true)]
    [InlineData("get", "three", false)]
    [InlineData("list", "", false)]
    [InlineData("create", "", false)]
    [InlineData("deletecollection", "", false)]
    public void Names_of_resources_allow_these_objects_only(string verb, string name, bool allowed) =>
        RuleMatch.Allows(
            new() { Verbs = ["*"], ApiGroups = [""], Resources = ["secrets"], ResourceNames = ["one", "two"] }, new(verb, "", "secrets", "", "default", name))
            .ShouldBe(allowed);

    [Theory]
    [InlineData("/healthz", "/healthz", true)]
    [InlineData("/healthz", "/healthz/etcd", false)]
    [InlineData("/healthz/*", "/healthz/etcd", true)]
    [InlineData("/healthz/*", "/healthz", false)]
    [InlineData("/api*", "/apis/apps", true)]
    [InlineData("*", "/anything", true)]
    [InlineData("/*/metrics", "/kip/metrics", false)]
    public void Paths_match_whole_or_by_their_beginning(string stated, string path, bool allowed) =>
        RuleMatch.Allows(new() { Verbs = ["get"], NonResourceUrls = [stated] }, AccessRequest.OfPath("get", path)).ShouldBe(allowed);

    [Fact]
    public void A_star_stands_for_every_verb_and_group_and_a_rule_for_paths_allows_no_resource()
    {
        var everything = new PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] };
        RuleMatch.Allows(everything, new("escalate", "x.example.com", "things", "", "", "")).ShouldBeTrue();
        RuleMatch.Allows(everything, AccessRequest.OfPath("get", "/metrics")).ShouldBeFalse();
        RuleMatch.Allows(new() { Verbs = ["*"], NonResourceUrls = ["*"] }, new("get", "", "pods")).ShouldBeFalse();
    }
}
