using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Runtime.Environment;

/// <summary>The ConfigMaps and Secrets that a container's environment is made from, as they were read. Null: there is none of that name.</summary>
public sealed record EnvironmentSources(
    IReadOnlyDictionary<string, ConfigMap?> ConfigMaps, IReadOnlyDictionary<string, Secret?> Secrets)
{
    public static readonly EnvironmentSources None = new(new Dictionary<string, ConfigMap?>(), new Dictionary<string, Secret?>());

    /// <summary>Reads what a container's environment refers to.</summary>
    public static async Task<EnvironmentSources> ReadAsync(IResources resources, string @namespace, Container container, CancellationToken cancel)
    {
        var (configMaps, secrets) = NamesIn(container);
        if (configMaps.Count == 0 && secrets.Count == 0) return None;
        var maps = new Dictionary<string, ConfigMap?>(StringComparer.Ordinal);
        var found = new Dictionary<string, Secret?>(StringComparer.Ordinal);
        foreach (var name in configMaps) maps[name] = await resources.GetAsync<ConfigMap>(new(@namespace, name), cancel);
        foreach (var name in secrets) found[name] = await resources.GetAsync<Secret>(new(@namespace, name), cancel);
        return new EnvironmentSources(maps, found);
    }

    /// <summary>The names a container refers to.</summary>
    public static (IReadOnlySet<string> ConfigMaps, IReadOnlySet<string> Secrets) NamesIn(Container container)
    {
        var configMaps = new HashSet<string>(StringComparer.Ordinal);
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var from in container.EnvFrom)
        {
            if (from.ConfigMapRef?.Name is { } configMap) configMaps.Add(configMap);
            if (from.SecretRef?.Name is { } secret) secrets.Add(secret);
        }
        foreach (var variable in container.Env)
        {
            if (variable.ValueFrom?.ConfigMapKeyRef?.Name is { } configMap) configMaps.Add(configMap);
            if (variable.ValueFrom?.SecretKeyRef?.Name is { } secret) secrets.Add(secret);
        }
        return (configMaps, secrets);
    }
}
