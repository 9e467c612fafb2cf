using Kip.Client.Loop;
using Kip.Controllers.Serving;
using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Resources.Planning;
using Kip.Rules.Admission;

namespace Kip.Testing.Serving;

/// <summary>
/// Serving's reconcilers over objects in memory, one step at a time in an order that a seed decides. After each step the reconciler
/// is asked again, with its lists in another order, and must have nothing left to do.
/// </summary>
public sealed class ServingWorld
{
    private readonly SortedDictionary<(string Kind, string Namespace, string Name), Resource> _objects = [];
    private readonly List<(IReconciler Reconciler, NamespacedName Key)> _queue = [];
    private readonly Dictionary<(IReconciler Reconciler, NamespacedName Key), DateTimeOffset> _looks = [];
    private readonly List<WorldWatch> _watches = [];
    private readonly Random _random;
    private readonly HashSet<string> _uids = [];
    private int _versions;

    /// <param name="seed">Decides the order of the steps and of lists.</param>
    /// <param name="reconcilers">Null: Serving's.</param>
    public ServingWorld(int seed = 1, IReadOnlyList<IReconciler>? reconcilers = null)
    {
        _random = new Random(seed);
        foreach (var reconciler in reconcilers ?? ServingControllers.Create())
        {
            var watch = new WorldWatch(this, reconciler.Kind, key => _queue.Add((reconciler, key)));
            reconciler.Watch(watch);
            _watches.Add(watch);
        }
    }

