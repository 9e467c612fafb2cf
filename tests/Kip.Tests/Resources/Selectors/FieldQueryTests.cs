using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Selectors;
using Shouldly;

namespace Kip.Tests.Resources.Selectors;

public class FieldQueryTests
{
    private static readonly Pod Pod = new()
    {
        Metadata = new() { Name = "a", Namespace = "default" },
        Spec = new() { NodeName = "kip" },
        Status = new() { Phase = "Running" },
    };

    [Theory]
    [InlineData("metadata.name=a", true)]
    [InlineData("metadata.name==a,metadata.namespace=default", true)]
    [InlineData("metadata.name!=a", false)]
    [InlineData("status.phase=Running,spec.nodeName=kip", true)]
    [InlineData("status.phase!=Running", false)]
    [InlineData("status.podIP=", true)]
    [InlineData("", true)]
    public void A_selector_chooses_by_fields(string selector, bool matches) =>
        FieldQuery.Parse(selector, Pod.Definition).Matches(Pod).ShouldBe(matches);

    [Fact]
    public void Commas_and_signs_in_a_value_are_escaped() =>
        FieldQuery.Parse(@"metadata.name=a\,b\=c\\d", Pod.Definition).ExactValue("metadata.name").ShouldBe(@"a,b=c\d");

    [Fact]
    public void A_field_that_cannot_be_selected_by_is_refused() =>
        Should.Throw<FormatException>(() => FieldQuery.Parse("status.phase=Active", ConfigMap.Definition))
            .Message.ShouldBe("field label not supported: status.phase");

    [Fact]
    public void A_term_without_a_sign_is_refused() => Should.Throw<FormatException>(() => FieldQuery.Parse("metadata.name", Pod.Definition));
}
