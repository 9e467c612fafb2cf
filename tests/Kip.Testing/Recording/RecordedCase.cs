using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kip.Testing.Recording;

/// <summary>What a client sends to do one thing, and the essence of the answers: a file that is checked without the client.</summary>
/// <remarks>
/// A step is <c>{method, path, headers, body | bodyBase64, status, type, kind, fields, columns, learn, until}</c>. <c>learn</c> names the places of an
/// answer whose values later requests repeat (uid, resourceVersion, continue); on replay the new server's values are sent instead.
/// </remarks>
public static partial class RecordedCase
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file's content.</summary>
    public static string Write(string client, string name, IReadOnlyList<Exchange> exchanges)
    {
        var steps = new JsonArray();
        for (var i = 0; i < exchanges.Count; i++) steps.Add(StepOf(exchanges, i));
        return new JsonObject { ["client"] = client, ["case"] = name, ["steps"] = steps }.ToJsonString(Written) + "\n";
    }

    /// <summary>The places of a JSON document that hold what later requests may repeat.</summary>
    public static IEnumerable<(string Place, string Value)> Ids(JsonNode? node, string place = "") => node switch
    {
        JsonObject o =>
            o.SelectMany(p => p.Value is JsonValue v && p.Key is "uid" or "resourceVersion" or "continue" && p.Value!.GetValueKind() == JsonValueKind.String
            ? [($"{place}/{p.Key}", p.Value.GetValue<string>())]
            : Ids(p.Value, $"{place}/{p.Key}")),
        JsonArray a => a.SelectMany((item, i) => Ids(item, $"{place}/{i}")),
        _ => [],
    };

    /// <summary>The essence of an answer: its kind, the names at its top, a table's columns.</summary>
    public static JsonObject Essence(JsonNode? answer)
    {
        var essence = new JsonObject();
        if (answer is not JsonObject o) return essence;
        if (o["kind"] is { } kind) essence["kind"] = $"{o["apiVersion"]} {kind}".Trim();
        if (o["columnDefinitions"] is JsonArray columns) essence["columns"] = new JsonArray([.. columns.Select(static c => c!["name"]!.DeepClone())]);
        if (o["reason"] is JsonValue reason && o["kind"]?.GetValue<string>() == "Status") essence["reason"] = reason.DeepClone();
        essence["fields"] = new JsonArray([.. o.Select(static p => (JsonNode)p.Key)]);
        return essence;
    }

    private static JsonObject StepOf(IReadOnlyList<Exchange> all, int index)
    {
        var exchange = all[index];
        var step = new JsonObject { ["method"] = exchange.Method, ["path"] = Hash().Replace(exchange.Target, "$1").TrimEnd('?', '&') };
        if (exchange.Headers.Count > 0) step["headers"] = new JsonObject(exchange.Headers.Select(static h => KeyValuePair.Create(h.Key, (JsonNode?)h.Value)));
        if (exchange.Body.Length > 0)
        {
            if (exchange.Text is { } text) step["body"] = text;
            else step["bodyBase64"] = Convert.ToBase64String(exchange.Body);
        }
        step["status"] = exchange.Status;
        step["type"] = exchange.ContentType.Split(';')[0];
        foreach (var (name, value) in Essence(exchange.Json).ToArray()) step[name] = value?.DeepClone();
        var learn = Ids(exchange.Json)
            .Where(id => all.Skip(index + 1).Any(later => Repeats(later, id.Value)) && !all.Take(index).Any(
                earlier => Ids(earlier.Json).Any(e => e.Value == id.Value)))
            .DistinctBy(static id => id.Value);
        var places = new JsonObject(learn.Select(static id => KeyValuePair.Create(id.Place, (JsonNode?)id.Value)));
        if (places.Count > 0) step["learn"] = places;
        return step;
    }

    private static bool Repeats(Exchange later, string value) =>
        later.Target.Contains(Uri.EscapeDataString(value), StringComparison.Ordinal)
            || System.Text.Encoding.UTF8.GetString(later.Body).Contains(value, StringComparison.Ordinal);

    // It changes whenever a schema does, and says nothing.
    [GeneratedRegex(@"([?&])hash=[^&]*&?")]
    private static partial Regex Hash();
}
