using System.Text.Json;

namespace Kip.Host.Events;

/// <summary>An event on one line of a terminal.</summary>
internal static class EventLine
{
    private const int LongestData = 200;

    private static readonly string[] Placed = ["specversion", "id", "source", "type", "time", "data", "data_base64", "datacontenttype"];

    public static string Of(StoredEvent stored)
    {
        var line = $"#{stored.Offset} {stored.Time.ToLocalTime():HH:mm:ss.fff} {Text(stored.Event, "type")} from {Text(stored.Event, "source")} "
            + $"id={Text(stored.Event, "id")}";
        foreach (var member in stored.Event.EnumerateObject())
        {
            if (!Placed.Contains(member.Name)) line += $" {member.Name}={member.Value}";
        }
        return Data(stored.Event) is { } data ? $"{line}\n    {data}" : line;
    }

    /// <summary>An attribute's text; empty when it is not there.</summary>
    public static string Text(JsonElement cloudEvent, string name) =>
        cloudEvent.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static string? Data(JsonElement cloudEvent)
    {
        if (cloudEvent.TryGetProperty("data_base64", out var base64))
            return $"{(base64.GetString()!.Length * 3L / 4) - base64.GetString()!.AsSpan().Count('=')} bytes of {Type(cloudEvent)}";
        if (!cloudEvent.TryGetProperty("data", out var data)) return null;
        var text = data.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= LongestData ? text : $"{text[..LongestData]}… ({text.Length} characters)";
    }

    private static string Type(JsonElement cloudEvent) =>
        Text(cloudEvent, "datacontenttype") is { Length: > 0 } type ? type : "unknown type";
}
