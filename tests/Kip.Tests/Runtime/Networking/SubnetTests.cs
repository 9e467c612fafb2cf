using System.Net;
using Kip.Runtime.Networking;
using Shouldly;

namespace Kip.Tests.Runtime.Networking;

public class SubnetTests
{
    private static Subnet Of(string text) => Subnet.TryParse(text, out var subnet) ? subnet.Value : throw new ArgumentException(text);

    [Theory]
    [InlineData("10.89.16.0/20", true)]
    [InlineData("10.89.17.0/20", false)]
    [InlineData("10.89.16.0", false)]
    [InlineData("10.89.16.0/30", false)]
    [InlineData("fd00::/64", false)]
    [InlineData("x/20", false)]
    public void A_subnet_is_read(string text, bool valid) => Subnet.TryParse(text, out _).ShouldBe(valid);

    [Fact]
    public void The_first_address_is_the_gateways() =>
        (Of("10.89.16.0/20").Gateway.ToString(), Of("10.89.16.0/20").ToString()).ShouldBe(("10.89.16.1", "10.89.16.0/20"));

    [Fact]
    public void A_platform_chooses_the_same_free_subnet_again_and_another_where_it_meets_a_route()
    {
        var first = SubnetChoice.Choose("platform", [])!.Value;

        SubnetChoice.Choose("platform", []).ShouldBe(first);
        var second = SubnetChoice.Choose("platform", [first])!.Value;
        second.Overlaps(first).ShouldBeFalse();
        SubnetChoice.Choose("platform", [Of("10.0.0.0/8")]).ShouldBeNull();
    }

    [Fact]
    public void Routes_are_read_as_the_kernel_prints_them()
    {
        string[] table =
        [
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "kip1\t0010590A\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0",
        ];

        SubnetChoice.Routes(table).ShouldBe([Of("10.89.16.0/20")]);
        SubnetChoice.DefaultLink(table).ShouldBe("eth0");
    }

    [Fact]
    public void Addresses_are_given_in_turn_once_each_and_come_back()
    {
        var subnet = Of("10.0.0.0/28");
        var pool = new AddressPool(subnet, begin: 3);
        var all = Enumerable.Range(0, 13).Select(_ => pool.Take()!.Value).ToArray();

        all.Distinct().Count().ShouldBe(13);
        all.ShouldAllBe(static offset => offset >= 2 && offset <= 14);
        pool.Take().ShouldBeNull();
        pool.Release(all[5]);
        pool.Release(all[5]);
        pool.Take().ShouldBe(all[5]);
        pool.Taken.ShouldBe(13);
        subnet.At(all[0]).ShouldBe(IPAddress.Parse("10.0.0.5"));
    }

    [Fact]
    public void The_firewall_lets_pods_reach_the_gateway_and_names_and_nothing_else()
    {
        var rules = Firewall.Rules("kip_1", "kip1", Of("10.89.16.0/20"), gatewayPort: 8080, (5301, 5302));

        rules.ShouldContain("delete table inet kip_1\n");
        rules.ShouldContain("iifname \"kip1\" ip daddr 10.89.16.1 meta l4proto tcp redirect to :8080");
        rules.ShouldContain("ip daddr 10.89.16.1 tcp dport { 5302, 8080 } accept");
        rules.ShouldContain("ip saddr 10.89.16.0/20 oifname != \"kip1\" masquerade");
        rules.ShouldNotContain("dport 443");
    }

    [Fact]
    public void The_firewall_leads_pods_to_the_API_at_its_usual_port()
    {
        var rules = Firewall.Rules("kip_1", "kip1", Of("10.89.16.0/20"), gatewayPort: 8080, (5301, 5302), apiPort: 6443);

        var api = rules.IndexOf("iifname \"kip1\" ip daddr 10.89.16.1 tcp dport 443 redirect to :6443\n", StringComparison.Ordinal);
        api.ShouldBeInRange(0, rules.IndexOf("meta l4proto tcp redirect to :8080", StringComparison.Ordinal));
        rules.ShouldContain("ip daddr 10.89.16.1 tcp dport { 5302, 8080, 6443 } accept");
    }
}
