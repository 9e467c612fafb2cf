using System.Diagnostics;
using Kip.Resources;
using Kip.Resources.Planning;

namespace Kip.Client.Loop;

/// <summary>Carries out the edits that a plan asks for.</summary>
public sealed class EditApplier(IResources resources)
{
    /// <summary>Carries out one edit.</summary>
    /// <returns>The object as stored; for a deletion the object that was deleted; null when nothing was stored.</returns>
    /// <exception cref="ApiException">The server refused it. That an object to be deleted is gone already is no failure.</exception>
    public async Task<Resource?> ApplyAsync(Edit edit, CancellationToken cancel)
    {
        switch (edit)
        {
            case Edit.Create create:
                return await resources.CreateAsync(create.Object, cancel);
            case Edit.Update update:
                return await resources.UpdateAsync(update.Object, cancel);
            case Edit.UpdateStatus update:
                return await resources.UpdateStatusAsync(update.Object, cancel);
            case Edit.Scale scale:
                await resources.ScaleAsync(scale.Kind, scale.Name, scale.Replicas, cancel);
                return null;
            case Edit.Delete delete:
                return await DeleteAsync(delete, cancel) ? delete.Object : null;
            default:
                throw new UnreachableException($"an edit of another kind: {edit.GetType().Name}");
        }
    }

    private async Task<bool> DeleteAsync(Edit.Delete delete, CancellationToken cancel)
    {
        var options = new DeleteOptions
        {
            PropagationPolicy = delete.PropagationPolicy,
            Preconditions = new Preconditions { Uid = delete.Object.Metadata.Uid },
        };
        try
        {
            await resources.DeleteAsync(delete.Object.GetDefinition(), delete.Object.Key, options, cancel);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }
}
