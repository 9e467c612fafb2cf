namespace Kip.Images.Pulling;

/// <summary>What the user says about registries: <c>registries.yaml</c> in the data folder.</summary>
/// <remarks>
/// <code>
/// anonymous: pull            # what Kip's own registry lets anybody do on its address: none (the default), pull or push
/// registries:
/// - name: docker.io
///   mirrors: [https://mirror.example.com]
/// - name: registry.example.com:5000
///   insecure: true           # plain HTTP
/// </code>
/// The file is read again when it changes.
/// </remarks>
public sealed record RegistrySettings
{
    /// <value><c>none</c>.</value>
    public string Anonymous { get; init; } = "none";

    public IReadOnlyList<RegistrySetting> Registries { get; init; } = [];

    /// <summary>Where to ask for the images of a registry, in order: its mirrors, then itself.</summary>
    public IReadOnlyList<RegistryEndpoint> EndpointsOf(string registry)
    {
        var setting = Registries.FirstOrDefault(r => r.Name == registry);
        // docker.io is a name in references; its API has another host.
        var host = registry == References.ImageReference.DockerHub ? "registry-1.docker.io" : registry;
        var insecure = setting?.Insecure == true;
        var itself = new RegistryEndpoint(new Uri($"{(insecure ? "http" : "https")}://{host}/"), IsMirror: false);
        return [.. (setting?.Mirrors ?? []).Select(static m => new RegistryEndpoint(m, IsMirror: true)), itself];
    }
}

/// <summary>What the user says about one registry.</summary>
public sealed record RegistrySetting
{
    /// <summary>Host and perhaps port, as in references.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is asked over plain HTTP, credentials included.</summary>
    public bool Insecure { get; init; }

    /// <summary>Asked first, in order; each has the registry's repositories under the same paths. They end with a slash.</summary>
    public IReadOnlyList<Uri> Mirrors { get; init; } = [];
}

/// <summary>An address at which a registry's images may be had.</summary>
/// <param name="Base">Ends with a slash.</param>
/// <param name="IsMirror">A mirror's failure is passed over, and the registry's credentials are not sent to it.</param>
public sealed record RegistryEndpoint(Uri Base, bool IsMirror);
