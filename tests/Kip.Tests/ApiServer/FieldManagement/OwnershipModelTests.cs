using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.FieldManagement;
using Kip.ApiServer.Schema;
using Kip.Resources;
using Shouldly;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>Random writers on one object, step by step against <see cref="OwnershipModel"/>.</summary>
public sealed class OwnershipModelTests
{
    private const int Seeds = 100;
    private const int Steps = 40;

    private static readonly SchemaNode Text = new() { Type = SchemaType.String };

    private static readonly SchemaNode Schema = new()
    {
        Type = SchemaType.Object,
        Fields =
        [
            Field("a", Text), Field("b", Text),
            Field("m", new() { Type = SchemaType.Map, Items = Text }),
            Field("l", new()
            {
                Type = SchemaType.Array, Topology = Topology.MapBy("name"),
                Items = new() { Type = SchemaType.Object, Fields = [Field("name", Text), Field("v", Text), Field("w", Text)] },
            }),
            Field("s", new() { Type = SchemaType.Array, Topology = Topology.Set, Items = Text }),
            Field("t", new() { Type = SchemaType.Array, Items = Text }),
        ],
    };

    [Fact]
    public void Whoever_writes_in_whatever_order_the_model_agrees()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            try
            {
                new Run(seed).Go();
            }
            catch (ShouldAssertException wrong)
            {
                throw new ShouldAssertException($"seed {seed}: {wrong.Message}", wrong);
            }
        }
    }

    private static SchemaField Field(string name, SchemaNode node) => new(name, node, false, "", MergeRule.None);

    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly OwnershipModel _model = new();
        private JsonElement _object = Parse("{}");
        private ValueList<ManagedFieldsEntry> _entries;
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

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
            var outcome = FieldOwnership.Applied(Owners(), _object, configuration, Schema, new(manager, "v1"), null, force, _now);
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

            var again = FieldOwnership.Applied(Owners(), _object, configuration, Schema, new(manager, "v1"), null, false, _now.AddSeconds(1));
            var repeated = again.ShouldBeOfType<ApplyOutcome.Done>("applying the same again is no conflict");
            repeated.ManagedFields.ShouldBe(_entries);
            JsonElement.DeepEquals(Parse(repeated.Object), _object).ShouldBeTrue();
        }

        private void Update(string manager)
        {
            var wanted = Changed();
            _entries = FieldOwnership.Updated(Owners(), FieldComparison.Of(_object, wanted, Schema), new(manager, "v1"), null, _now);
            _object = wanted;
            _model.Update($"Update {manager}", wanted);
        }

        private void Accept(ApplyOutcome.Done done) => (_object, _entries) = (Parse(done.Object), done.ManagedFields);

        private List<FieldOwner> Owners() => FieldOwner.Read(_entries).ShouldNotBeNull();

        private void Check(int step)
        {
            OwnershipModel.Flatten(_object).ShouldBe(_model.Values, $"the object after step {step}");
            var owners = Owners().ToDictionary(
                static owner => $"{owner.Entry.Operation} {owner.Entry.Manager}",
                // That somebody made a list or map itself is noted too; the model knows only what is in them.
                static owner => owner.Fields.Paths().Where(static path => path is not (".m" or ".l" or ".s")).ToHashSet());
            foreach (var writer in _model.Owners.Keys.Union(owners.Keys))
                (owners.GetValueOrDefault(writer) ?? [])
                    .ShouldBe(_model.Owners.GetValueOrDefault(writer) ?? [], ignoreOrder: true, $"{writer} after step {step}");
        }

        private JsonElement Any()
        {
            var made = new JsonObject();
            foreach (var name in (ReadOnlySpan<string>)["a", "b"])
                if (_random.Next(2) == 0) made[name] = Value();
            if (Names() is { Count: > 0 } keys) made["m"] = new JsonObject(keys.Select(key => KeyValuePair.Create(key, (JsonNode?)Value())));
            if (Names() is { Count: > 0 } items) made["l"] = new JsonArray([.. items.Select(Item)]);
            if (Names() is { Count: > 0 } set) made["s"] = new JsonArray([.. set.Select(static name => (JsonNode)name)]);
            if (_random.Next(3) == 0) made["t"] = new JsonArray(Value(), Value());
            return Parse(made.ToJsonString());
        }

        // What is there, with some of it changed, taken away or added.
        private JsonElement Changed()
        {
            var (wanted, other) = (JsonNode.Parse(_object.GetRawText())!.AsObject(), JsonNode.Parse(Any().GetRawText())!.AsObject());
            foreach (var name in (ReadOnlySpan<string>)["a", "b", "m", "l", "s", "t"])
            {
                if (_random.Next(3) != 0) continue;
                wanted.Remove(name);
                if (other.Remove(name, out var value)) wanted[name] = value;
            }
            return Parse(wanted.ToJsonString());
        }

        private JsonNode Item(string name)
        {
            var item = new JsonObject { ["name"] = name };
            if (_random.Next(2) == 0) item["v"] = Value();
            if (_random.Next(2) == 0) item["w"] = Value();
            return item;
        }

        private string Value() => _random.Next(3).ToString();

        private List<string> Names() => [.. ((string[])["x", "y", "z"]).Where(_ => _random.Next(2) == 0).OrderBy(_ => _random.Next())];

        private static JsonElement Parse(string json)
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }

        private static JsonElement Parse(byte[] json)
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
    }
}
