using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kip.ApiServer.Patches;

/// <summary>Applies a JSON Patch (RFC 6902): operations in order, all of them or none.</summary>
public static class JsonPatch
{
    /// <summary>How many operations a patch may have, as in Kubernetes.</summary>
    public const int MaxOperations = 10_000;

    /// <summary>How many bytes all <c>copy</c> operations together may add; otherwise a small patch could make a huge object.</summary>
    public const int MaxCopiedBytes = 3 * 1024 * 1024;

    /// <summary>The document with the patch applied. The document given may be changed on the way, also when the patch fails.</summary>
    /// <exception cref="PatchException">The patch is malformed, too large, or does not fit.</exception>
    public static JsonNode? Apply(JsonNode? document, JsonNode? patch)
    {
        if (patch is not JsonArray operations) throw PatchException.Malformed("a JSON patch is an array of operations");
        if (operations.Count > MaxOperations)
            throw new PatchException(413, $"The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}");
        var copied = 0L;
        foreach (var operation in operations)
        {
            if (operation is not JsonObject members) throw PatchException.Malformed("an operation of a JSON patch is an object");
            document = Apply(document, members, ref copied);
        }
        return document;
    }

    private static JsonNode? Apply(JsonNode? document, JsonObject operation, ref long copied)
    {
        var path = JsonPointer.Parse(Text(operation, "path"));
        switch (Text(operation, "op"))
        {
            case "add":
                return Add(document, path, Value(operation));
            case "remove":
                return Remove(document, path, out _);
            case "replace":
                path.Read(document);
                return Put(document, path, Value(operation));
            case "move":
                return Move(document, From(operation), path);
            case "copy":
                var source = From(operation).Read(document);
                copied += JsonTree.Write(source).Length;
                if (copied > MaxCopiedBytes) throw new PatchException(413, $"the copies of the JSON patch exceed {MaxCopiedBytes} bytes");
                return Add(document, path, source?.DeepClone());
            case "test":
                if (!JsonNode.DeepEquals(path.Read(document), Value(operation)))
                    throw PatchException.DoesNotFit($"testing value {path.Text} failed: test failed");
                return document;
            case var other:
                throw PatchException.Malformed($"unexpected kind of operation: {other}");
        }
    }

    private static JsonNode? Move(JsonNode? document, JsonPointer from, JsonPointer path)
    {
        if (from.IsAbove(path)) throw PatchException.DoesNotFit($"{from.Text} cannot be moved into itself");
        document = Remove(document, from, out var moved);
        return Add(document, path, moved);
    }

    private static JsonNode? Add(JsonNode? document, JsonPointer path, JsonNode? value)
    {
        if (path.IsRoot) return value;
        if (path.Parent(document) is JsonArray items) items.Insert(path.Index(items.Count, insert: true), value);
        else path.Parent(document)[path.Last] = value;
        return document;
    }

    private static JsonNode? Put(JsonNode? document, JsonPointer path, JsonNode? value)
    {
        if (path.IsRoot) return value;
        if (path.Parent(document) is JsonArray items) items[path.Index(items.Count, insert: false)] = value;
        else path.Parent(document)[path.Last] = value;
        return document;
    }

    private static JsonNode? Remove(JsonNode? document, JsonPointer path, out JsonNode? removed)
    {
        removed = path.Read(document);
        if (path.IsRoot) return null;
        if (path.Parent(document) is JsonArray items) items.RemoveAt(path.Index(items.Count, insert: false));
        else ((JsonObject)path.Parent(document)).Remove(path.Last);
        return document;
    }

    private static JsonPointer From(JsonObject operation) => JsonPointer.Parse(Text(operation, "from"));

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone()
            : throw PatchException.Malformed($"operation \"{Text(operation, "op")}\" needs a value");

    private static string Text(JsonObject operation, string member) =>
        operation[member] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
            : throw PatchException.Malformed($"an operation of a JSON patch needs \"{member}\" as text");
}
