using Kip.Resources;
using Kip.Rules.Names;
using Shouldly;

namespace Kip.Tests.Names;

public class NameTemplateTests
{
    private static readonly NameTemplateValues Values = new()
    {
        Name = "hello", Namespace = "shop", Domain = "example.com", Tag = "v1",
        Labels = StringMap.Of(("team", "red"), ("app.kubernetes.io/name", "web")),
        Annotations = StringMap.Of(("sub", "eu")),
    };

    [Theory]
    [InlineData("{{.Name}}.{{.Namespace}}.{{.Domain}}", "hello.shop.example.com")]
    [InlineData("{{ .Tag }}-{{.Name}}", "v1-hello")]
    [InlineData("{{- .Name -}}", "hello")]
    [InlineData("{{.Name}}.{{.Labels.team}}.{{.Annotations.sub}}.{{.Domain}}", "hello.red.eu.example.com")]
    [InlineData("{{index .Labels \"app.kubernetes.io/name\"}}.{{.Domain}}", "web.example.com")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void A_template_is_filled_in(string template, string expected) =>
        NameTemplate.Parse(template, out _)!.Render(Values, out _).ShouldBe(expected);

    [Theory]
    [InlineData("{{.Name")]
    [InlineData("{{if .Name}}x{{end}}")]
    [InlineData("{{.Name | upper}}")]
    [InlineData("{{.Labels.}}")]
    [InlineData("{{}}")]
    public void What_is_not_understood_is_refused_when_it_is_read(string template)
    {
        NameTemplate.Parse(template, out var error).ShouldBeNull();
        error.ShouldContain(template);
    }

    [Fact]
    public void A_label_that_is_not_there_is_an_error_that_names_it()
    {
        NameTemplate.Parse("{{.Labels.nope}}.{{.Domain}}", out _)!.Render(Values, out var error).ShouldBeNull();
        error.ShouldContain(".Labels.nope");
    }
}
