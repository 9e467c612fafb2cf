using Kip.Client;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Rules.CustomResources;

namespace Kip.Host.Platform;

/// <summary>Lets Knative's kinds appear among the CustomResourceDefinitions, where clients look for them.</summary>
internal static class DefinitionBootstrap
{
    /// <summary>Makes what is missing, and renews what another kip has made otherwise.</summary>
    public static async Task RunAsync(IResources resources, CancellationToken cancel)
    {
        foreach (var wanted in BuiltInDefinitions.Of(Kinds.All.Concat(Kinds.OtherVersions)))
        {
            var present = await resources.GetAsync<CustomResourceDefinition>(new("", wanted.Metadata.Name), cancel);
            if (present is null) await resources.CreateAsync(wanted, cancel);
            else if (present.Spec != wanted.Spec || present.Metadata.Labels.With(wanted.Metadata.Labels) != present.Metadata.Labels)
                await resources.UpdateAsync(present with { Spec = wanted.Spec }, cancel);
        }
    }
}
