using Kip.ApiServer.Registry.Deletion;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Testing.Log;
using Kip.Testing.Registry;
using Kip.Tests.ApiServer.Registry;
using Kip.Tests.ApiServer.Storage;
using Shouldly;

namespace Kip.Tests.ApiServer.Model;

/// <summary>One seed's operations on the real registry and on the model, compared after each; the process or the disk may die at any of them.</summary>
internal sealed class ModelRun
{
    private static readonly string?[] Policies = [null, PropagationPolicy.Background, PropagationPolicy.Foreground, PropagationPolicy.Orphan];
    private static readonly string[] SpaceNames = ["default", "default", "one", "two"];

    private readonly Random _random;
    private readonly int _seed;
    private readonly ModelCluster _model = new();
    private readonly Dictionary<ModelKey, ModelObject> _last = [];
    private ModelLife _life;
    private int _step;
    private int _dieAt = int.MaxValue;

    public ModelRun(int seed)
    {
        (_seed, _random) = (seed, new Random(seed));
        _life = new ModelLife(new FaultyFiles(seed), seed);
        _model.Spaces["default"] = false;
    }

    private string Where => $"seed {_seed}, step {_step}";

    public void Go(int steps)
    {
        for (_step = 0; _step < steps; _step++)
        {
            try
            {
                Step();
                if (_random.Next(3) == 0) Settle();
                if (_life.Files.Operations >= _dieAt) Die(cut: true);
                else Check();
            }
            catch (ApiException e) when (e.Code is 503 or 507 && _dieAt < int.MaxValue)
            {
                Die(cut: true);
            }
        }
        if (_dieAt < int.MaxValue) Die(cut: true);
        Settle();
        Check();
        _life.CheckStories(_model.Objects.Values, Where);
    }

    private void Step()
    {
        var key = new ModelKey(_random.Next(2) == 0 ? "ConfigMap" : "Deployment", One(SpaceNames), One(ModelSelection.Names));
        switch (_random.Next(20))
        {
            case < 5: Create(key); break;
            case < 8: Change(key, o => o with { Value = _random.Next(3) }); break;
            case 8: Change(key, o => o with { Tier = One([null, "gold", "tin"]) }); break;
            case 9: Change(key, o => o with { Finalizers = o.Finalizers.Where(static f => f != "x/hold").ToValueList() }); break;
            case 10: Change(key, static o => o.Finalizers.Contains("x/hold") ? o : o with { Finalizers = [.. o.Finalizers, "x/hold"] }); break;
            case 11: Observe(key); break;
            case < 15: Delete(key); break;
            case 15: DeleteMany(key); break;
            case 16: Page(key); break;
            case 17: ChangeSpace(); break;
            case 18: Resume(key); break;
            default: Restart(); break;
        }
    }

    private void Create(ModelKey key)
    {
        var generated = _random.Next(6) == 0;
        var owners = _model.Objects.Values.Where(o => o.Key.Space == key.Space && _random.Next(4) == 0)
            .Select(o => (o, Blocks: _random.Next(2) == 0)).Take(2).ToArray();
        var made = Make(key).With(meta => meta with
        {
            Name = generated ? "" : key.Name, GenerateName = generated ? "gen-" : null, Finalizers = _random.Next(4) == 0 ? ["x/hold"] : [],
            Labels = Labels(One([null, "gold", "tin"])),
        });
        made = owners.Aggregate(made, static (child, owner) => child.With(meta => meta with
        {
            OwnerReferences = [.. meta.OwnerReferences, new OwnerReference
            {
                ApiVersion = ApiVersionOf(owner.o.Key.Kind), Kind = owner.o.Key.Kind, Name = owner.o.Key.Name, Uid = owner.o.Uid,
                BlockOwnerDeletion = owner.Blocks,
            }],
        }));
        var expected = _model.Create(generated ? key with { Name = "gen-" } : key);
        if (Try(() => _life.Registry.Create(made), expected) is not { } stored) return;
        var seen = ModelObject.See(stored);
        seen.Version.ShouldBe(_life.Store.Version, Where);
        (seen.Generation, seen.Deleting, seen.Owners.Count).ShouldBe((key.Kind == "Deployment" ? 1 : 0, false, owners.Length), Where);
        _model.Objects[seen.Key] = seen;
    }

    private void Change(ModelKey key, Func<ModelObject, ModelObject> change)
    {
        var stale = _random.Next(8) == 0;
        var present = _model.Find(key);
        var wanted = present is null ? null : change(present);
        var said = present is null ? Make(key) : With(Real(key)!, wanted!);
        if (stale) said = said.With(static meta => meta with { ResourceVersion = "1" });
        var expected = _model.Update(key, _ => wanted!, stale);
        if (Try(() => _life.Registry.Update(said), expected) is not { } result) return;
        if (wanted == present) result.Metadata.ResourceVersion.ShouldBe($"{present!.Version}", Where);
        Adopt(key, result);
    }