    public DateTimeOffset Now { get; set; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public IEnumerable<Resource> Objects => _objects.Values;

    /// <summary>The Kubernetes Events that plans asked for, in order.</summary>
    public List<Edit.Record> Events { get; } = [];

    public T Get<T>(string name, string @namespace = "default") where T : Resource, IResource =>
        Find<T>(new(@namespace, name)) ?? throw new InvalidOperationException($"there is no {T.Definition.Kind} {name}");

    public T? Find<T>(NamespacedName name) where T : Resource, IResource => (T?)_objects.GetValueOrDefault(Id(T.Definition, name));

    /// <summary>All objects of a kind, in an order that differs from call to call.</summary>
    public T[] Shuffled<T>() where T : Resource
    {
        T[] found = [.. _objects.Values.OfType<T>()];
        _random.Shuffle(found);
        return found;
    }

    /// <summary>Creates or replaces an object as a user would; the status stays.</summary>
    /// <exception cref="RefusedException">Admission has found something wrong with it.</exception>
    public void Apply(Resource resource)
    {
        var old = _objects.GetValueOrDefault(Id(resource.GetDefinition(), resource.Key));
        if (old is null) Create(resource, "user");
        else Update(resource with { Metadata = resource.Metadata with { OwnerReferences = old.Metadata.OwnerReferences } }, old, "user");
    }

    /// <summary>Replaces the status half of an object, as the gateway, the runtime or the autoscaler does.</summary>
    public void SetStatus(Resource resource)
    {
        var old = _objects[Id(resource.GetDefinition(), resource.Key)];
        var stored = ((IHasStatus)old).WithStatusOf(resource);
        if (stored != old) Store(stored, old);
    }

    /// <summary>Lets time pass: whoever asked to look again by then does.</summary>
    public void Advance(TimeSpan time)
    {
        Now += time;
        var due = _looks.Where(l => l.Value <= Now).Select(static l => l.Key).ToArray();
        foreach (var one in due)
        {
            _looks.Remove(one);
            _queue.Add(one);
        }
    }

    /// <summary>Deletes an object and what it owns; one with finalizers is marked, and goes when the last of them does.</summary>
    public void Delete(Resource resource)
    {
        var old = _objects[Id(resource.GetDefinition(), resource.Key)];
        if (!old.Metadata.Finalizers.IsEmpty)
        {
            if (old.Metadata.DeletionTimestamp is null) Store(old with { Metadata = old.Metadata with { DeletionTimestamp = Now } }, old);
            return;
        }
        _objects.Remove(Id(old.GetDefinition(), old.Key));
        Tell(old, null);
        var owned = _objects.Values.Where(o => o.Metadata.OwnerReferences.Any(r => r.Uid == old.Metadata.Uid)).ToArray();
        foreach (var one in owned) Delete(one);
    }

    /// <summary>Runs the reconcilers until none has anything to do.</summary>
    public void Settle()
    {
        for (var steps = 0; _queue.Count > 0; steps++)
        {
            if (steps > 100_000) throw new InvalidOperationException("the reconcilers do not come to rest");
            var (reconciler, key) = _queue[_random.Next(_queue.Count)];
            _queue.RemoveAll(q => q.Reconciler == reconciler && q.Key == key);
            Step(reconciler, key);
            var again = reconciler.Plan(key, Now);
            if (again.Edits.Any(static e => e is not Edit.Record) || !IsStored(again.Status))
                throw new InvalidOperationException($"{reconciler.GetType().Name} {key} is not steady: {again}");
        }
    }

    private void Step(IReconciler reconciler, NamespacedName key)
    {
        var plan = reconciler.Plan(key, Now);
        foreach (var edit in plan.Edits)
        {
            switch (edit)
            {
                case Edit.Create create: Create(create.Object, "system:kip"); break;
                case Edit.Update update:
                    Update(update.Object, _objects[Id(update.Object.GetDefinition(), update.Object.Key)], "system:kip");
                    break;
                case Edit.Record record: Events.Add(record); break;
                case Edit.Delete delete: Delete(delete.Object); break;
                default: throw new InvalidOperationException($"{reconciler.GetType().Name} asks for {edit}: Serving scales nothing");
            }
        }
        _looks.Remove((reconciler, key));
        if (plan.RequeueAfter is { } after) _looks[(reconciler, key)] = Now + after;
        if (plan.Status is not null && !IsStored(plan.Status)) SetStatus(plan.Status);
    }

    // The status of what has gone meanwhile is nobody's.
    private bool IsStored(Resource? status) =>
        status is null || !_objects.ContainsKey(Id(status.GetDefinition(), status.Key))
            || ((IHasStatus)status).StatusEquals(_objects[Id(status.GetDefinition(), status.Key)]);

    private void Create(Resource resource, string user)
    {
        if (_objects.ContainsKey(Id(resource.GetDefinition(), resource.Key)))
            throw new InvalidOperationException($"{resource.Kind} {resource.Key} exists");
        var metadata = resource.Metadata with { Uid = NewUid(resource), Generation = 1, CreationTimestamp = Now };
        Store(Admit(resource with { Metadata = metadata }, null, user), null);
    }

    // By name, so that it does not depend on the order of work; an object made anew under an old name is another one.
    private string NewUid(Resource resource)
    {
        var (uid, number) = ($"{resource.GetDefinition().Singular}-{resource.Metadata.Name}", 1);
        while (!_uids.Add(number == 1 ? uid : $"{uid}-{number}")) number++;
        return number == 1 ? uid : $"{uid}-{number}";
    }

    private void Update(Resource resource, Resource old, string user)
    {
        var metadata = resource.Metadata with
        {
            Uid = old.Metadata.Uid, Generation = old.Metadata.Generation, CreationTimestamp = old.Metadata.CreationTimestamp,
            ResourceVersion = old.Metadata.ResourceVersion, DeletionTimestamp = old.Metadata.DeletionTimestamp,
        };
        var wanted = resource with { Metadata = metadata };
        if (wanted is IHasStatus half) wanted = half.WithStatusOf(old);
        wanted = Admit(wanted, old, user);
        if (wanted == old) return;
        if (wanted.Metadata is { DeletionTimestamp: not null, Finalizers.IsEmpty: true })
        {
            _objects.Remove(Id(old.GetDefinition(), old.Key));
            Tell(old, null);
            return;
        }
        if (wanted is IHasStatus now && !now.SpecEquals(old))
            wanted = wanted with { Metadata = wanted.Metadata with { Generation = old.Metadata.Generation + 1 } };
        Store(wanted, old);
    }

    private Resource Admit(Resource resource, Resource? old, string user)
    {
        var config = new PlatformConfig(MapsIn(PlatformConfig.SystemNamespace)) { EventingMaps = MapsIn(EventingNames.SystemNamespace) };
        var request = new AdmissionRequest(resource, old, user, null, config);
        request = request with { Object = AdmissionRules.Default(request) };
        var errors = AdmissionRules.Validate(request);
        return errors.Count == 0 ? request.Object : throw new RefusedException(errors);
    }

    private Dictionary<string, StringMap> MapsIn(string space) => _objects.Values.OfType<Resources.Core.ConfigMap>()
        .Where(m => m.Metadata.Namespace == space).ToDictionary(static m => m.Metadata.Name, static m => m.Data);

    private void Store(Resource resource, Resource? old)
    {
        var stored = resource with { Metadata = resource.Metadata with { ResourceVersion = $"{++_versions}" } };
        _objects[Id(stored.GetDefinition(), stored.Key)] = stored;
        Tell(old, stored);
    }

    private void Tell(Resource? old, Resource? now)
    {
        foreach (var watch in _watches) watch.Changed(old, now);
    }

    private static (string, string, string) Id(KindDefinition kind, NamespacedName name) =>
        (kind.QualifiedPlural, name.Namespace, name.Name);
}

/// <summary>Admission has refused an object.</summary>
public sealed class RefusedException(IReadOnlyList<FieldError> errors)
    : Exception(string.Join("; ", errors.Select(static e => $"{e.Message}: {e.Field}")))
{
    public IReadOnlyList<FieldError> Errors { get; } = errors;
}
