using System.Text;
using System.Text.Json;
using Kip.Client;
using Kip.Resources.Yaml;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>Objects that clients send as YAML, as <c>curl</c> users do.</summary>
internal static class YamlBody
{
    public const string ContentType = "application/yaml";

    /// <summary>The one document of a body, as JSON.</summary>
    /// <exception cref="ApiException">400: it is not YAML, or not one document.</exception>
    public static byte[] ToJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            return YamlReader.Read(Encoding.UTF8.GetString(body.Span)) is [{ } only] ? NodeJson.Write(only.Root)
                : throw ApiException.BadRequest("the body of the request is not one YAML document: send one object at a time");
        }
        catch (DocumentException malformed)
        {
            throw ApiException.BadRequest($"the body of the request is not YAML: line {malformed.Line}: {malformed.Message}");
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or ArgumentException)
        {
            throw ApiException.BadRequest($"the body of the request is not YAML: {malformed.Message}");
        }
    }
}
