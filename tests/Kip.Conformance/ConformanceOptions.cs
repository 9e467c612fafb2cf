namespace Kip.Conformance;

/// <summary>Which platform is examined, and how.</summary>
public sealed record ConformanceOptions
{
    /// <value>Null: <c>$KUBECONFIG</c>, else <c>~/.kube/config</c>.</value>
    public string? Kubeconfig { get; init; }

    /// <summary>Where requests go, whatever host they name.</summary>
    public Uri Gateway { get; init; } = new("http://127.0.0.1:8080");

    /// <summary>Where HTTPS requests go; null: the cases that need it are skipped.</summary>
    public Uri? SecureGateway { get; init; }

    /// <summary>Where requests from other machines come in, by HTTP or HTTPS; null: the case about who sees what is skipped.</summary>
    public Uri? OuterGateway { get; init; }

    /// <summary>The image that plays Knative's test images. On a cluster: one with <c>kip conformance-app</c> as its entry point.</summary>
    public string Image { get; init; } = "kip.local/conformance";

    /// <summary>The same program in an image that runs as a container here; null: the cases about containers are skipped.</summary>
    /// <remarks>On a cluster that is <see cref="Image"/>.</remarks>
    public string? ContainerImage { get; init; }

    /// <summary>The platform's image registry; null: the cases about registries are skipped.</summary>
    public Uri? Registry { get; init; }

    /// <summary>Who we are there: <c>user:password</c>. Null: nobody.</summary>
    public string? RegistryCredentials { get; init; }

    /// <summary>How many cases run side by side; each has a namespace of its own.</summary>
    public int Parallel { get; init; } = 3;

    /// <summary>How long a case waits for anything before it fails.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Only the cases whose id contains this.</summary>
    public string? Filter { get; init; }
}
