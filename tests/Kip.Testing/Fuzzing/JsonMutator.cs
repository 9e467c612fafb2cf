using System.Globalization;
using System.Text.Json.Nodes;

namespace Kip.Testing.Fuzzing;

/// <summary>Damages JSON in ways that often still look right: another type, another name, one thing twice, a thing in the wrong place.</summary>
public sealed class JsonMutator(Random random)
{
    private static readonly string[] Names =
    [
        "metadata", "spec", "status", "name", "namespace", "labels", "annotations", "template", "containers", "env", "ports", "value", "valueFrom", "image",
        "data", "stringData", "binaryData", "conditions", "type", "finalizers", "ownerReferences", "uid", "replicas", "selector", "matchLabels",
        "matchExpressions", "creationTimestamp", "deletionTimestamp", "generateName", "resourceVersion", "traffic", "percent", "latestRevision", "rules",
        "http", "$patch", "$retainKeys", "$setElementOrder/containers", "$deleteFromPrimitiveList/finalizers", "managedFields", "fieldsV1", "f:spec", "k:{}",
        "schema", "openAPIV3Schema", "properties", "versions", "names", "plural", "roleRef", "subjects", "verbs", "resources", "apiGroups", "jobTemplate",
        "schedule", "hard", "limits", "webhooks", "clientConfig", "filters", "subscriber", "delivery", "backoffDelay", "", "\ud83d\ude00", "kind", "apiVersion",
    ];

    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "1", "-1", "1.5", "1e400", "-0", "9223372036854775808", "2147483648", "\"\"", "\"a\"", "\"A_B\"", "\"1\"",
        "\"-5Gi\"", "\"100m\"",
        "\"1e999\"", "\"delete\"", "\"replace\"", "\"2026-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.999999999Z\"", "\"\\ud83d\\ude00\"",
        "\"\\u0000\"", "\"PT1S\"",
        "\"kip.local/helloworld\"", "\"*/0 * * * *\"", "\"60 60 * * *\"", "\"system:masters\"", "\"$(A)\"", "\"../../etc\"", "\"%s%n\"", "[]", "{}",
        "[[]]", "[null]", "{\"\":{}}",
    ];

    /// <summary>Random JSON of at most so many levels.</summary>
    public JsonNode? Value(int depth)
    {
        if (depth <= 0 || random.Next(4) == 0) return Scalar();
        if (random.Next(4) == 0) return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))]);
        var made = new JsonObject();
        for (var i = random.Next(5); i > 0; i--) made[Name()] = Value(depth - 1);
        return made;
    }

    public string Name() => Names[random.Next(Names.Length)];

    /// <summary>Changes one to four things somewhere below.</summary>
    public void Damage(JsonNode root)
    {
        for (var i = random.Next(1, 5); i > 0; i--) DamageOnce(root);
    }

    // 1e400 is legal JSON that fits no number: kept as the text it is.
    private JsonNode? Scalar() => JsonNode.Parse(Scalars[random.Next(Scalars.Length)]);

    private void DamageOnce(JsonNode root)
    {
        var at = root;
        for (var depth = random.Next(8); depth > 0; depth--)
        {
            var children = at switch
            {
                JsonObject o => [.. o.Select(static p => p.Value).OfType<JsonNode>().Where(static n => n is JsonObject or JsonArray)],
                JsonArray a => (List<JsonNode>)[.. a.OfType<JsonNode>().Where(static n => n is JsonObject or JsonArray)],
                _ => [],
            };
            if (children.Count == 0) break;
            at = children[random.Next(children.Count)];
        }
        if (at is JsonObject there) DamageObject(there);
        else if (at is JsonArray items) DamageArray(items);
    }

    private void DamageObject(JsonObject at)
    {
        var name = at.Count > 0 && random.Next(3) > 0 ? at.ElementAt(random.Next(at.Count)).Key : Name();
        switch (random.Next(5))
        {
            case 0: at.Remove(name); break;
            case 1: at[name] = Value(3); break;
            case 2: at[Name()] = at[name]?.DeepClone(); break;
            case 3: at[name] = Deep(random.Next(300)); break;
            default: at[name] = new string('x', random.Next(2000)); break;
        }
    }

    private void DamageArray(JsonArray at)
    {
        if (at.Count == 0 || random.Next(3) == 0) at.Add(Value(3));
        else if (random.Next(2) == 0) at.Add(at[random.Next(at.Count)]?.DeepClone());
        else at.RemoveAt(random.Next(at.Count));
    }

    private static JsonNode Deep(int levels)
    {
        JsonNode at = new JsonArray();
        for (var i = 0; i < levels; i++) at = i % 2 == 0 ? new JsonArray(at) : new JsonObject { [i.ToString(CultureInfo.InvariantCulture)] = at };
        return at;
    }
}
