using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Rules.Admission;
using Kip.Rules.Eventing.Filters;
using Shouldly;
using static Kip.Tests.Eventing.Filters.FilterCases;

namespace Kip.Tests.Eventing.Filters;

public class FilterRulesTests
{
    [Fact]
    public void Sound_filters_have_no_errors() => Errors(
        All(Exact("type", "a"), Any(Prefix("source", "b"), Suffix("subject", "c"))), Not(Sql("EXISTS id")), new SubscriptionsApiFilter()).ShouldBeEmpty();

    [Theory]
    [InlineData("Type")]
    [InlineData("1a")]
    [InlineData("my-ext")]
    [InlineData("")]
    public void Names_are_attributes_names(string name)
    {
        const string Rule = "Attribute name must start with a letter and can only contain lowercase alphanumeric";
        Errors(Exact(name, "x")).ShouldBe([$"filters[0].exact[{name}]: invalid key name \"{name}\": {Rule}"]);
        Errors(new TriggerSpec { Filter = new() { Attributes = StringMap.Of((name, "x")) } })
            .ShouldBe([$"filter.attributes[{name}]: invalid key name \"{name}\": {Rule}"]);
    }

    [Fact]
    public void One_filter_has_one_dialect() => Errors(new SubscriptionsApiFilter { Exact = StringMap.Of(("a", "b")), Cesql = "TRUE" })
        .ShouldBe(["filters[0]: multiple dialects found, filters can have only one dialect set"]);

    [Fact]
    public void Cesql_that_does_not_parse_is_refused_with_the_place() => Errors(Any(Sql("TRUE"), Not(Sql("type = "))))
        .ShouldBe(["filters[0].any[1].not.cesql: invalid value: type = : position 8: found the end, expected an attribute, a value or a function"]);

    [Fact]
    public void Empty_values_are_refused_where_they_would_be_passed_over() =>
        Errors(Prefix("type", "")).Single().ShouldStartWith("filters[0].prefix.type: invalid value: : an empty value");

    [Fact]
    public void Nesting_has_a_limit()
    {
        var filter = Exact("a", "b");
        for (var i = 0; i < FilterRules.MaxDepth - 1; i++) filter = Not(filter);
        Errors(filter).ShouldBeEmpty();
        Errors(Not(filter)).Single().ShouldContain("nested more than");
    }

    private static string[] Errors(params SubscriptionsApiFilter[] filters) => Errors(new TriggerSpec { Filters = [.. filters] });

    private static string[] Errors(TriggerSpec spec)
    {
        var errors = new FieldErrors();
        FilterRules.Validate(spec, errors);
        return [.. errors.Found.Select(e => $"{e.Field}: {e.Sentence}")];
    }
}
