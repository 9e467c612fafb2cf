using System.Buffers;
using System.Text;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Shouldly;

namespace Kip.Tests.CloudEvents;

/// <summary>Events that tests begin with.</summary>
internal static class Samples
{
    internal static readonly (string Name, string Value)[] Required =
        [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")];

    /// <summary>The headers of a smallest event, with some of them set, or left out by null.</summary>
    internal static Message Http(params (string Name, string? Value)[] changes)
    {
        var message = new Message();
        foreach (var (name, value) in Required) message.Headers[name] = value;
        foreach (var (name, value) in changes)
        {
            message.Headers.Remove(name);
            if (value is not null) message.Headers[name] = value;
        }
        return message;
    }

    internal static Message Structured(string json, string contentType = "application/cloudevents+json")
    {
        var message = new Message { Body = Encoding.UTF8.GetBytes(json) };
        message.Headers["Content-Type"] = contentType;
        return message;
    }

    /// <summary>A smallest event in the JSON format, with more members.</summary>
    internal static Message Json(string members) =>
        Structured($$"""{"specversion":"1.0","id":"1","source":"/s","type":"t"{{(members.Length == 0 ? "" : ",")}}{{members}}}""");

    internal static string ToJson(CloudEvent cloudEvent)
    {
        var body = new ArrayBufferWriter<byte>();
        EventFormat.Json.Write(cloudEvent, body);
        return Encoding.UTF8.GetString(body.WrittenSpan);
    }

    /// <summary>All that an event says, as text: attributes by name with their types, then the data.</summary>
    internal static string Describe(CloudEvent cloudEvent, bool types = true)
    {
        var lines = new List<string>();
        foreach (var (name, value) in cloudEvent.Attributes) lines.Add($"{name}{(types ? ":" + value.Type : "")}={value}");
        lines.Sort(StringComparer.Ordinal);
        var data = cloudEvent.DataKind == CloudEventDataKind.None ? "-" : Convert.ToHexString(cloudEvent.Data.Span);
        return string.Join('\n', lines) + "\ndata " + data;
    }

    internal static CloudEventBuilder Builder() => new CloudEventBuilder()
        .Set("specversion", "1.0").Set("id", "1").Set("source", "/s").Set("type", "t");
}