    private void Observe(ModelKey key)
    {
        var observed = _random.Next(3);
        // The spec that comes along must not count.
        var said = key.Kind == "Deployment"
            ? Objects.Deployment(key.Name, 55).With(meta => meta with { Namespace = key.Space }) with { Status = new() { Replicas = observed } }
            : Make(key);
        var expected = _model.Find(key) is null || key.Kind != "Deployment" ? 404 : 0;
        if (Try(() => _life.Registry.Update(said, "status"), expected) is not { } result) return;
        _model.Objects[key] = _model.Objects[key] with { Observed = observed };
        Adopt(key, result);
    }

    private void Delete(ModelKey key)
    {
        var policy = One(Policies);
        var right = _random.Next(6) > 0;
        var options = new DeleteOptions
        {
            PropagationPolicy = policy,
            Preconditions = right ? new() { Uid = _model.Find(key)?.Uid } : _random.Next(2) == 0 ? new() { Uid = "other" } : new() { ResourceVersion = "1" },
        };
        var expected = _model.Delete(key, policy, right);
        var outcome = Try(() => Deleted(key, options), expected);
        if (outcome is null) return;
        outcome.Removed.ShouldBe(_model.Find(key) is null, Where);
        Adopt(key, outcome.Object);
    }

    private void DeleteMany(ModelKey key)
    {
        var selector = One(ModelSelection.Selectors);
        var chosen = Chosen(key, selector).ToArray();
        foreach (var o in chosen) _model.Delete(o.Key, null);

        var left = Done(_life.Registry.Verbs.DeleteCollectionAsync(
            KindOf(key), new() { Namespace = key.Space, LabelSelector = selector }, DeleteOptions.Default, TestRegistry.Admin, default));

        _life.Acknowledge();
        left.Items.Where(ModelSelection.IsOurs).Select(ModelKey.Of).ShouldBe(chosen.Select(static o => o.Key), Where);
        foreach (var resource in left.Items.Where(ModelSelection.IsOurs)) Adopt(ModelKey.Of(resource), resource);
    }

    /// <summary>A list in parts, with changes between them, is what there was at the first.</summary>
    private void Page(ModelKey key)
    {
        var selector = One(ModelSelection.Selectors);
        var expected = Chosen(key, selector).ToArray();
        var options = new ListOptions { Namespace = key.Space, LabelSelector = selector, Limit = _random.Next(1, 4) };
        var (parts, version) = (new List<Resource>(), (string?)null);
        do
        {
            var part = _life.Registry.Verbs.List(KindOf(key), options);
            (version ??= part.ResourceVersion).ShouldBe(part.ResourceVersion, Where);
            part.Items.Count.ShouldBeLessThanOrEqualTo(options.Limit!.Value, Where);
            parts.AddRange(part.Items);
            options = options with { Continue = part.Continue };
            if (options.Continue is not null) Change(key, o => o with { Value = _random.Next(3) });
        }
        while (options.Continue is not null);
        parts.Where(ModelSelection.IsOurs).Select(ModelObject.See).ShouldBe(expected, Where);
    }

    private void ChangeSpace()
    {
        var name = One(["one", "two"]);
        if (!_model.Spaces.TryGetValue(name, out var leaving))
        {
            Try(() => _life.Registry.Create(new Namespace { Metadata = new() { Name = name } }), 0);
            _model.Spaces[name] = false;
        }
        else if (!leaving && _random.Next(2) == 0)
        {
            Try(() => _life.Registry.Delete<Namespace>("", name), 0)!.Removed.ShouldBeFalse(Where);
            _model.Spaces[name] = true;
        }
    }

    private void Resume(ModelKey key)
    {
        Settle();
        if (_dieAt < int.MaxValue) return;
        var from = _model.Objects.Values.Select(static o => o.Version).Where(v => v >= _life.Opened).DefaultIfEmpty(_life.Store.Version).Min();
        _life.Resume(KindOf(key), from);
    }

    private void Restart()
    {
        switch (_random.Next(3))
        {
            case 0: Die(cut: false); break;
            case 1 when _dieAt == int.MaxValue:
                _dieAt = _life.Files.Operations + _random.Next(1, 12);
                var at = _dieAt;
                _life.Files.Fault = operation => operation.Number >= at ? new IOException("no power") : null;
                break;
            default: Done(_life.Store.UpkeepAsync(default).AsTask()); break;
        }
    }

    /// <summary>
    /// The process is gone, and perhaps the power: what is found is a state that there was, none older than what was acknowledged.
    /// </summary>
    private void Die(bool cut)
    {
        if (!cut)
        {
            Settle();
            if (_dieAt == int.MaxValue) _life.CheckStories(_model.Objects.Values, Where);
        }
        var before = _life;
        var files = cut ? before.Files.AfterPowerCut() : before.Files.AfterKill();
        var found = DiskStore.Content(DiskStore.OpenStore(files.Copy()));
        long[] versions = [before.Acknowledged, .. before.Since()];
        versions.ShouldContain(version => Same(before.At(version), found), $"{Where}: what is on the disk was never the state");

        _dieAt = int.MaxValue;
        _life = new ModelLife(files.Copy(), _seed + _step);
        _life.Store.Version.ShouldBeGreaterThan(before.Store.Version, Where);
        Learn();
    }

