using Kip.ApiServer.Schema;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Serving;
using Shouldly;
using Pod = Kip.Resources.Core.Pod;

namespace Kip.Tests.ApiServer.Schema;

public class SchemaBuilderTests
{
    public static TheoryData<string> KindNames => [.. Kinds.All.Select(static k => k.QualifiedPlural)];

    [Theory]
    [MemberData(nameof(KindNames))]
    public void Every_kind_has_a_schema_that_begins_with_what_all_objects_have(string plural)
    {
        var schema = SchemaBuilder.Of(Kinds.All.Single(k => k.QualifiedPlural == plural));

        schema.Fields.Take(3).Select(static f => f.Name).ShouldBe(["apiVersion", "kind", "metadata"]);
        schema.Description.ShouldNotBeEmpty();
        schema.Fields.ShouldAllBe(static f => f.Name != "key");
    }

    [Fact]
    public void A_revision_template_knows_the_fields_it_inherits_from_a_pod()
    {
        var spec = SchemaBuilder.Of(Kip.Resources.Serving.Service.Definition).Field("spec")!.Node.Field("template")!.Node.Field("spec")!.Node;

        spec.Field("containerConcurrency")!.Node.Type.ShouldBe(SchemaType.Int64);
        spec.Field("containers")!.Merge.Key.ShouldBe("name");
        spec.Field("containers")!.Description.ShouldNotBeEmpty();
        spec.Field("containers")!.Node.Items!.Field("readinessProbe")!.Node.Field("httpGet")!.Node.Field("port")!.Node.Type.ShouldBe(SchemaType.IntOrString);
    }

    [Fact]
    public void Types_follow_the_serialiser()
    {
        var pod = SchemaBuilder.Of(Pod.Definition);
        pod.Field("metadata")!.Node.Field("labels")!.Node.Type.ShouldBe(SchemaType.Map);
        pod.Field("metadata")!.Node.Field("creationTimestamp")!.Node.Type.ShouldBe(SchemaType.Time);
        pod.Field("spec")!.Node.Field("affinity")!.Node.Type.ShouldBe(SchemaType.Any);
        SchemaBuilder.Of(Deployment.Definition).Field("spec")!.Node.Field("replicas")!.Node.Type.ShouldBe(SchemaType.Int32);
        SchemaBuilder.Of(Kip.Resources.Networking.Ingress.Definition).Field("spec")!.Node.Field("rules")!.Node.Items!.Field("http")!.Node
            .Field("paths")!.Node.Items!.Field("headers")!.Node.Items!.Field("exact")!.Node.Type.ShouldBe(SchemaType.String);
    }

    [Fact]
    public void Every_description_is_of_a_type_and_a_field_that_exist()
    {
        var types = typeof(Resource).Assembly.GetTypes().Where(static t => t.FullName is not null).ToLookup(
            static t => t.FullName!.Replace("Kip.Resources.", "", StringComparison.Ordinal).Split('`')[0]);
        foreach (var (type, field, _) in FieldDescriptions.All)
        {
            types[type].ShouldNotBeEmpty($"{type} is described but does not exist");
            if (field.Length == 0 || type == "Resource") continue;
            SchemaBuilder.Of(types[type].Single()).Field(field).ShouldNotBeNull($"{type}.{field} is described but does not exist");
        }
    }

    [Fact]
    public void Every_field_of_the_kinds_that_users_write_is_described()
    {
        foreach (var type in new[] { typeof(ObjectMeta), typeof(ServiceSpec), typeof(ConfigurationSpec), typeof(RouteSpec), typeof(TrafficTarget) })
            SchemaBuilder.Of(type).Fields.ShouldAllBe(static f => f.Description.Length > 0, type.Name);
    }
}
