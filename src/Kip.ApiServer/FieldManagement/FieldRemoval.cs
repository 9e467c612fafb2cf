using System.Text.Json;
using Kip.ApiServer.Schema;

namespace Kip.ApiServer.FieldManagement;

/// <summary>Takes fields out of an object, with all that is below them.</summary>
internal static class FieldRemoval
{
    /// <summary>Writes the value without the fields of a set.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement value, FieldSet gone, SchemaNode schema)
    {
        var shape = Shapes.Of(value, schema);
        if (gone.IsEmpty || shape == Shape.Leaf) value.WriteTo(writer);
        else if (shape == Shape.Map) Map(writer, value, gone, schema);
        else List(writer, value, gone, schema);
    }

    private static void Map(Utf8JsonWriter writer, JsonElement map, FieldSet gone, SchemaNode schema)
    {
        writer.WriteStartObject();
        foreach (var (name, member) in Members.Of(map))
        {
            var found = gone.Find(PathElement.Field(name));
            if (found.IsMember || LeavesNothing(member, found, schema)) continue;
            writer.WritePropertyName(name);
            Write(writer, member, found.Below, Shapes.Member(schema, name));
        }
        writer.WriteEndObject();
    }

    private static void List(Utf8JsonWriter writer, JsonElement list, FieldSet gone, SchemaNode schema)
    {
        writer.WriteStartArray();
        foreach (var item in list.EnumerateArray())
        {
            var found = gone.Find(ListElements.Of(item, schema.Topology));
            if (!found.IsMember) Write(writer, item, found.Below, Shapes.Items(schema));
        }
        writer.WriteEndArray();
    }

    // A field whose map or list loses its last part goes itself; one that nobody touches stays, and so does the entry of a map, which is something
    // even when nothing is in it.
    private static bool LeavesNothing(JsonElement value, FieldSetNode gone, SchemaNode holder)
    {
        if (gone.Below.IsEmpty || !Shapes.IsDeclared(holder, gone.Element)) return false;
        var schema = Shapes.Below(holder, gone.Element);
        switch (Shapes.Of(value, schema))
        {
            case Shape.Map:
                foreach (var (name, member) in Members.Of(value))
                {
                    var found = gone.Below.Find(PathElement.Field(name));
                    if (!found.IsMember && !LeavesNothing(member, found, schema)) return false;
                }
                return true;
            case Shape.List:
                foreach (var item in value.EnumerateArray())
                    if (!gone.Below.Find(ListElements.Of(item, schema.Topology)).IsMember) return false;
                return true;
            default:
                return false;
        }
    }
}
