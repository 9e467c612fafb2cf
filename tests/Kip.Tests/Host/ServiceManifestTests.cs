using Kip.Host.Deploy;
using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.Host;

public class ServiceManifestTests
{
    private static readonly DeployRequest Request = new() { Name = new("default", "hello"), Image = "kip.local/hello@sha256:1" };

    [Fact]
    public void A_new_service_has_one_container_and_what_was_asked_for()
    {
        var service = ServiceManifest.For(
            Request with
            {
                Environment = StringMap.Of(("GREETING", "hi")), Port = 9000, Annotations = StringMap.Of(("autoscaling.knative.dev/window", "6s")),
            },
            present: null);

        service.Key.ShouldBe(new NamespacedName("default", "hello"));
        service.Spec.Template.Metadata.Annotations.Get("autoscaling.knative.dev/window").ShouldBe("6s");
        var container = service.Spec.Template.Spec.Containers.ShouldHaveSingleItem();
        container.Image.ShouldBe("kip.local/hello@sha256:1");
        container.Env.ShouldBe([new EnvVar { Name = "GREETING", Value = "hi" }]);
        container.Ports.ShouldBe([new ContainerPort { ContainerPortNumber = 9000 }]);
    }

    [Fact]
    public void The_same_request_again_changes_nothing()
    {
        var service = ServiceManifest.For(Request, present: null);

        ServiceManifest.For(Request, service).ShouldBe(service);
    }

    [Fact]
    public void What_the_request_does_not_mention_stays()
    {
        var sidecar = new Container { Name = "sidecar", Image = "x" };
        var before = ServiceManifest.For(Request with { Environment = StringMap.Of(("A", "1"), ("B", "2")), Port = 9000 }, present: null);
        before = before with
        {
            Spec = before.Spec with
            {
                Template = before.Spec.Template with
                {
                    Metadata = before.Spec.Template.Metadata with { Name = "hello-mine" },
                    Spec = before.Spec.Template.Spec with { ContainerConcurrency = 5, Containers = [.. before.Spec.Template.Spec.Containers, sidecar] },
                },
            },
        };

        var after = ServiceManifest.For(Request with { Image = "kip.local/hello@sha256:2", Environment = StringMap.Of(("B", "3")) }, before);

        var template = after.Spec.Template;
        template.Metadata.Name.ShouldBeEmpty("the chosen name belongs to the old revision");
        template.Spec.ContainerConcurrency.ShouldBe(5);
        template.Spec.Containers[1].ShouldBe(sidecar);
        template.Spec.Containers[0].Env.ShouldBe([new EnvVar { Name = "A", Value = "1" }, new EnvVar { Name = "B", Value = "3" }]);
        template.Spec.Containers[0].Ports.ShouldHaveSingleItem().ContainerPortNumber.ShouldBe(9000);
    }
}
