using Kip.Resources.Core;
using Kip.Runtime.Logs;

namespace Kip.Runtime.Pods.Slots;

/// <summary>A container that is to be started.</summary>
/// <param name="Pod">Its pod.</param>
/// <param name="Container">As it is declared.</param>
/// <param name="Attempt">How often it was started before: its restart count.</param>
/// <param name="OpenLog">Makes the log of this run; called once it is certain that something will run.</param>
internal sealed record ContainerStart(Pod Pod, Container Container, int Attempt, Func<ContainerLog> OpenLog);
