using FsCheck;
using FsCheck.Fluent;
using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Testing.Traffic;
using Kip.Traffic.Activation;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>Which revision the table names for a host, a path and headers.</summary>
public sealed class RouteTableTests
{
    private readonly Dictionary<NamespacedName, RevisionBackend> _backends = [];

    [Theory]
    [InlineData("app.default.example.com", true)]
    [InlineData("app.default.example.com:8080", true)]
    [InlineData("APP.Default.Example.COM", true)]
    [InlineData("app.default.example.com.", true)]
    [InlineData("app.default.example.com.:80", true)]
    [InlineData("app.default.example.co", false)]
    [InlineData("other.default.example.com", false)]
    [InlineData("", false)]
    [InlineData("[::1]:8080", false)]
    public void A_host_matches_exactly_whatever_its_case_or_port(string host, bool found)
    {
        var table = Table(TrafficObjects.Ingress("app", "app.default.example.com", ("r", 100)));

        (table.Find(host) is not null).ShouldBe(found);
    }

    [Fact]
    public void An_IPv6_address_is_a_host()
    {
        var table = Table(TrafficObjects.Ingress("app", "[::1]", ("r", 100)));

        table.Find("[::1]:8080").ShouldNotBeNull();
        table.Find("[::1]").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/", "root")]
    [InlineData("/api", "api")]
    [InlineData("/api/v1/x", "v1")]
    [InlineData("/apis", "api")]
    [InlineData("/other", "root")]
    public void The_longest_prefix_wins(string path, string revision)
    {
        var table = Table(TrafficObjects.Ingress("app", [TrafficObjects.Rule("h",
            TrafficObjects.Path("", ("root", 100)), TrafficObjects.Path("/api", ("api", 100)), TrafficObjects.Path("/api/v1", ("v1", 100)))]));

        Pick(table, path).ShouldBe(revision);
    }

    [Fact]
    public void A_header_condition_goes_before_the_same_path_without_one()
    {
        var tagged = TrafficObjects.Path("", ("blue", 100)) with { Headers = StringMap.Of(("Knative-Serving-Tag", "blue")) };
        var table = Table(TrafficObjects.Ingress("app", [TrafficObjects.Rule("h", TrafficObjects.Path("", ("plain", 100)), tagged)]));

        Pick(table, "/", ("knative-serving-tag", "blue")).ShouldBe("blue");
        Pick(table, "/", ("knative-serving-tag", "Blue")).ShouldBe("plain");
        Pick(table, "/").ShouldBe("plain");
    }

    [Fact]
    public void A_split_is_met_and_zero_percent_gets_nothing()
    {
        var route = Table(TrafficObjects.Ingress("app", "h", ("a", 70), ("none", 0), ("b", 29), ("c", 1))).Find("h")!.Paths[0];
        var random = new Random(42);

        var counts = Enumerable.Range(0, 100_000).CountBy(_ => route.Pick(random)!.Backend.Name.Name).ToDictionary();

        counts.Keys.Order().ShouldBe(["a", "b", "c"]);
        counts["a"].ShouldBeInRange(69_000, 71_000);
        counts["b"].ShouldBeInRange(28_000, 30_000);
        counts["c"].ShouldBeInRange(850, 1_150);
    }

    [Fact]
    public void A_single_split_without_a_percentage_gets_everything()
    {
        Pick(Table(TrafficObjects.Ingress("app", "h", ("only", 0))), "/").ShouldBe("only");
    }

    [Fact]
    public void Of_two_ingresses_that_claim_a_host_the_older_has_it_whatever_the_order()
    {
        var old = Aged(TrafficObjects.Ingress("z", "h", ("old", 100)), 1);
        var young = Aged(TrafficObjects.Ingress("a", "h", ("young", 100)), 2);

        Pick(Table(old, young), "/").ShouldBe("old");
        Pick(Table(young, old), "/").ShouldBe("old");
        var builder = new RouteTableBuilder(Backend);
        builder.Set(old);
        builder.Set(young);
        builder.Remove(old.Key);
        Pick(builder.ToTable(RouteTable.Empty, 1), "/").ShouldBe("young");
    }

    [Fact]
    public void A_table_that_is_changed_step_by_step_is_the_table_that_is_built_at_once()
    {
        var change = Gen.Choose(0, 7).Zip(Gen.Choose(0, 3)).Select(static pair => (Ingress: pair.Item1, Variant: pair.Item2));
        Prop.ForAll(change.ListOf().ToArbitrary(), changes =>
        {
            var builder = new RouteTableBuilder(Backend);
            var present = new Dictionary<NamespacedName, Ingress>();
            var table = RouteTable.Empty;
            var version = 0;
            foreach (var (index, variant) in changes)
            {
                var ingress = Aged(TrafficObjects.Ingress($"i{index}", $"host{(index + variant) % 5}", ($"r{index}-{variant}", 100)), index % 3);
                if (variant == 3)
                {
                    builder.Remove(ingress.Key);
                    present.Remove(ingress.Key);
                }
                else
                {
                    builder.Set(ingress);
                    present[ingress.Key] = ingress;
                }
                table = builder.ToTable(table, ++version);
            }
            var whole = RouteTable.Build(present.Values, Backend);
            return table.HostCount == whole.HostCount
                && Enumerable.Range(0, 5).All(i => Pick(table, "/", host: $"host{i}") == Pick(whole, "/", host: $"host{i}"));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_table_in_force_is_not_touched_by_the_next_one()
    {
        var builder = new RouteTableBuilder(Backend);
        builder.Set(TrafficObjects.Ingress("app", "h", ("one", 100)));
        var first = builder.ToTable(RouteTable.Empty, 1);
        builder.Set(TrafficObjects.Ingress("app", "h", ("two", 100)));
        var second = builder.ToTable(first, 2);
        builder.Remove(TrafficObjects.Name("app"));
        var third = builder.ToTable(second, 3);

        Pick(first, "/").ShouldBe("one");
        Pick(second, "/").ShouldBe("two");
        third.Find("h").ShouldBeNull();
    }

    [Fact]
    public void Another_status_of_an_ingress_makes_no_new_table_and_another_object_of_its_name_does()
    {
        var builder = new RouteTableBuilder(Backend);
        var ingress = TrafficObjects.Ingress("app", "h", ("one", 100));
        builder.Set(ingress);
        builder.ToTable(RouteTable.Empty, 1);

        builder.Set(ingress with { Status = new() { ObservedGeneration = 1 } });
        builder.HasChanges.ShouldBeFalse();
        builder.Set(ingress with { Metadata = ingress.Metadata with { Uid = "another", CreationTimestamp = DateTimeOffset.UnixEpoch } });
        builder.HasChanges.ShouldBeTrue("which of two has a host goes by their age");
    }

    [Fact]
    public void A_change_among_ten_thousand_routes_costs_its_own_part_of_the_table_only()
    {
        var builder = new RouteTableBuilder(Backend);
        for (var i = 0; i < 10_000; i++) builder.Set(TrafficObjects.Ingress($"i{i}", $"host{i}.default.example.com", ($"r{i}", 100)));
        var before = builder.ToTable(RouteTable.Empty, 1);

        builder.Set(TrafficObjects.Ingress("i77", "host77.default.example.com", ("new", 100)));
        var after = builder.ToTable(before, 2);

        after.HostCount.ShouldBe(10_000);
        Pick(after, "/", host: "host77.default.example.com").ShouldBe("new");
        var changed = 0;
        for (var i = 0; i < RouteTable.ShardCount; i++)
            if (!ReferenceEquals(before.Shards[i], after.Shards[i])) changed++;
        changed.ShouldBe(1);
    }

    [Fact]
    public void A_revision_that_no_route_names_any_more_is_told_of()
    {
        var unused = new List<string>();
        var builder = new RouteTableBuilder(Backend, backend => unused.Add(backend.Name.Name));

        builder.Set(TrafficObjects.Ingress("app", "h", ("one", 50), ("two", 50)));
        builder.Set(TrafficObjects.Ingress("app", "h", ("two", 100)));
        unused.ShouldBe(["one"]);
        builder.Remove(TrafficObjects.Name("app"));
        unused.ShouldBe(["one", "two"]);
    }

    [Fact]
    public void Finding_a_route_allocates_nothing()
    {
        var table = Table(TrafficObjects.Ingress("app", "app.default.example.com", ("a", 50), ("b", 50)));
        var headers = new HeaderDictionary();
        var random = new Random(1);
        Find(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Find(10_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Find(int times)
        {
            for (var i = 0; i < times; i++) table.Find("app.default.example.com:8080")!.Match("/x", headers)!.Pick(random).ShouldNotBeNull();
        }
    }

    private static Ingress Aged(Ingress ingress, int day) =>
        ingress with { Metadata = ingress.Metadata with { CreationTimestamp = new DateTimeOffset(2026, 1, 1 + day, 0, 0, 0, TimeSpan.Zero) } };

    private static string? Pick(RouteTable table, string path, (string Name, string Value)? header = null, string host = "h")
    {
        var headers = new HeaderDictionary();
        if (header is { } given) headers[given.Name] = given.Value;
        return table.Find(host)?.Match(path, headers)?.Pick(new Random(1))?.Backend.Name.Name;
    }

    private RouteTable Table(params Ingress[] ingresses) => RouteTable.Build(ingresses, Backend);

    private RevisionBackend Backend(NamespacedName name)
    {
        if (!_backends.TryGetValue(name, out var backend))
            _backends[name] = backend = new(name, new(10, Random.Shared, TimeProvider.System), TimeProvider.System);
        return backend;
    }
}
