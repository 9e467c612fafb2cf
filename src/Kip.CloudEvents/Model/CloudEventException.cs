namespace Kip.CloudEvents;

/// <summary>Thrown by <see cref="CloudEventBuilder.Build"/> only; everything that reads returns a <see cref="CloudEventError"/>.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Without an error there is nothing to say.")]
public sealed class CloudEventException(CloudEventError error) : Exception(error.ToString())
{
    /// <summary>What is wrong.</summary>
    public CloudEventError Error { get; } = error;
}
