using Kip.Resources.Core;

namespace Kip.Runtime.Pods.Slots;

/// <summary>What is known of one container; its status is written from this.</summary>
public sealed record ContainerFacts
{
    public required string Name { get; init; }
    public required string Image { get; init; }

    /// <summary>What the image turned out to be; empty until it is found.</summary>
    public string ImageId { get; init; } = "";
    public string? ContainerId { get; init; }
    public required ContainerState State { get; init; }
    public ContainerState? LastState { get; init; }
    public int RestartCount { get; init; }

    /// <summary>Its startup probe, if it has one, has succeeded in this run.</summary>
    public bool Started { get; init; }

    /// <summary>Its readiness probe, if it has one, succeeds.</summary>
    public bool PassesReadiness { get; init; }

    public bool IsReady => State.Running is not null && Started && PassesReadiness;

    public static ContainerState Waiting(string reason, string? message = null) =>
        new() { Waiting = new ContainerStateWaiting { Reason = reason, Message = message } };

    public ContainerStatus ToStatus() => new()
    {
        Name = Name, Image = Image, ImageID = ImageId, ContainerID = ContainerId, State = State, LastState = LastState,
        RestartCount = RestartCount, Started = State.Running is not null && Started, Ready = IsReady,
    };
}
