using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Planning;
using Kip.Resources.Serving;

namespace Kip.Tests.Client.Loop;

/// <summary>A controller small enough to see through: each Configuration gets one ConfigMap of a generated name that copies its annotation "text".</summary>
internal sealed class ChildReconciler : IReconciler
{
    private IIndexer<Configuration> _configurations = null!;
    private IIndexer<ConfigMap> _children = null!;
    private int _names;

    public KindDefinition Kind => Configuration.Definition;

    public int Plans { get; private set; }

    public TimeSpan? RequeueAfter { get; set; }

    public TimeSpan? StatusWithin { get; set; }

    public Func<NamespacedName, IEnumerable<Edit>> Extra { get; set; } = static _ => [];

    public void Watch(IWatchBuilder watch)
    {
        _configurations = watch.Own<Configuration>();
        _children = watch.OwnedBy<ConfigMap>(static (before, now) => before.Data != now.Data);
    }

    public Plan Plan(NamespacedName key, DateTimeOffset now)
    {
        Plans++;
        if (_configurations.Get(key) is not { } configuration) return Kip.Resources.Planning.Plan.Nothing;
        var text = configuration.Metadata.Annotations.Get("text") ?? "";
        var edits = new List<Edit>(Extra(key));
        var children = _children.OwnedBy(configuration.Metadata.Uid!).ToArray();
        if (children.Length == 0) edits.Add(new Edit.Create(Child(configuration, text)));
        else if (children[0].Data.Get("text") != text) edits.Add(new Edit.Update(children[0] with { Data = StringMap.Of(("text", text)) }));
        foreach (var surplus in children.Skip(1)) edits.Add(new Edit.Delete(surplus));
        return new Plan(edits.ToValueList(), WithStatus(configuration, text), RequeueAfter, StatusWithin);
    }

    private static Configuration WithStatus(Configuration configuration, string text) =>
        configuration with { Status = configuration.Status with { LatestReadyRevisionName = text } };

    // A name that is never the same twice: a plan made on an old cache would leave a second child behind.
    private ConfigMap Child(Configuration owner, string text) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"{owner.Metadata.Name}-{++_names}",
            Namespace = owner.Metadata.Namespace,
            OwnerReferences =
            [
                new OwnerReference
                {
                    ApiVersion = owner.ApiVersion, Kind = owner.Kind, Name = owner.Metadata.Name, Uid = owner.Metadata.Uid!, Controller = true,
                },
            ],
        },
        Data = StringMap.Of(("text", text)),
    };
}
