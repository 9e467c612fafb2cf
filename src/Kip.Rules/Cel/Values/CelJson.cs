using System.Text.Json;

namespace Kip.Rules.Cel.Values;

/// <summary>JSON of which nothing is known: whole numbers are integers, objects are maps.</summary>
public static class CelJson
{
    public static CelValue Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => CelBool.True,
        JsonValueKind.False => CelBool.False,
        JsonValueKind.String => new CelText(json.GetString()!),
        JsonValueKind.Number when json.TryGetInt64(out var whole) => new CelInt(whole),
        JsonValueKind.Number => new CelDouble(json.GetDouble()),
        JsonValueKind.Array => new JsonItems(json),
        JsonValueKind.Object => new JsonMembers(json),
        _ => CelNull.Instance,
    };

    private sealed record JsonItems(JsonElement Json) : CelList
    {
        public override int Count => Json.GetArrayLength();

        public override IEnumerable<CelValue> Items => Json.EnumerateArray().Select(Of);

        public override CelValue At(int index) => Of(Json[index]);
    }

    private sealed record JsonMembers(JsonElement Json) : CelMap
    {
        public override int Count => Json.GetPropertyCount();

        public override IEnumerable<CelValue> Keys => Json.EnumerateObject().Select(static member => new CelText(member.Name));

        public override CelValue? Find(CelValue key) => key is CelText text && Json.TryGetProperty(text.Value, out var value) ? Of(value) : null;
    }
}
