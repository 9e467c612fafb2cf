using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.FieldManagement;
using Kip.ApiServer.Schema;
using Kip.Resources;
using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>Random writers on one object of a random schema, step by step against <see cref="OwnershipModel"/>.</summary>
public sealed class OwnershipModelTests
{
    private const int Steps = 30;

    [Fact]
    public void Whoever_writes_in_whatever_order_the_model_agrees()
    {
        foreach (var seed in Seeds.Take(100, fresh: 10))
        {
            try
            {
                new Run(seed).Go();
            }
            catch (ShouldAssertException wrong)
            {
                throw new ShouldAssertException($"{Seeds.Variable}={seed} repeats this: {wrong.Message}", wrong);
            }
        }
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly AnySchema _any;
        private readonly SchemaNode _schema;
        private readonly OwnershipModel _model;
        private JsonElement _object = Parse("{}"u8.ToArray());
        private ValueList<ManagedFieldsEntry> _entries;
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public Run(int seed)
        {
            _random = new Random(seed);
            _any = new AnySchema(_random);
            _schema = _any.Object();
            _model = new OwnershipModel(_schema);
        }

        public void Go()
        {
            for (var step = 0; step < Steps; step++)
            {
                _now += TimeSpan.FromSeconds(1);
                if (_random.Next(3) == 0) Update($"u{_random.Next(3)}");
                else Apply($"a{_random.Next(3)}", Any(), force: _random.Next(2) == 0);
                Check(step);
            }
        }

        private void Apply(string manager, JsonElement configuration, bool force)
        {
            var expected = _model.Conflicts($"Apply {manager}", configuration).ToList();
            var outcome = FieldOwnership.Applied(Owners(), _object, configuration, _schema, new(manager, "v1"), null, force, _now);
            if (outcome is ApplyOutcome.Conflict conflict)
            {
                force.ShouldBeFalse();
                conflict.With.SelectMany(static with => with.Fields.Paths().Select(path => $"{with.Owner.Operation} {with.Owner.Manager} {path}"))
                    .ShouldBe(expected, ignoreOrder: true);
                return;
            }
            if (!force) expected.ShouldBeEmpty();
            Accept((ApplyOutcome.Done)outcome);
            _model.Apply($"Apply {manager}", configuration);

            var again = FieldOwnership.Applied(Owners(), _object, configuration, _schema, new(manager, "v1"), null, false, _now.AddSeconds(1));
            var repeated = again.ShouldBeOfType<ApplyOutcome.Done>("applying the same again is no conflict");
            repeated.ManagedFields.ShouldBe(_entries);
            JsonElement.DeepEquals(Parse(repeated.Object), _object).ShouldBeTrue();
        }

        private void Update(string manager)
        {
            var wanted = Changed();
            _entries = FieldOwnership.Updated(Owners(), FieldComparison.Of(_object, wanted, _schema), new(manager, "v1"), null, _now);
            _object = wanted;
            _model.Update($"Update {manager}", wanted);
        }

        private void Accept(ApplyOutcome.Done done) => (_object, _entries) = (Parse(done.Object), done.ManagedFields);

        private List<FieldOwner> Owners() => FieldOwner.Read(_entries).ShouldNotBeNull();

        private void Check(int step)
        {
            _model.Flatten(_object).ShouldBe(_model.Values, $"the object after step {step}");
            var owners = Owners().ToDictionary(
                static owner => $"{owner.Entry.Operation} {owner.Entry.Manager}",
                owner => owner.Fields.Paths().Where(path => !_model.Holders.Contains(path)).ToHashSet());
            foreach (var writer in _model.Owners.Keys.Union(owners.Keys))
                (owners.GetValueOrDefault(writer) ?? [])
                    .ShouldBe(_model.Owners.GetValueOrDefault(writer) ?? [], ignoreOrder: true, $"{writer} after step {step}");
        }

        private JsonElement Any() => Parse((_any.Value(_schema) ?? new JsonObject()).ToJsonString());

        // What is there, with some of it changed, taken away or added.
        private JsonElement Changed()
        {
            var (wanted, other) = (JsonNode.Parse(_object.GetRawText())!.AsObject(), JsonNode.Parse(Any().GetRawText())!.AsObject());
            foreach (var field in _schema.Fields)
            {
                if (_random.Next(3) != 0) continue;
                wanted.Remove(field.Name);
                if (other.Remove(field.Name, out var value)) wanted[field.Name] = value;
            }
            return Parse(wanted.ToJsonString());
        }

        private static JsonElement Parse(string json) => Parse(System.Text.Encoding.UTF8.GetBytes(json));

        private static JsonElement Parse(byte[] json)
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
    }
}
