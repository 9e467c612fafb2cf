using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Deploy;

/// <summary>What <c>kip deploy</c> is asked to run.</summary>
public sealed record DeployRequest
{
    public required NamespacedName Name { get; init; }

    /// <summary><c>kip.local/&lt;name&gt;@sha256:…</c> as the build gave it, or any image.</summary>
    public required string Image { get; init; }
    public StringMap Environment { get; init; }

    /// <summary>The port of a program that does not read <c>$PORT</c>; null for one that does. Such a program runs in one pod at most.</summary>
    public int? Port { get; init; }

    /// <summary>Whether the image runs as a container, which has ports of its own.</summary>
    public bool IsContainer { get; init; }

    /// <summary>Annotations of the revision template, e.g. <c>autoscaling.knative.dev/window</c>.</summary>
    public StringMap Annotations { get; init; }
}

/// <summary>Makes the Service that a deployment asks for: a new one, or the present one with what the request changes.</summary>
public static class ServiceManifest
{
    private const string FixedPort = "kip.dev/fixed-port";
    private const string MaxScale = "autoscaling.knative.dev/max-scale";

    /// <summary>The Service to store. What the request does not mention stays as it is, so that <c>kubectl edit</c> and <c>kip deploy</c> mix.</summary>
    public static Service For(DeployRequest request, Service? present)
    {
        var service = present ?? new Service { Metadata = new() { Namespace = request.Name.Namespace, Name = request.Name.Name } };
        var template = service.Spec.Template;
        var containers = template.Spec.Containers;
        var container = Change(containers.IsEmpty ? new Container() : containers[0], request);
        return service with
        {
            Spec = service.Spec with
            {
                Template = template with
                {
                    // A name the user chose belongs to the old revision; a new template gets a new name.
                    Metadata = template.Metadata with { Name = "", Annotations = Annotations(template.Metadata.Annotations, request) },
                    Spec = template.Spec with { Containers = [container, .. containers.Skip(1)] },
                },
            },
        };
    }

    // A program that listens where it likes gets its port as it is; there can be one pod of it, unless the user knows better.
    private static StringMap Annotations(StringMap present, DeployRequest request) => request.Port is null || request.IsContainer
        ? present.With(request.Annotations)
        : present.With(FixedPort, "true").With(MaxScale, "1").With(request.Annotations);

    private static Container Change(Container container, DeployRequest request)
    {
        var kept = container.Env.Where(e => !request.Environment.ContainsKey(e.Name));
        var added = request.Environment.Select(static e => new EnvVar { Name = e.Key, Value = e.Value });
        return container with
        {
            Image = request.Image,
            Env = [.. kept, .. added],
            Ports = request.Port is { } port ? [new ContainerPort { ContainerPortNumber = port }] : container.Ports,
        };
    }
}
