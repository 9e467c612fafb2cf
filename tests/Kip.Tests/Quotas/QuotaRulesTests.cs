using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Quotas;
using Shouldly;

namespace Kip.Tests.Quotas;

public class QuotaRulesTests
{
    private static Pod PodOf(string name, StringMap requests = default, StringMap limits = default, string? phase = null, long? deadline = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec
        {
            ActiveDeadlineSeconds = deadline,
            Containers = [new Container { Name = "app", Resources = new ResourceRequirements { Requests = requests, Limits = limits } }],
        },
        Status = new PodStatus { Phase = phase ?? "Running" },
    };

    private static ResourceQuota QuotaOf(StringMap hard, params ReadOnlySpan<string> scopes) =>
        new() { Metadata = new ObjectMeta { Name = "q" }, Spec = new ResourceQuotaSpec { Hard = hard, Scopes = ValueList.Create(scopes) } };

    private static StringMap Cpu(string amount) => StringMap.Of(("cpu", amount));

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1000m", "1")]
    [InlineData("1500m", "1500m")]
    [InlineData("0.5", "500m")]
    [InlineData("100u", "100u")]
    [InlineData("2Gi", "2Gi")]
    [InlineData("2048Mi", "2Gi")]
    [InlineData("1e3", "1000")]
    [InlineData("+2k", "2000")]
    [InlineData("nonsense", "0")]
    public void Amounts_are_exact_and_written_in_Kubernetes_form(string read, string written) => Amount.Parse(read).ToString().ShouldBe(written);

    [Fact]
    public void What_has_no_room_is_refused_in_Kubernetes_words()
    {
        var quota = QuotaOf(StringMap.Of(("pods", "2"), ("requests.cpu", "1")));
        Resource[] present = [PodOf("a", Cpu("400m")), PodOf("b", Cpu("400m"))];

        QuotaRules.Refusal(quota, PodOf("c", Cpu("300m")), null, _ => present)
            .ShouldBe("exceeded quota: q, requested: pods=1,requests.cpu=300m, used: pods=2,requests.cpu=800m, limited: pods=2,requests.cpu=1");
        QuotaRules.Refusal(quota, PodOf("c", Cpu("200m")), null, _ => present[..1]).ShouldBeNull();
    }

    [Fact]
    public void Pods_that_have_ended_take_nothing_but_are_still_objects()
    {
        var quota = QuotaOf(StringMap.Of(("pods", "1"), ("count/pods", "5"), ("requests.cpu", "1")));

        QuotaRules.Used(quota.Spec, _ => [PodOf("a", Cpu("1"), phase: "Succeeded"), PodOf("b", Cpu("1"), phase: "Failed")])
            .ShouldBe(StringMap.Of(("pods", "0"), ("count/pods", "2"), ("requests.cpu", "0")));
    }

    [Fact]
    public void A_pod_must_say_what_is_limited_and_a_limit_is_its_own_request()
    {
        var quota = QuotaOf(StringMap.Of(("requests.cpu", "4"), ("limits.memory", "4Gi")));

        QuotaRules.Refusal(quota, PodOf("a"), null, static _ => []).ShouldBe("failed quota: q: must specify limits.memory for: app; requests.cpu for: app");
        QuotaRules.Refusal(quota, PodOf("a", limits: StringMap.Of(("cpu", "1"), ("memory", "1Gi"))), null, static _ => []).ShouldBeNull();
    }

    [Theory]
    [InlineData("BestEffort", true, false, false)]
    [InlineData("NotBestEffort", false, true, true)]
    [InlineData("Terminating", false, false, true)]
    [InlineData("NotTerminating", true, true, false)]
    public void A_scope_says_which_pods_count(string scope, bool plain, bool requesting, bool limitedInTime)
    {
        var quota = QuotaOf(StringMap.Of(("pods", "0")), scope);

        bool Counts(Pod pod) => QuotaRules.Refusal(quota, pod, null, static _ => []) is not null;
        Counts(PodOf("a")).ShouldBe(plain);
        Counts(PodOf("b", Cpu("1"))).ShouldBe(requesting);
        Counts(PodOf("c", Cpu("1"), deadline: 10)).ShouldBe(limitedInTime);
    }

