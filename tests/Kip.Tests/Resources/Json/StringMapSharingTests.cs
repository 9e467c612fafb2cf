using Kip.Resources;
using Shouldly;

namespace Kip.Tests.Resources.Json;

public class StringMapSharingTests
{
    [Fact]
    public void A_changed_map_takes_the_texts_that_stayed_and_keeps_its_own()
    {
        var before = StringMap.Of(("a", Fresh("same")), ("b", Fresh("old")), ("gone", "x"));
        var now = StringMap.Of(("a", Fresh("same")), ("b", Fresh("new")), ("c", "added"));

        var shared = now.SharedWith(before);

        shared.ShouldBe(now);
        shared["a"].ShouldBeSameAs(before["a"]);
        shared["b"].ShouldBe("new");
        shared.AsSpan()[1].Key.ShouldBeSameAs(before.AsSpan()[1].Key);
    }

    [Fact]
    public void An_equal_map_becomes_the_other_one()
    {
        var before = StringMap.Of(("a", Fresh("same")));
        StringMap.Of(("a", Fresh("same"))).SharedWith(before)["a"].ShouldBeSameAs(before["a"]);
        // A part of it is not the whole.
        StringMap.Of(("a", "same")).SharedWith(StringMap.Of(("a", "same"), ("b", "more"))).Count.ShouldBe(1);
        StringMap.Of().SharedWith(before).ShouldBe(default);
        before.SharedWith(default).ShouldBe(before);
    }

    // A string of its own: equal literals are one instance anyway.
    private static string Fresh(string text) => new(text.AsSpan());
}
