using Kip.ApiServer.Schema;
using Shouldly;

namespace Kip.Tests.ApiServer.Schema;

public sealed class KnownTopologiesTests
{
    [Fact]
    public void Every_field_that_is_named_is_there_and_its_keys_are_fields_of_its_items()
    {
        foreach (var (type, name) in KnownTopologies.Known)
        {
            var field = SchemaBuilder.Of(type).Field(name).ShouldNotBeNull($"{type.Name}.{name}");
            // Raw JSON has no fields to look among.
            if (field.Node.Items is not { Type: SchemaType.Object } items) continue;
            foreach (var key in field.Node.Topology.Keys) items.Field(key.Name).ShouldNotBeNull($"{type.Name}.{name} by {key.Name}");
        }
    }

    [Fact]
    public void Containers_are_told_apart_by_name_but_not_in_a_revision()
    {
        SchemaBuilder.Of(typeof(Kip.Resources.Core.PodSpec)).Field("containers")!.Node.Topology.ShouldBe(Topology.MapBy("name"));
        SchemaBuilder.Of(typeof(Kip.Resources.Serving.RevisionSpec)).Field("containers")!.Node.Topology.ShouldBe(Topology.Default);
    }
}
