using Kip.Resources.Messaging;

namespace Kip.Rules.Eventing.Channels;

/// <summary>What the Channel planner sees.</summary>
public sealed record ChannelView
{
    public required Channel Channel { get; init; }

    /// <summary>The channel of the same name that does the work, whoever owns it; null when there is none.</summary>
    public InMemoryChannel? Backing { get; init; }
    public required DateTimeOffset Now { get; init; }
}
