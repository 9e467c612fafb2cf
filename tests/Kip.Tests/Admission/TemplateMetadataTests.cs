using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Admission;

/// <summary>Names, labels and annotations of Serving's objects.</summary>
public class TemplateMetadataTests
{
    private const string Simple = "{containers: [{image: a}]}";

    private static Service Service(Func<ObjectMeta, ObjectMeta> change, string templateMetadata = "{}")
    {
        var service = Ask.Service(Simple, templateMetadata: templateMetadata);
        return service with { Metadata = change(service.Metadata) };
    }

    private static Configuration Configuration(string metadata) => Yaml.One<Configuration>(
        $$"""{apiVersion: serving.knative.dev/v1, kind: Configuration, metadata: {{metadata}}, spec: {template: {spec: {{Simple}} } } }""");

    private static Route Route(string metadata) => Yaml.One<Route>(
        $$"""{apiVersion: serving.knative.dev/v1, kind: Route, metadata: {{metadata}}, spec: {traffic: [{configurationName: c, percent: 100}]} }""");

    [Fact]
    public void A_generated_name_leaves_no_room_for_a_revision_name_of_ones_own()
    {
        Ask.Validate(Service(static m => m with { Name = "", GenerateName = "hello-" })).ShouldBeEmpty();
        Ask.Validate(Service(static m => m with { Name = "", GenerateName = "hello-" }, "{name: hello-x}"))
            .ShouldBe(["spec.template.metadata.name: must not set the field(s)"]);
        // As it comes from the API server, which has made the name by then.
        var named = Service(static m => m with { Name = "hello-x7k2p", GenerateName = "hello-" }, "{name: hello-x7k2p-1}");
        Ask.Validate(named).ShouldBe(["spec.template.metadata.name: must not set the field(s)"]);
        Ask.Validate(named, Service(static m => m with { Name = "hello-x7k2p", GenerateName = "hello-" })).ShouldBeEmpty("once it has its name");
        Ask.Validate(Service(static m => m with { Name = "" })).ShouldBe(["metadata.name: name or generateName is required"]);
        Ask.Validate(Service(static m => m with { Name = "", GenerateName = "1-" }))
            .ShouldHaveSingleItem().ShouldStartWith("metadata.generateName: not a DNS 1035 label prefix:");
        Ask.Validate(Service(static m => m, "{generateName: Bad}")).ShouldHaveSingleItem()
            .ShouldStartWith("spec.template.metadata.generateName: invalid value: not a DNS 1035 label prefix:");
        Ask.Validate(Service(static m => m, "{generateName: whatever-}")).ShouldBeEmpty("it is looked at and has no effect");
    }

    [Theory]
    [InlineData("serving.knative.dev/rollout-duration", "380s", null)]
    [InlineData("serving.knative.dev/rolloutDuration", "380s", null)]
    [InlineData("serving.knative.dev/rollout-duration", "soon", "invalid value: soon")]
    [InlineData("serving.knative.dev/rollout-duration", "-5s", "serving.knative.dev/rollout-duration=-5s must be positive")]
    [InlineData("serving.knative.dev/rollout-duration", "1500ms", "serving.knative.dev/rollout-duration=1500ms is not at second precision")]
    [InlineData("networking.knative.dev/http-protocol", "Redirected", null)]
    [InlineData("networking.knative.dev/httpOption", "ftp", "incorrect http-protocol annotation: ftp")]
    [InlineData("networking.knative.dev/disable-external-domain-tls", "T", null)]
    [InlineData("networking.knative.dev/disable-external-domain-tls", "x", "invalid value: x: must be true or false")]
    [InlineData("networking.knative.dev/disable-auto-tls", "yes", "invalid value: yes: must be true or false")]
    [InlineData("networking.knative.dev/disableAutoTLS", "", "invalid value: : must be true or false")]
    public void What_a_service_says_about_itself_is_checked(string key, string value, string? error) =>
        Ask.Validate(Service(m => m with { Annotations = StringMap.Of((key, value)) })).ShouldBe(error is null ? [] : [$"metadata.annotations.{key}: {error}"]);