    private void Settle()
    {
        _life.Registry.Settle();
        if (_life.Files.Operations >= _dieAt) return;
        _model.Settle();
        foreach (var resource in Everything()) Adopt(ModelKey.Of(resource), resource);
    }

    private void Check()
    {
        var found = Everything().Select(ModelObject.See).ToHashSet();
        found.Except(_model.Objects.Values).ShouldBeEmpty($"{Where}: the server has it, the model {Lines(_model.Objects.Values.Except(found))}");
        _model.Objects.Values.Except(found).ShouldBeEmpty($"{Where}: the model has it, the server not");
        _life.Registry.List<Namespace>().Items.Where(static n => n.Metadata.Name is "one" or "two" or "default")
            .Select(static n => KeyValuePair.Create(n.Metadata.Name, n.Metadata.DeletionTimestamp is not null))
            .ShouldBe(_model.Spaces, ignoreOrder: true, Where);
    }

    // What the server chooses: versions that grow, and how a finalizer of its own stands among others.
    private void Adopt(ModelKey key, Resource real)
    {
        if (_model.Find(key) is not { } expected) return;
        var seen = ModelObject.See(real);
        if (seen.Version < expected.Version) throw new InvalidOperationException($"{Where}: {key} went back from version {expected.Version} to {seen.Version}");
        if ((seen with { Version = expected.Version }) == expected && seen.Version != expected.Version && expected == _last.GetValueOrDefault(key))
            throw new InvalidOperationException($"{Where}: {key} has a new version and nothing new");
        _model.Objects[key] = expected with { Version = seen.Version };
        _last[key] = _model.Objects[key];
    }

    private void Learn()
    {
        _model.Objects.Clear();
        _last.Clear();
        foreach (var o in Everything().Select(ModelObject.See)) _model.Objects[o.Key] = o;
        _model.Spaces.Clear();
        foreach (var space in _life.Registry.List<Namespace>().Items.Where(static n => n.Metadata.Name is "one" or "two" or "default"))
            _model.Spaces[space.Metadata.Name] = space.Metadata.DeletionTimestamp is not null;
    }

    private IEnumerable<Resource> Everything() =>
        _life.Registry.List<ConfigMap>().Items.Concat(_life.Registry.List<Deployment>().Items).Where(ModelSelection.IsOurs);

    // Runs a verb and compares how it ends with what the model says; null when it is refused.
    private T? Try<T>(Func<T> verb, int expected) where T : class
    {
        try
        {
            var result = verb();
            expected.ShouldBe(0, Where);
            _life.Acknowledge();
            return result;
        }
        catch (ApiException e) when (e.Code is not (503 or 507))
        {
            e.Code.ShouldBe(expected, $"{Where}: {e.Message}");
            return null;
        }
    }

    private IEnumerable<ModelObject> Chosen(ModelKey key, string selector) => _model.Objects.Values
        .Where(o => o.Key.Kind == key.Kind && o.Key.Space == key.Space && ModelSelection.Matches(selector, o))
        .OrderBy(static o => o.Key.Name, StringComparer.Ordinal);

    private DeleteOutcome Deleted(ModelKey key, DeleteOptions options) => key.Kind == "Deployment"
        ? _life.Registry.Delete<Deployment>(key.Space, key.Name, options)
        : _life.Registry.Delete<ConfigMap>(key.Space, key.Name, options);

    private Resource? Real(ModelKey key) => _life.Registry.Verbs.Get(KindOf(key), new(key.Space, key.Name));

    private static KindDefinition KindOf(ModelKey key) => key.Kind == "Deployment" ? Deployment.Definition : ConfigMap.Definition;

    private static string ApiVersionOf(string kind) => kind == "Deployment" ? "apps/v1" : "v1";

    private static Resource Make(ModelKey key) => key.Kind == "Deployment"
        ? Objects.Deployment(key.Name).With(meta => meta with { Namespace = key.Space })
        : Objects.Map(key.Name, key.Space, ("value", "1"));

    private static Resource With(Resource real, ModelObject wanted)
    {
        var meta = real.Metadata with { Labels = Labels(wanted.Tier), Finalizers = wanted.Finalizers };
        return real switch
        {
            Deployment deployment => deployment with { Metadata = meta, Spec = deployment.Spec with { Replicas = wanted.Value } },
            ConfigMap map => map with { Metadata = meta, Data = map.Data.With("value", $"{wanted.Value}") },
            _ => throw new ArgumentOutOfRangeException(nameof(real)),
        };
    }

    private static StringMap Labels(string? tier) => tier is null ? default : StringMap.Of(("tier", tier));

    private static string Lines(IEnumerable<ModelObject> objects) => string.Join('\n', objects);

    private T One<T>(T[] of) => of[_random.Next(of.Length)];

    private static T Done<T>(Task<T> task) =>
        task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("it waits although the disk does its work at once");

    private static void Done(Task task)
    {
        if (!task.IsCompleted) throw new InvalidOperationException("it waits although the disk does its work at once");
        task.GetAwaiter().GetResult();
    }

    private static bool Same(Dictionary<string, Resource> a, Dictionary<string, Resource> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var other) && other == pair.Value);
}
