using Kip.CloudEvents;

namespace Kip.Rules.Eventing.Filters;

/// <summary>
/// The attributes that filters see, as text. Built-in ones always exist, empty when unset; extensions exist when they are there.
/// </summary>
internal static class FilterAttributes
{
    /// <param name="scratch">Room for the text of a number: 11 characters or more.</param>
    internal static bool TryGet(CloudEvent cloudEvent, string name, Span<char> scratch, out ReadOnlySpan<char> text)
    {
        switch (name)
        {
            case "dataschema" or "schemaurl":
                text = cloudEvent.DataSchema;
                return true;
            case "subject":
                text = cloudEvent.Subject;
                return true;
            case "datacontenttype":
                text = cloudEvent.DataContentType;
                return true;
            case "datamediatype":
                text = MediaTypeOf(cloudEvent.DataContentType);
                return true;
            case "time":
                // Knative's filters see the year 1 where an event has no time.
                text = cloudEvent.Time ?? "0001-01-01T00:00:00Z";
                return true;
            default:
                var found = cloudEvent.TryGetAttribute(name, out var value);
                text = found ? value.AsSpan(scratch) : default;
                return found || name == "datacontentencoding";
        }
    }

    private static ReadOnlySpan<char> MediaTypeOf(ReadOnlySpan<char> contentType)
    {
        var semicolon = contentType.IndexOf(';');
        return semicolon < 0 ? contentType : contentType[..semicolon].TrimEnd();
    }
}
