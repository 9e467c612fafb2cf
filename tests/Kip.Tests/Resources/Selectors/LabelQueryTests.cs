using Kip.Resources;
using Kip.Resources.Selectors;
using Shouldly;

namespace Kip.Tests.Resources.Selectors;

public class LabelQueryTests
{
    private static readonly StringMap Labels = StringMap.Of(("app", "web"), ("tier", "front"), ("empty", ""), ("example.com/x", "1"));

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData("app = web , tier=front", true)]
    [InlineData("app=other", false)]
    [InlineData("app!=web", false)]
    [InlineData("missing!=x", true)]
    [InlineData("app in (a, web)", true)]
    [InlineData("app in (a,b)", false)]
    [InlineData("app notin (a,b)", true)]
    [InlineData("missing notin (a)", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!missing,app", true)]
    [InlineData("empty=", true)]
    [InlineData("empty in (,x)", true)]
    [InlineData("example.com/x=1", true)]
    public void A_selector_chooses_by_labels(string selector, bool matches) => LabelQuery.Parse(selector).Matches(Labels).ShouldBe(matches);

    [Theory]
    [InlineData("app=web,")]
    [InlineData(",app")]
    [InlineData("app in a")]
    [InlineData("app in (a")]
    [InlineData("app like x")]
    [InlineData("a b")]
    [InlineData("=x")]
    [InlineData("app=we/b")]
    [InlineData("-app=x")]
    [InlineData("app!x")]
    [InlineData("app=a)b")]
    public void What_is_no_selector_is_refused(string selector) => Should.Throw<FormatException>(() => LabelQuery.Parse(selector));

    [Fact]
    public void A_selector_in_a_spec_means_the_same()
    {
        var query = LabelQuery.From(new LabelSelector
        {
            MatchLabels = StringMap.Of(("app", "web")),
            MatchExpressions =
            [
                new() { Key = "tier", Operator = "In", Values = ["front", "back"] },
                new() { Key = "old", Operator = "DoesNotExist" },
            ],
        });

        query.ShouldBe(LabelQuery.Parse("app=web,tier in (front,back),!old"));
        query.Matches(Labels).ShouldBeTrue();
    }
}
