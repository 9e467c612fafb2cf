using System.Text;
using System.Text.Json.Nodes;

namespace Kip.Testing.Recording;

/// <summary>A request that a client sent and the answer it got.</summary>
/// <param name="Target">Path and query.</param>
/// <param name="Headers">Those that decide about the answer.</param>
/// <param name="Answer">The answer's body as far as it was read; a watch's is cut.</param>
public sealed record Exchange(
    string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body, int Status, string ContentType, byte[] Answer)
{
    /// <summary>The answer as JSON; null when it is none, or a stream.</summary>
    public JsonNode? Json { get; } = Parse(ContentType, Answer);

    /// <summary>The body as text; null when it is no text.</summary>
    public string? Text =>
        Headers.TryGetValue("Content-Type", out var type) && type.Contains("protobuf", StringComparison.Ordinal) ? null : Encoding.UTF8.GetString(Body);

    private static JsonNode? Parse(string type, byte[] body)
    {
        if (!type.Contains("json", StringComparison.Ordinal)) return null;
        try
        {
            return JsonNode.Parse(body);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
