using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class ListTests
{
    private readonly TestRegistry _registry = new(store: new StoreOptions { HistoryPerKind = 20 });

    public ListTests()
    {
        _registry.Create(new Namespace { Metadata = new() { Name = "b" } });
        foreach (var name in (string[])["e", "a", "c", "d", "b"])
            _registry.Create(Objects.Map(name).With(m => m with { Labels = StringMap.Of(("odd", name is "a" or "c" or "e" ? "yes" : "no")) }));
        _registry.Create(Objects.Map("a", "b"));
    }

    [Fact]
    public void A_list_is_ordered_by_namespace_and_name() =>
        Names(_registry.List<ConfigMap>()).ShouldBe(["b/a", "default/a", "default/b", "default/c", "default/d", "default/e"]);

    [Fact]
    public void A_namespace_and_selectors_choose()
    {
        Names(_registry.List<ConfigMap>(new() { Namespace = "b" })).ShouldBe(["b/a"]);
        Names(_registry.List<ConfigMap>(new() { LabelSelector = "odd=yes" })).ShouldBe(["default/a", "default/c", "default/e"]);
        Names(_registry.List<ConfigMap>(new() { FieldSelector = "metadata.name=a" })).ShouldBe(["b/a", "default/a"]);
        Names(_registry.List<ConfigMap>(new() { Namespace = "default", FieldSelector = "metadata.name=a", LabelSelector = "odd=no" })).ShouldBeEmpty();
        Names(_registry.List<ConfigMap>(new() { Namespace = "nowhere" })).ShouldBeEmpty();
    }

    [Fact]
    public void Parts_of_a_list_show_one_version_whatever_changes_meanwhile()
    {
        var first = _registry.List<ConfigMap>(new() { Limit = 2 });
        _registry.Delete<ConfigMap>("default", "c");
        _registry.Create(Objects.Map("bb"));
        _registry.Update(Objects.Map("d", "default", ("k", "v")));

        var second = _registry.List<ConfigMap>(new() { Limit = 3, Continue = first.Continue });
        var third = _registry.List<ConfigMap>(new() { Limit = 3, Continue = second.Continue });

        Names(first).Concat(Names(second)).Concat(Names(third))
            .ShouldBe(["b/a", "default/a", "default/b", "default/c", "default/d", "default/e"]);
        (first.RemainingItemCount, second.RemainingItemCount, third.RemainingItemCount).ShouldBe((4L, 1L, null));
        third.Continue.ShouldBeNull();
        second.ResourceVersion.ShouldBe(first.ResourceVersion);
        second.Items.Cast<ConfigMap>().Single(static m => m.Metadata.Name == "d").Data.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_filtered_list_does_not_count_what_remains()
    {
        var part = _registry.List<ConfigMap>(new() { Limit = 2, LabelSelector = "odd=yes" });

        part.Continue.ShouldNotBeNull();
        part.RemainingItemCount.ShouldBeNull();
        Names(_registry.List<ConfigMap>(new() { Limit = 2, LabelSelector = "odd=yes", Continue = part.Continue })).ShouldBe(["default/e"]);
    }

    [Fact]
    public void A_part_of_a_version_that_is_forgotten_has_expired()
    {
        var first = _registry.List<ConfigMap>(new() { Limit = 2 });
        for (var i = 0; i < 21; i++) _registry.Update(Objects.Map("a", "default", ("k", $"{i}")));

        var expired = Should.Throw<ApiException>(() => _registry.List<ConfigMap>(new() { Limit = 2, Continue = first.Continue }));

        expired.IsExpired.ShouldBeTrue();
        // The failure has a token that reads on in what there is now.
        _registry.Create(Objects.Map("bb"));
        var rest = _registry.List<ConfigMap>(new() { Limit = 3, Continue = expired.Status.Metadata.Continue });
        Names(rest).ShouldBe(["default/b", "default/bb", "default/c"]);
        rest.ResourceVersion.ShouldBe(_registry.Verbs.ResourceVersion);
        Names(_registry.List<ConfigMap>(new() { Continue = rest.Continue })).ShouldBe(["default/d", "default/e"]);
    }

    [Fact]
    public void A_list_of_exactly_a_version_shows_it_while_it_is_remembered()
    {
        var then = _registry.Verbs.ResourceVersion;
        _registry.Delete<ConfigMap>("default", "a");

        var exact = _registry.List<ConfigMap>(new() { ResourceVersion = then, ResourceVersionMatch = "Exact" });

        Names(exact).ShouldContain("default/a");
        exact.ResourceVersion.ShouldBe(then);
        // A part of a list of a version is of exactly that version, too.
        Names(_registry.List<ConfigMap>(new() { ResourceVersion = then, Limit = 2 })).ShouldBe(["b/a", "default/a"]);
        Names(_registry.List<ConfigMap>(new() { ResourceVersion = then, ResourceVersionMatch = "NotOlderThan", Limit = 2 })).ShouldBe(["b/a", "default/b"]);
        Names(_registry.List<ConfigMap>(new() { ResourceVersion = then })).ShouldNotContain("default/a");
        Names(_registry.List<ConfigMap>(new() { ResourceVersion = "0", Limit = 2 })).ShouldBe(["b/a", "default/b"]);
        for (var i = 0; i < 21; i++) _registry.Update(Objects.Map("b", "default", ("k", $"{i}")));
        Should.Throw<ApiException>(() => _registry.List<ConfigMap>(new() { ResourceVersion = then, ResourceVersionMatch = "Exact" })).IsExpired.ShouldBeTrue();
    }

    [Fact]
    public void A_part_begins_where_its_token_says_and_at_no_other_version()
    {
        var first = _registry.List<ConfigMap>(new() { Limit = 2 });

        Should.Throw<ApiException>(
            () => _registry.List<ConfigMap>(new() { Continue = first.Continue, ResourceVersion = first.ResourceVersion })).Code.ShouldBe(400);
        Names(_registry.List<ConfigMap>(new() { Continue = first.Continue, ResourceVersion = "0" })).Count().ShouldBe(4);
    }

    [Fact]
    public void A_part_of_one_namespace_counts_what_remains_there() =>
        _registry.List<ConfigMap>(new() { Namespace = "default", Limit = 2 }).RemainingItemCount.ShouldBe(3);

    [Theory]
    [InlineData("%%%")]
    [InlineData("bm9uc2Vuc2U")]
    public void What_is_no_token_is_refused(string token) =>
        Should.Throw<ApiException>(() => _registry.List<ConfigMap>(new() { Limit = 2, Continue = token })).Code.ShouldBe(400);

    [Fact]
    public void Selectors_that_are_malformed_are_refused()
    {
        Should.Throw<ApiException>(() => _registry.List<ConfigMap>(new() { LabelSelector = "a in" })).Code.ShouldBe(400);
        Should.Throw<ApiException>(() => _registry.List<ConfigMap>(new() { FieldSelector = "x=y" })).Code.ShouldBe(400);
    }

    [Fact]
    public void A_version_still_to_come_is_told() =>
        Should.Throw<ApiException>(() => _registry.List<ConfigMap>(new() { ResourceVersion = "999999" })).Code.ShouldBe(504);

    private static IEnumerable<string> Names(ResourceList list) => list.Items.Select(static r => r.Key.ToString());
}
