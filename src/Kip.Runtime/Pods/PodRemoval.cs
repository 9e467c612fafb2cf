using Kip.Client;
using Kip.Images.Layers;
using Kip.Resources;
using Kip.Resources.Core;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Pods;

/// <summary>Lets the API forget a pod whose containers have ended, and the disk too.</summary>
internal sealed partial class PodRemoval(PodHost host)
{
    private readonly ILogger _logger = host.Logger;

    public void DeleteFolder(Pod pod)
    {
        try
        {
            FolderTree.Delete(host.FolderOf(pod));
        }
        catch (IOException e)
        {
            LogNotDeleted(pod.Key, host.FolderOf(pod), e.Message);
        }
    }

    /// <summary>Deletes the pod from the API, trying until it is gone.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="mayGiveUp">True once nobody waits for it: the platform stops, or the pod is gone.</param>
    /// <param name="cancel">Ends a request that is under way.</param>
    public async Task DeleteAsync(Pod pod, Func<bool> mayGiveUp, CancellationToken cancel)
    {
        var options = new DeleteOptions { GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = pod.Metadata.Uid } };
        for (var failures = 1; ; failures++)
        {
            try
            {
                await host.Resources.DeleteAsync(Pod.Definition, pod.Key, options, cancel);
                return;
            }
            catch (ApiException gone) when (gone.IsNotFound || gone.IsConflict)
            {
                return;
            }
            catch (Exception failed) when (failed is not OperationCanceledException && !mayGiveUp())
            {
                LogWriteFailed(pod.Key, failed.Message);
                await Task.Delay(PodHost.WriteRetry.After(failures), host.Time, CancellationToken.None);
            }
            catch (Exception) when (mayGiveUp())
            {
                return;
            }
        }
    }

    [LoggerMessage(605, LogLevel.Warning, "Pod {pod}: it could not be deleted from the API and will be tried again: {reason}")]
    private partial void LogWriteFailed(NamespacedName pod, string reason);

    [LoggerMessage(604, LogLevel.Warning, "Pod {pod}: its folder {folder} could not be deleted: {reason}")]
    private partial void LogNotDeleted(NamespacedName pod, string folder, string reason);
}
