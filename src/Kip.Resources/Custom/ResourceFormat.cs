using System.Text.Json;

namespace Kip.Resources.Custom;

/// <summary>How objects of a kind are read and written where no record type describes them.</summary>
public abstract class ResourceFormat
{
    /// <summary>The fields beyond name and namespace by which objects can be selected, such as <c>spec.color</c>.</summary>
    public virtual IReadOnlyCollection<string> SelectableFields => [];

    /// <summary>Whether the status of a version is written through <c>/status</c> only, and does not count as part of the spec.</summary>
    public virtual bool SeparatesStatus(string version) => true;

    /// <summary>Reads one object.</summary>
    /// <exception cref="JsonException">The text is not JSON, no object, or its metadata has a field of a wrong type.</exception>
    public abstract Resource Read(KindDefinition kind, ref Utf8JsonReader reader);

    public abstract void Write(KindDefinition kind, Utf8JsonWriter writer, Resource resource);
}
