using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Eventing.Filters;
using Kip.Tests.Eventing.Cesql;
using Shouldly;
using static Kip.Tests.Eventing.Filters.FilterCases;

namespace Kip.Tests.Eventing.Filters;

public class EventFilterTests
{
    private const string Member = "\"ext\":\"value\"";

    [Fact]
    public void No_filter_lets_everything_pass()
    {
        EventFilter.Compile(new TriggerSpec()).Matches(CesqlCases.Event()).ShouldBeTrue();
        EventFilter.Compile(new TriggerSpec { Filter = new() }).Matches(CesqlCases.Event()).ShouldBeTrue();
        Passes("", new SubscriptionsApiFilter()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("type", "type1", true)]
    [InlineData("type", "TYPE1", false)]
    [InlineData("type", "type", false)]
    [InlineData("source", "source1", true)]
    [InlineData("id", "id1", true)]
    [InlineData("specversion", "1.0", true)]
    [InlineData("subject", "x", false)]
    [InlineData("ext", "value", true)]
    [InlineData("missing", "value", false)]
    [InlineData("number", "7", true)]
    [InlineData("flag", "true", true)]
    [InlineData("datacontenttype", "text/plain; charset=utf-8", true)]
    [InlineData("datamediatype", "text/plain", true)]
    [InlineData("dataschema", "http://x", true)]
    [InlineData("schemaurl", "http://x", true)]
    [InlineData("time", "0001-01-01T00:00:00Z", true)]
    public void Exact_compares_the_canonical_text(string name, string value, bool passes) =>
        Passes($"{Member},\"number\":7,\"flag\":true,\"datacontenttype\":\"text/plain; charset=utf-8\",\"dataschema\":\"http://x\"", Exact(name, value))
            .ShouldBe(passes);

    [Theory]
    [InlineData("val", true)]
    [InlineData("value", true)]
    [InlineData("alu", false)]
    [InlineData("VAL", false)]
    public void Prefix_begins_it(string value, bool passes) => Passes(Member, Prefix("ext", value)).ShouldBe(passes);

    [Theory]
    [InlineData("lue", true)]
    [InlineData("value", true)]
    [InlineData("alu", false)]
    public void Suffix_ends_it(string value, bool passes) => Passes(Member, Suffix("ext", value)).ShouldBe(passes);

    [Fact]
    public void What_is_missing_fails_every_dialect()
    {
        foreach (var filter in new[] { Exact("ext", "value"), Prefix("ext", "v"), Suffix("ext", "e"), Sql("ext LIKE 'v%'") })
        {
            Passes(Member, filter).ShouldBeTrue();
            Passes("", filter).ShouldBeFalse();
            Passes("", Not(filter)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Several_names_in_one_filter_and_several_filters_are_all_asked()
    {
        var both = new SubscriptionsApiFilter { Exact = StringMap.Of(("ext", "value"), ("type", "type1")) };
        Passes(Member, both).ShouldBeTrue();
        Passes(Member + ",\"type\":\"other\"", both).ShouldBeFalse();
        Passes(Member, Exact("ext", "value"), Exact("type", "type1")).ShouldBeTrue();
        Passes(Member, Exact("ext", "value"), Exact("type", "other")).ShouldBeFalse();
    }

    [Fact]
    public void All_any_and_not_nest()
    {
        Passes(Member, All(Exact("ext", "value"), Prefix("type", "ty"), Suffix("id", "1"), Sql("EXISTS ext"))).ShouldBeTrue();
        Passes(Member, All(Exact("ext", "value"), Prefix("type", "x"))).ShouldBeFalse();
        Passes(Member, Any(Exact("ext", "x"), Not(Sql("ext = 'x'")))).ShouldBeTrue();
        Passes(Member, Any(Exact("ext", "x"), Exact("ext", "y"))).ShouldBeFalse();
        Passes(Member, Not(Not(Exact("ext", "value")))).ShouldBeTrue();
        Passes(Member, Not(All(Exact("ext", "value"), Any(Exact("id", "id1"), Exact("id", "2"))))).ShouldBeFalse();
    }

    [Theory]
    [InlineData("ext = 'value'", true)]
    [InlineData("ext", false)]
    [InlineData("LENGTH(ext) + 1", false)]
    [InlineData("missing = 'x' OR TRUE", false)]
    [InlineData("", true)]
    [InlineData("this is no expression", false)]
    public void Cesql_passes_only_when_it_is_true_without_an_error(string text, bool passes) => Passes(Member, Sql(text)).ShouldBe(passes);

    [Fact]
    public void A_filter_with_an_empty_name_or_value_is_passed_over()
    {
        Passes(Member, Exact("ext", "")).ShouldBeTrue();
        Passes(Member, Exact("ext", ""), Exact("ext", "other")).ShouldBeFalse();
        Passes(Member, Not(new SubscriptionsApiFilter())).ShouldBeTrue();
    }

    [Fact]
    public void The_older_filter_takes_the_empty_value_for_any_that_is_there()
    {
        var filter = EventFilter.Compile(default, StringMap.Of(("ext", ""), ("type", "type1")));
        filter.Matches(CesqlCases.Event(Member)).ShouldBeTrue();
        filter.Matches(CesqlCases.Event()).ShouldBeFalse();
        filter.Matches(CesqlCases.Event("\"ext\":\"\"")).ShouldBeFalse();
        EventFilter.Compile(default, StringMap.Of(("subject", ""))).Matches(CesqlCases.Event()).ShouldBeFalse();
        EventFilter.Compile(default, StringMap.Of(("number", "7"))).Matches(CesqlCases.Event("\"number\":7")).ShouldBeTrue();
    }

    [Fact]
    public void Filters_win_over_the_older_filter_unless_there_are_none()
    {
        var older = new TriggerFilter { Attributes = StringMap.Of(("type", "other")) };
        EventFilter.Compile(new TriggerSpec { Filter = older, Filters = [Exact("type", "type1")] }).Matches(CesqlCases.Event()).ShouldBeTrue();
        EventFilter.Compile(new TriggerSpec { Filter = older, Filters = [] }).Matches(CesqlCases.Event()).ShouldBeFalse();
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        var cloudEvent = CesqlCases.Event(Member + ",\"number\":7,\"hop\":\"3\"");
        EventFilter[] filters =
        [
            Compile(Exact("type", "type1"), Exact("number", "7")),
            Compile(Any(Prefix("ext", "x"), Suffix("ext", "lue"), Not(Exact("missing", "x")))),
            Compile(Sql("type LIKE 'ty%' AND ext IN ('a', 'value') AND number > 5 AND hop < 4 AND NOT EXISTS missing")),
            Compile(Sql("missing = 'x' OR INT(hop) = 3 OR ext LIKE 'v_l%e'")),
            EventFilter.Compile(default, StringMap.Of(("type", "type1"), ("number", "7"))),
        ];
        var passed = 0;
        for (var i = 0; i < 100; i++) Ask();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Ask();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        passed.ShouldBe(4 * 1100);

        void Ask()
        {
            foreach (var filter in filters)
            {
                if (filter.Matches(cloudEvent)) passed++;
            }
        }
    }
}
