using System.Text;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Sending;

/// <summary>What came of an attempt: an answer, or what prevented one.</summary>
internal readonly record struct EventAnswer
{
    /// <summary>The answer's status; <see cref="DeliveryOutcome.NoAnswer"/> when there was none.</summary>
    public int Status { get; init; }

    public string? RetryAfter { get; init; }

    /// <summary>The answer's headers, if it has a body or is an event; else empty.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get => field ?? []; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>No answer: the network's fault, a timeout, or bytes that are no HTTP.</summary>
    public static EventAnswer None(string why) =>
        new() { Status = DeliveryOutcome.NoAnswer, Body = Encoding.UTF8.GetBytes($"dispatch error: {why}") };

    public static EventAnswer Of(int status, string? retryAfter = null) => new() { Status = status, RetryAfter = retryAfter };
}

/// <summary>Sends events: over the network, into this process's own brokers and channels, or, in a simulation, nowhere real.</summary>
internal interface IEventSender
{
    /// <summary>Makes one attempt. Whatever goes wrong is an answer; only a stop throws.</summary>
    /// <exception cref="OperationCanceledException">The broker is being stopped.</exception>
    ValueTask<EventAnswer> SendAsync(EventRequest request, CancellationToken stop);
}
