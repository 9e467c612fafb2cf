using System.Text.Json;
using Kip.CloudEvents;
using Kip.CloudEvents.Extensions;
using Kip.Host.CommandLine;
using Kip.Resources;

namespace Kip.Host.Events;

/// <summary>What the options of <c>kip events send</c> say of the event.</summary>
internal sealed record EventTemplate
{
    public string? Type { get; init; }

    public string? Id { get; init; }

    public required string Source { get; init; }

    public string? Subject { get; init; }

    /// <value>Null: none.</value>
    public byte[]? Data { get; init; }

    /// <value>Null: JSON when the data is, else text when it is UTF-8, else bytes.</value>
    public string? ContentType { get; init; }

    public StringMap Extensions { get; init; }

    /// <summary>The event; its time is now, its id a new one where none is given.</summary>
    /// <exception cref="CommandFailure">It would break a rule of CloudEvents, or of an extension that CloudEvents documents.</exception>
    public CloudEvent Make(DateTimeOffset now, Func<string> newId)
    {
        if (Type is null) throw new CommandFailure("an event needs a type: --type com.example.order");
        var builder = new CloudEventBuilder()
            .Set(AttributeNames.SpecVersion, "1.0")
            .Set(AttributeNames.Id, Id ?? newId())
            .Set(AttributeNames.Source, Source)
            .Set(AttributeNames.Type, Type)
            .Set(AttributeNames.Time, CloudEventValue.Timestamp(now));
        if (Subject is not null) builder.Set(AttributeNames.Subject, Subject);
        foreach (var (name, value) in Extensions) builder.Set(name, value);
        if (Data is not null)
        {
            builder.Set(AttributeNames.DataContentType, ContentType ?? Guess(Data));
            builder.SetData(CloudEventDataKind.Bytes, Data);
        }
        if (!builder.TryBuild(out var made, out var error) || (error = DocumentedExtensions.Check(made)) is not null)
            throw new CommandFailure($"this is no CloudEvent: {error}");
        return made;
    }

    private static string Guess(byte[] data)
    {
        try
        {
            using var _ = JsonDocument.Parse(data);
            return "application/json";
        }
        catch (JsonException)
        {
            return System.Text.Unicode.Utf8.IsValid(data) ? "text/plain; charset=utf-8" : "application/octet-stream";
        }
    }
}
