using System.Text.Json;
using Kip.Resources;
using Kip.Rules.Cel.Functions;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.CustomResources.Validations;

/// <summary>A list of an object. Sets and lists with keys are equal in any order, and adding to them adds no item twice.</summary>
internal sealed record SchemaList(JsonElement Json, StructuralSchema Schema, StructuralSchema Item) : CelList
{
    public override int Count => Json.GetArrayLength();

    public override IEnumerable<CelValue> Items => Json.EnumerateArray().Select(Of);

    public override CelValue At(int index) => Of(Json[index]);

    internal override bool SameAs(CelList other, CelBudget budget) => Schema.ListType switch
    {
        "set" => Count == other.Count && Sets.Covers(this, other, budget) && Sets.Covers(other, this, budget),
        "map" when other is SchemaList list => Count == other.Count && SameByKey(list, budget),
        _ => base.SameAs(other, budget),
    };

    internal override CelList With(CelList other) => (Schema.ListType, other) switch
    {
        ("set", SchemaList set) => new CelItems([.. Json.EnumerateArray().Concat(set.Json.EnumerateArray()).DistinctBy(CompactJson.Canonical).Select(Of)]),
        ("map", SchemaList list) => Merged(list),
        _ => base.With(other),
    };

    private CelValue Of(JsonElement item) => SchemaValues.Of(item, Item, Item.IsEmbeddedResource);

    private bool SameByKey(SchemaList other, CelBudget budget)
    {
        var others = ListKeys.ByKey(other.Json, Schema);
        budget.Charge(others.Count);
        return Json.EnumerateArray().All(
            item => others.TryGetValue(ListKeys.Of(item, Schema).ToString(), out var found) && CelEquality.Same(Of(item), Of(found), budget));
    }

    // Items of the other replace those with their keys, in the places of these.
    private CelItems Merged(SchemaList other)
    {
        var added = ListKeys.ByKey(other.Json, Schema);
        var items = new List<CelValue>();
        foreach (var item in Json.EnumerateArray()) items.Add(Of(added.Remove(ListKeys.Of(item, Schema).ToString(), out var by) ? by : item));
        foreach (var item in other.Json.EnumerateArray())
            if (added.ContainsKey(ListKeys.Of(item, Schema).ToString())) items.Add(Of(item));
        return new(items);
    }
}
