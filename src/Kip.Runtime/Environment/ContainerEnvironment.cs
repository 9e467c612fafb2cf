using System.Text;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Runtime.Environment;

/// <summary>A container's environment as the kubelet makes it: what envFrom brings, then env in order, each seeing those before it.</summary>
public static class ContainerEnvironment
{
    /// <summary>Resolves a container's environment.</summary>
    /// <param name="pod">For fieldRefs.</param>
    /// <param name="container">Whose environment.</param>
    /// <param name="sources">What its references lead to.</param>
    /// <param name="defaults">What is there unless the container says otherwise; values may refer to <paramref name="given"/>.</param>
    /// <param name="given">What the platform sets and nobody overrides: <c>PORT</c>.</param>
    /// <exception cref="EnvironmentException">A reference leads nowhere and is not optional.</exception>
    public static StringMap Build(Pod pod, Container container, EnvironmentSources sources, StringMap defaults, StringMap given)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in given) variables[name] = value;
        foreach (var (name, value) in defaults) variables[name] = VariableExpansion.Expand(value, variables);
        foreach (var from in container.EnvFrom) AddAll(variables, pod, from, sources);
        foreach (var variable in container.Env)
        {
            if (variable.ValueFrom is not { } from) variables[variable.Name] = VariableExpansion.Expand(variable.Value ?? "", variables);
            else if (Value(pod, from, sources) is { } value) variables[variable.Name] = value;
        }
        foreach (var (name, value) in given) variables[name] = value;
        return StringMap.From(variables);
    }

    private static void AddAll(Dictionary<string, string> variables, Pod pod, EnvFromSource from, EnvironmentSources sources)
    {
        if (from.ConfigMapRef is { } configMap && Find(sources.ConfigMaps, configMap.Name, configMap.Optional, "configmap", pod) is { } map)
            Add(map.Data, static value => value);
        if (from.SecretRef is { } secret && Find(sources.Secrets, secret.Name, secret.Optional, "secret", pod) is { } found)
            Add(found.Data, Decode);

        void Add(StringMap data, Func<string, string> read)
        {
            foreach (var (key, value) in data)
                if (key.Length > 0 && !key.Contains('=')) variables[from.Prefix + key] = read(value);
        }
    }

    private static string? Value(Pod pod, EnvVarSource from, EnvironmentSources sources)
    {
        if (from.ConfigMapKeyRef is { } mapKey)
        {
            var map = Find(sources.ConfigMaps, mapKey.Name, mapKey.Optional, "configmap", pod);
            return map is null ? null : Key(map.Data, mapKey, "ConfigMap", pod);
        }
        if (from.SecretKeyRef is { } secretKey)
        {
            var secret = Find(sources.Secrets, secretKey.Name, secretKey.Optional, "secret", pod);
            return secret is not null && Key(secret.Data, secretKey, "Secret", pod) is { } value ? Decode(value) : null;
        }
        if (from.FieldRef is { } field) return FieldReference.Resolve(pod, field);
        throw new EnvironmentException("resourceFieldRef has no value for a process, which has no limits; give the value itself");
    }

    private static T? Find<T>(IReadOnlyDictionary<string, T?> all, string? name, bool? optional, string kind, Pod pod) where T : class =>
        all.GetValueOrDefault(name ?? "") ?? (optional == true
            ? null
            : throw new EnvironmentException($"{kind} \"{name}\" not found in namespace {pod.Metadata.Namespace}"));

    private static string? Key(StringMap data, KeySelector key, string kind, Pod pod) =>
        data.Get(key.Key) ?? (key.Optional == true
            ? null
            : throw new EnvironmentException($"couldn't find key {key.Key} in {kind} {pod.Metadata.Namespace}/{key.Name}"));

    private static string Decode(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw new EnvironmentException("a Secret's value is not base64");
        }
    }
}