    [Fact]
    public void Services_count_by_what_they_take()
    {
        var quota = QuotaOf(StringMap.Of(("services", "9"), ("services.nodeports", "9"), ("services.loadbalancers", "9"), ("count/services", "9")));
        Service Of(string type) => new() { Spec = new ServiceSpec { Type = type, Ports = [new ServicePort { Port = 1 }, new ServicePort { Port = 2 }] } };

        QuotaRules.Used(quota.Spec, _ => [Of("ClusterIP"), Of("NodePort"), Of("LoadBalancer")])
            .ShouldBe(StringMap.Of(("services", "3"), ("services.nodeports", "4"), ("services.loadbalancers", "1"), ("count/services", "3")));
    }

    [Fact]
    public void Init_containers_count_where_they_ask_for_more_than_what_runs_after_them()
    {
        static Container Of(string cpu, string? restart = null) =>
            new() { Name = cpu, RestartPolicy = restart, Resources = new ResourceRequirements { Requests = Cpu(cpu) } };

        PodAmounts.Of(new PodSpec { InitContainers = [Of("3")], Containers = [Of("1"), Of("1")] }, "cpu", limits: false).ShouldBe(Amount.Of(3));
        PodAmounts.Of(new PodSpec { InitContainers = [Of("1", "Always"), Of("1")], Containers = [Of("1"), Of("1")] }, "cpu", limits: false)
            .ShouldBe(Amount.Of(3));
    }

    [Fact]
    public void The_pods_overhead_is_requested_too_and_limited_where_anything_is()
    {
        var overhead = new RawJson("""{"cpu":"250m"}""");
        var plain = new PodSpec
        {
            Containers = [new Container { Name = "a", Resources = new ResourceRequirements { Requests = Cpu("1") } }], Overhead = overhead,
        };
        var limited = plain with { Containers = [new Container { Name = "a", Resources = new ResourceRequirements { Limits = Cpu("2") } }] };

        PodAmounts.Of(plain, "cpu", limits: false).ShouldBe(Amount.Parse("1250m"));
        PodAmounts.Of(plain, "cpu", limits: true).ShouldBe(default);
        PodAmounts.Of(limited, "cpu", limits: true).ShouldBe(Amount.Parse("2250m"));
        PodAmounts.Of(plain, "memory", limits: false).ShouldBe(default);
    }

    [Fact]
    public void Ranges_fill_in_what_is_not_said_and_refuse_what_is_too_little_or_too_much()
    {
        LimitRange[] ranges =
        [
            new()
            {
                Spec = new LimitRangeSpec
                {
                    Limits = [new LimitRangeItem
                    {
                        Type = "Container", Default = Cpu("500m"), DefaultRequest = Cpu("250m"), Max = Cpu("1"), Min = Cpu("100m"),
                    }],
                },
            },
        ];

        var filled = LimitRangeRules.Default(PodOf("a"), ranges).Spec.Containers[0].Resources!;
        (filled.Limits["cpu"], filled.Requests["cpu"]).ShouldBe(("500m", "250m"));
        LimitRangeRules.Violations(LimitRangeRules.Default(PodOf("a"), ranges), ranges).ShouldBeEmpty();
        LimitRangeRules.Violations(PodOf("a", limits: Cpu("2")), ranges)
            .ShouldBe(["maximum cpu usage per Container is 1, but limit is 2", "maximum cpu usage per Container is 1, but request is 2"]);
        LimitRangeRules.Violations(PodOf("a", Cpu("50m"), Cpu("1")), ranges).ShouldBe(["minimum cpu usage per Container is 100m, but request is 50m"]);
    }
}
