using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Serving.Configurations;

namespace Kip.Controllers.Serving;

/// <summary>Makes a Revision for every generation of every Configuration, and follows which is ready.</summary>
public sealed class ConfigurationReconciler : IReconciler
{
    private readonly ReferenceTracker<NamespacedName> _namesWatched = new();
    private IIndexer<Configuration> _configurations = null!;
    private IIndexer<Revision> _revisions = null!;

    public KindDefinition Kind => Configuration.Definition;

    public void Watch(IWatchBuilder watch)
    {
        _configurations = watch.Own<Configuration>();
        _revisions = watch.OwnedBy<Revision>();
        // Whoever asks for a name that somebody else's Revision has gets it when that one goes.
        watch.Related<Revision>(r => _namesWatched.Of(r.Key));
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        var configuration = _configurations.Get(key);
        var named = configuration?.Spec.Template.Metadata.Name ?? "";
        _namesWatched.Set(key, named.Length == 0 ? [] : [new(key.Namespace, named)]);
        if (configuration is not { Metadata.DeletionTimestamp: null }) return Resources.Planning.Plan.Nothing;
        return ConfigurationPlanner.Plan(new ConfigurationView
        {
            Configuration = configuration,
            Revisions = [.. _revisions.OwnedBy(configuration.Metadata.Uid ?? "")],
            NamedRevision = named.Length == 0 ? null : _revisions.Get(new(key.Namespace, named)),
            Now = now,
        });
    }
}