    [Theory]
    [InlineData("serving.knative.dev/progress-deadline", "30s", null)]
    [InlineData("serving.knative.dev/progress-deadline", "-1s", "serving.knative.dev/progress-deadline=-1s must be positive")]
    [InlineData("serving.knative.dev/progress-deadline", "1500ms", "serving.knative.dev/progress-deadline=1500ms is not at second precision")]
    [InlineData("networking.knative.dev/ingress.class", "mine", null)]
    [InlineData("networking.knative.dev/certificate-class", "mine", null)]
    [InlineData("networking.knative.dev/disable-auto-tls", "true", null)]
    [InlineData("networking.knative.dev/disableAutoTLS", "true", null)]
    [InlineData("networking.knative.dev/http-protocol", "enabled", null)]
    [InlineData("client.knative.dev/user-image", "x", null)]
    [InlineData("features.knative.dev/http-full-duplex", "Enabled", null)]
    public void What_a_template_says_about_itself_is_checked(string key, string value, string? error) =>
        Ask.Validate(Ask.Service(Simple, templateMetadata: $"{{annotations: {{{key}: '{value}'}}}}"))
            .ShouldBe(error is null ? [] : [$"spec.template.metadata.annotations.{key}: {error}"]);

    [Fact]
    public void A_label_that_names_an_owner_tells_the_truth()
    {
        const string Label = "labels: {serving.knative.dev/service: s}";
        const string Owner = "ownerReferences: [{apiVersion: serving.knative.dev/v1, kind: Service, name: s, uid: u}]";

        foreach (var metadata in (string[])[$"{{name: c, {Label}}}", $"{{name: c, {Label}, {Owner.Replace("name: s", "name: t", StringComparison.Ordinal)}}}"])
        {
            Ask.Validate(Configuration(metadata)).ShouldBe(["metadata.labels.serving.knative.dev/service: missing field(s)"]);
            Ask.Validate(Route(metadata)).ShouldBe(["metadata.labels.serving.knative.dev/service: missing field(s)"]);
        }
        Ask.Validate(Configuration($"{{name: c, {Label}, {Owner}}}")).ShouldBeEmpty();
        Ask.Validate(Route($"{{name: c, {Label}, {Owner}}}")).ShouldBeEmpty();
    }

    [Fact]
    public void Who_made_what_is_noted_on_what_nobody_owns()
    {
        Ask.Default(Configuration("{name: c}")).Metadata.Annotations.ToString()
            .ShouldBe("serving.knative.dev/creator=jane,serving.knative.dev/lastModifier=jane");
        Ask.Default(Route("{name: c}")).Metadata.Annotations.ToString().ShouldBe("serving.knative.dev/creator=jane,serving.knative.dev/lastModifier=jane");
        const string Owned = "{name: c, ownerReferences: [{apiVersion: serving.knative.dev/v1, kind: Service, name: s, uid: u}]}";
        Ask.Default(Configuration(Owned)).Metadata.Annotations.IsEmpty.ShouldBeTrue();
        Ask.Default(Route(Owned)).Metadata.Annotations.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void The_last_modifier_cannot_be_forged_without_a_change()
    {
        var stored = Ask.Default(Ask.Service(Simple));
        var forged = stored with { Metadata = stored.Metadata with { Annotations = stored.Metadata.Annotations.With(ServingAnnotations.LastModifier, "eve") } };

        Ask.Validate(forged, stored).ShouldBe(["metadata.annotations.serving.knative.dev/lastModifier: invalid value: eve"]);
    }

    [Fact]
    public void A_revision_is_not_filled_in_again_when_it_is_changed()
    {
        var bare = new Revision { Metadata = new ObjectMeta { Name = "r", Namespace = "default" }, Spec = Ask.Service(Simple).Spec.Template.Spec };
        Ask.Default(bare, bare).ShouldBeSameAs(bare);
        Ask.Default(bare).Spec.TimeoutSeconds.ShouldBe(300);
    }
}
