namespace Kip.CloudEvents;

/// <summary>What is wrong with an event: the rule it breaks, the attribute that breaks it, and a sentence for whoever sent it.</summary>
/// <param name="Rule">The broken rule.</param>
/// <param name="Attribute">The attribute's name, or null when the event as a whole is meant.</param>
/// <param name="Message">One sentence without the attribute's value, so that it can be logged.</param>
public sealed record CloudEventError(CloudEventRule Rule, string? Attribute, string Message)
{
    /// <summary>The place of the event in its batch, counted from 0, or null for an event that came alone.</summary>
    public int? BatchIndex { get; init; }

    /// <summary>The HTTP status that a receiver answers with: 415 for a format it does not read, 400 for everything else.</summary>
    public int HttpStatus => Rule == CloudEventRule.UnsupportedFormat ? 415 : 400;

    /// <inheritdoc/>
    public override string ToString() => BatchIndex is { } index ? $"event {index} of the batch: {Message}" : Message;
}
