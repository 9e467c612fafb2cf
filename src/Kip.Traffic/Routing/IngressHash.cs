using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Networking;

namespace Kip.Traffic.Routing;

/// <summary>
/// The hash by which Knative's probes tell which version of an Ingress a gateway serves: over its spec as Go writes it, its namespace and its name.
/// </summary>
public static class IngressHash
{
    // Go escapes these in every string; nothing outside of strings has them.
    private static readonly (string Plain, string Escaped)[] GoEscapes = [("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")];

    /// <summary>Hexadecimal digits of the SHA-256.</summary>
    public static string Of(Ingress ingress) => Of(ingress.Spec, ingress.Key);

    /// <inheritdoc cref="Of(Ingress)"/>
    public static string Of(IngressSpec spec, NamespacedName name)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(json, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) Write(writer, spec);
        var text = Encoding.UTF8.GetString(json.WrittenSpan);
        foreach (var (plain, escaped) in GoEscapes) text = text.Replace(plain, escaped, StringComparison.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text + name.Namespace + name.Name)));
    }

    // Fields in the order of Knative's Go types, empty ones left out where those say omitempty.
    private static void Write(Utf8JsonWriter json, IngressSpec spec)
    {
        json.WriteStartObject();
        Array(json, "tls", spec.Tls, omitEmpty: true, Write);
        Array(json, "rules", spec.Rules, omitEmpty: true, Write);
        Text(json, "httpOption", spec.HttpOption);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IngressTls tls)
    {
        json.WriteStartObject();
        Array(json, "hosts", tls.Hosts, omitEmpty: true, static (json, host) => json.WriteStringValue(host));
        Text(json, "secretName", tls.SecretName);
        Text(json, "secretNamespace", tls.SecretNamespace);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IngressRule rule)
    {
        json.WriteStartObject();
        Array(json, "hosts", rule.Hosts, omitEmpty: true, static (json, host) => json.WriteStringValue(host));
        Text(json, "visibility", rule.Visibility);
        if (rule.Http is { } http)
        {
            json.WriteStartObject("http");
            Array(json, "paths", http.Paths, omitEmpty: false, Write);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HttpIngressPath path)
    {
        json.WriteStartObject();
        Text(json, "path", path.Path);
        Text(json, "rewriteHost", path.RewriteHost);
        Map(json, "headers", path.Headers, static (json, exact) =>
        {
            json.WriteStartObject();
            json.WriteString("exact", exact);
            json.WriteEndObject();
        });
        Array(json, "splits", path.Splits, omitEmpty: false, Write);
        Map(json, "appendHeaders", path.AppendHeaders, static (json, value) => json.WriteStringValue(value));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IngressBackendSplit split)
    {
        json.WriteStartObject();
        json.WriteString("serviceNamespace", split.ServiceNamespace);
        json.WriteString("serviceName", split.ServiceName);
        if (split.ServicePort is { Text: { } name }) json.WriteString("servicePort", name);
        else json.WriteNumber("servicePort", split.ServicePort?.Number ?? 0);
        if (split.Percent != 0) json.WriteNumber("percent", split.Percent);
        Map(json, "appendHeaders", split.AppendHeaders, static (json, value) => json.WriteStringValue(value));
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) json.WriteString(name, value);
    }

    private static void Array<T>(Utf8JsonWriter json, string name, ValueList<T> items, bool omitEmpty, Action<Utf8JsonWriter, T> write)
    {
        if (items.IsEmpty && omitEmpty) return;
        json.WriteStartArray(name);
        foreach (var item in items) write(json, item);
        json.WriteEndArray();
    }

    private static void Map(Utf8JsonWriter json, string name, StringMap map, Action<Utf8JsonWriter, string> write)
    {
        if (map.IsEmpty) return;
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            json.WritePropertyName(key);
            write(json, value);
        }
        json.WriteEndObject();
    }
}
