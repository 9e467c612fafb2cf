using System.Net;
using Kip.Brokers.DeadLetters;
using Kip.Brokers.Topics;
using Kip.Log;

namespace Kip.Brokers;

/// <summary>Where the broker listens and keeps its events, and its limits.</summary>
public sealed record BrokerOptions
{
    /// <summary>Where events come in.</summary>
    /// <value>Loopback, any free port: clients come through the gateway.</value>
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The folder for the logs of events. Made when the first event comes.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Bytes of one message's body, a batch as a whole; a larger one is answered 413.</summary>
    /// <value>4 MiB.</value>
    public int MaxMessageBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of all messages' bodies that are being taken in at one time; more are answered 429.</summary>
    /// <value>128 MiB.</value>
    public long MaxBytesInFlight { get; init; } = 128L << 20;

    /// <summary>Where the platform itself serves a host, for the deliveries; null from it: by the host's address.</summary>
    public Func<string, EndPoint?> Door { get; init; } = static _ => null;

    /// <summary>How the logs behave.</summary>
    public LogOptions Log { get; init; } = new() { VerifyAll = false, WakesTogether = true };

    /// <summary>Where the logs lie; null: in <see cref="DataDirectory"/>.</summary>
    internal ITopicStorage? Storage { get; init; }

    /// <summary>How many dead letters each Broker and channel keeps; the oldest go first.</summary>
    internal int MaxDeadLetters { get; init; } = DeadLetterStore.MaxLetters;
}
