using Kip.Client;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Testing.Registry;
using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

/// <summary>Random operations against a model that is simple enough to be seen to be right.</summary>
public class RegistryModelTests
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    [Fact]
    public void Random_operations_do_what_the_model_says_and_watches_tell_the_same_story()
    {
        foreach (var seed in Seeds.Take(20)) new Run(seed).Go(150);
    }

    [Fact]
    public void After_any_operations_the_collector_leaves_no_orphan_and_nothing_half_deleted()
    {
        foreach (var seed in Seeds.Take(20)) Collect(seed);
    }

    private static void Collect(int seed)
    {
        var registry = new TestRegistry(seed).WithLoops();
        var random = new Random(seed);
        for (var i = 0; i < 120; i++)
        {
            var name = Names[random.Next(Names.Length)];
            var present = registry.Get<Deployment>("default", name);
            if (present is null)
            {
                var owners = registry.List<Deployment>().Items.Where(_ => random.Next(2) == 0);
                registry.Create(owners.Aggregate(Objects.Deployment(name), (made, owner) => made.OwnedBy(owner, random.Next(2) == 0)));
            }
            else
            {
                var policy = random.Next(4) switch { 0 => "Foreground", 1 => "Orphan", 2 => "Background", _ => null };
                registry.Delete<Deployment>("default", name, new() { PropagationPolicy = policy });
            }
            if (random.Next(3) == 0) registry.Settle();
        }

        registry.Settle();

        var left = registry.List<Deployment>().Items.ToDictionary(static r => r.Metadata.Uid!);
        foreach (var resource in left.Values)
        {
            resource.Metadata.DeletionTimestamp.ShouldBeNull($"seed {seed}");
            resource.Metadata.OwnerReferences.Where(owner => !left.ContainsKey(owner.Uid)).ShouldBeEmpty($"seed {seed}");
        }
    }

    private sealed class Run(int seed)
    {
        private readonly TestRegistry _registry = new(seed);
        private readonly Random _random = new(seed);
        private readonly Dictionary<string, Model> _model = [];
        private int _stage;

        // What the model knows of an object.
        private sealed record Model(string Uid, long Generation, int Replicas, int Observed, bool Labelled, bool Held, bool Deleting, string Version);

        public void Go(int steps)
        {
            var all = _registry.Watch<Deployment>();
            var labelled = _registry.Watch<Deployment>(new() { LabelSelector = "on" });
            for (_stage = 0; _stage < steps; _stage++)
            {
                Step(Names[_random.Next(Names.Length)]);
                Check();
                if (_random.Next(4) == 0) _registry.Settle();
            }
            _registry.Settle();
            CheckStory(all, static _ => true);
            CheckStory(labelled, static m => m.Labelled);
        }

        private void Step(string name)
        {
            switch (_random.Next(7))
            {
                case 0: Create(name); break;
                case 1: Update(name, static (d, r) => d with { Spec = d.Spec with { Replicas = r.Next(3) } }); break;
                case 2: Update(name, static (d, r) => d.With(m => m with { Labels = r.Next(2) == 0 ? StringMap.Of(("on", "1")) : default })); break;
                case 3: Update(name, static (d, _) => d.With(static m => m with { Finalizers = [] })); break;
                case 4: Update(name, static (d, _) => d.With(static m => m with { Finalizers = ["x/hold"] })); break;
                case 5: UpdateStatus(name); break;
                default: Delete(name); break;
            }
        }

        private void Create(string name)
        {
            var held = _random.Next(2) == 0;
            var said = Objects.Deployment(name).With(m => m with { Finalizers = held ? ["x/hold"] : [] });
            if (_model.ContainsKey(name)) Should.Throw<ApiException>(() => _registry.Create(said), Where).IsAlreadyExists.ShouldBeTrue();
            else
            {
                var made = _registry.Create(said);
                _model[name] = new(made.Metadata.Uid!, 1, 1, 0, false, held, false, made.Metadata.ResourceVersion!);
            }
        }

        private void Update(string name, Func<Deployment, Random, Deployment> change)
        {
            if (!_model.TryGetValue(name, out var model))
            {
                Should.Throw<ApiException>(() => _registry.Update(Objects.Deployment(name)), Where).IsNotFound.ShouldBeTrue();
                return;
            }
            var said = change(_registry.Get<Deployment>("default", name)!, _random) with { Status = new() { Replicas = 77 } };
            if (_random.Next(5) == 0)
            {
                Should.Throw<ApiException>(() => _registry.Update(said.With(static m => m with { ResourceVersion = "1" })), Where).IsConflict.ShouldBeTrue();
                return;
            }
            var held = !said.Metadata.Finalizers.IsEmpty;
            if (model.Deleting && held && !model.Held) throw new InvalidOperationException("a marked object without a finalizer is gone");
            var replicas = said.Spec.Replicas!.Value;
            var wanted = model with
            {
                Replicas = replicas, Labelled = said.Metadata.Labels.ContainsKey("on"), Held = held,
                Generation = model.Generation + (replicas == model.Replicas ? 0 : 1),
            };
            var result = _registry.Update(said);
            if (wanted == model) result.Metadata.ResourceVersion.ShouldBe(model.Version, Where);
            else if (model.Deleting && !held) _model.Remove(name);
            else _model[name] = wanted with { Version = Newer(result, model) };
        }

        private void UpdateStatus(string name)
        {
            if (!_model.TryGetValue(name, out var model)) return;
            var observed = _random.Next(2);
            var result = _registry.Update(Objects.Deployment(name, 55) with { Status = new() { Replicas = observed } }, "status");
            if (observed != model.Observed) _model[name] = model with { Observed = observed, Version = Newer(result, model) };
        }

        private void Delete(string name)
        {
            if (!_model.TryGetValue(name, out var model))
            {
                Should.Throw<ApiException>(() => _registry.Delete<Deployment>("default", name), Where).IsNotFound.ShouldBeTrue();
                return;
            }
            var outcome = _registry.Delete<Deployment>("default", name);
            outcome.Removed.ShouldBe(!model.Held, Where);
            if (!model.Held) _model.Remove(name);
            else if (!model.Deleting) _model[name] = model with { Deleting = true, Version = Newer(outcome.Object, model) };
        }

        private string Newer(Resource result, Model model)
        {
            long.Parse(result.Metadata.ResourceVersion!).ShouldBeGreaterThan(long.Parse(model.Version), Where);
            return result.Metadata.ResourceVersion!;
        }

        private void Check() => _registry.List<Deployment>().Items.Cast<Deployment>().ToDictionary(static d => d.Metadata.Name, Seen)
            .ShouldBe(_model, ignoreOrder: true, customMessage: Where);

        // Playing a watch's events gives the state, with versions that only grow and no event that does not fit.
        private void CheckStory(WatchLog log, Func<Model, bool> selected)
        {
            var played = new Dictionary<string, Model>();
            long version = 0;
            foreach (var happened in log.Seen)
            {
                var (name, next) = (happened.Object.Metadata.Name, long.Parse(happened.Object.Metadata.ResourceVersion!));
                next.ShouldBeGreaterThan(version, Where);
                version = next;
                played.ContainsKey(name).ShouldBe(happened.Type != WatchEventType.Added, $"{Where}, {happened.Type} {name}");
                if (happened.Type == WatchEventType.Deleted) played.Remove(name);
                else played[name] = Seen((Deployment)happened.Object);
            }
            played.ShouldBe(_model.Where(m => selected(m.Value)).ToDictionary(), ignoreOrder: true, customMessage: Where);
        }

        private static Model Seen(Deployment d) => new(
            d.Metadata.Uid!, d.Metadata.Generation, d.Spec.Replicas!.Value, d.Status.Replicas, d.Metadata.Labels.ContainsKey("on"),
            !d.Metadata.Finalizers.IsEmpty, d.Metadata.DeletionTimestamp is not null, d.Metadata.ResourceVersion!);

        private string Where => $"seed {seed}, step {_stage}";
    }
}
