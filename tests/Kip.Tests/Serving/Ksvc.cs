using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;
using ServiceSpec = Kip.Resources.Serving.ServiceSpec;

namespace Kip.Tests.Serving;

/// <summary>Services to test with.</summary>
internal static class Ksvc
{
    public static readonly string Digest = "sha256:" + new string('a', 64);

    public static Service Make(string name = "hello", string image = "kip.local/hello", params TrafficTarget[] traffic) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new ServiceSpec
        {
            Template = new RevisionTemplateSpec { Spec = new RevisionSpec { Containers = [new Container { Image = $"{image}@{Digest}" }] } },
            Traffic = [.. traffic],
        },
    };

    public static Service WithEnv(this Service service, string name, string value) => service.With(spec => spec with
    {
        Containers = [spec.Containers[0] with { Env = [new EnvVar { Name = name, Value = value }] }],
    });

    public static Service With(this Service service, Func<RevisionSpec, RevisionSpec> change) => service with
    {
        Spec = service.Spec with { Template = service.Spec.Template with { Spec = change(service.Spec.Template.Spec) } },
    };

    public static Service Named(this Service service, string revision) => service with
    {
        Spec = service.Spec with { Template = service.Spec.Template with { Metadata = service.Spec.Template.Metadata with { Name = revision } } },
    };

    public static Service Annotated(this Service service, string key, string value) => service with
    {
        Spec = service.Spec with
        {
            Template = service.Spec.Template with
            {
                Metadata = service.Spec.Template.Metadata with { Annotations = service.Spec.Template.Metadata.Annotations.With(key, value) },
            },
        },
    };

    public static Service Traffic(this Service service, params TrafficTarget[] traffic) =>
        service with { Spec = service.Spec with { Traffic = [.. traffic] } };
}
