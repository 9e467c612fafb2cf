using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Kip.ApiServer.CustomResources;

/// <summary>Serialises JSON trees without reflection.</summary>
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class JsonNodeContext : JsonSerializerContext;
