using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kip.Resources;

/// <summary>The serialisers as the API uses them: <see cref="ResourceJson"/> with empty strings left out, as Go's <c>omitempty</c> does.</summary>
public static class WireJson
{
    /// <summary>How deep objects may nest: a definition's schema, which nests three levels for one of the kind it describes, goes deepest.</summary>
    public const int MaxDepth = 128;

    public static JsonSerializerOptions Options { get; } = MakeOptions();

    /// <summary>The serialiser of one type listed in <see cref="ResourceJson"/>.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(ResourceJson.Default.Options)
        {
            MaxDepth = MaxDepth,
            TypeInfoResolver = ResourceJson.Default.WithAddedModifier(LeaveOutEmptyStrings),
        };
        options.MakeReadOnly();
        return options;
    }

    private static void LeaveOutEmptyStrings(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.PropertyType == typeof(string) && !IsAlwaysWritten(property))
                property.ShouldSerialize = static (_, value) => value is string { Length: > 0 };
    }

    private static bool IsAlwaysWritten(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonIgnoreAttribute), true) is
            [System.Text.Json.Serialization.JsonIgnoreAttribute { Condition: System.Text.Json.Serialization.JsonIgnoreCondition.Never }];
}
