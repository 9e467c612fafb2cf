using System.Reflection;
using Kip.Resources;
using Kip.Resources.Eventing;

namespace Kip.Tests.Resources;

/// <summary>Fills every settable property of a resource type with a distinct value, so that a round trip touches all of them.</summary>
internal static class Sample
{
    public static object? Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return "text";
        if (type == typeof(int)) return 7;
        if (type == typeof(long)) return 8L;
        if (type == typeof(bool)) return true;
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        if (type == typeof(IntOrString)) return (IntOrString)"http";
        if (type == typeof(StringMap)) return StringMap.Of(("b", "2"), ("a", "1"));
        if (type == typeof(RawJson)) return new RawJson("""{"x":[1,"y"]}""");
        if (type == typeof(FieldsV1)) return FieldsV1.Of("""{"f:spec":{"f:x":{}}}"""u8);
        if (type == typeof(CompactJson)) return CompactJson.Written("", static (writer, _) => writer.WriteRawValue("""{"x":[1,"y"]}"""u8));
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>)) return ListOf(type.GetGenericArguments()[0]);
        return Record(type);
    }

    private static object ListOf(Type element)
    {
        var array = Array.CreateInstance(element, 2);
        array.SetValue(Of(element), 0);
        array.SetValue(Of(element), 1);
        return typeof(ValueList).GetMethod(nameof(ValueList.ToValueList))!.MakeGenericMethod(element).Invoke(null, [array])!;
    }

    private static object? Record(Type type)
    {
        // A type that holds itself is filled down to where it would begin again.
        if (type == typeof(SubscriptionsApiFilter))
            return new SubscriptionsApiFilter { All = [new() { Cesql = "text" }], Not = new() { Exact = StringMap.Of(("a", "1")) } };
        var made = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.CanWrite))
            property.SetValue(made, Of(property.PropertyType));
        return made;
    }
}
