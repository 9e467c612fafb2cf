using Kip.Resources.Core;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Pods;

/// <summary>Stands where no container can be run, and says why.</summary>
/// <param name="why">What is missing and what to do instead.</param>
internal sealed class RefusingSandbox(string why) : IPodSandbox
{
    public string? Address => null;

    public Pod Declare(Pod pod, bool running) => pod;

    public Task? Fetch(Pod pod, Container container, CancellationToken cancel) =>
        Task.FromException(new ContainerSetupException("CreateContainerError", $"image \"{container.Image}\" is not run: {why}"));

    public Task<ContainerRun> StartAsync(ContainerStart start, CancellationToken cancel) => throw new ContainerSetupException("CreateContainerError", why);

    public Task EndAsync(Pod pod) => Task.CompletedTask;
}
