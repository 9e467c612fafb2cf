using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Schema;
using Kip.Resources;
using Kip.Resources.Apps;
using Shouldly;
using Pod = Kip.Resources.Core.Pod;

namespace Kip.Tests.ApiServer.Patches;

public class StrategicMergePatchTests
{
    [Theory]
    // Lists of objects merge by their key.
    [InlineData("""{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"3"},{"name":"c"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"3"},{"name":"c"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""",
        """{"spec":{"containers":[{"name":"b"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}""",
        """{"spec":{"containers":[{"name":"c"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a","env":[{"name":"X","value":"1"},{"name":"Y","value":"2"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","env":[{"name":"Y","value":"3"},{"name":"X","$patch":"delete"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","env":[{"name":"Y","value":"3"}]}]}}""")]
    // The order that the sender asks for; what only the server has keeps its place.
    [InlineData("""{"spec":{"containers":[{"name":"a"},{"name":"s"},{"name":"b"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"b","image":"2"}]}}""",
        """{"spec":{"containers":[{"name":"s"},{"name":"b","image":"2"},{"name":"a"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""",
        """{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}""")]
    // Lists without a key are replaced, and so is what has no schema.
    [InlineData("""{"spec":{"containers":[{"name":"a","command":["x","y"]}]}}""",
        """{"spec":{"containers":[{"name":"a","command":["z"]}]}}""",
        """{"spec":{"containers":[{"name":"a","command":["z"]}]}}""")]
    [InlineData("""{"spec":{"tolerations":[{"key":"a"}],"affinity":{"x":1}}}""",
        """{"spec":{"tolerations":[{"key":"b"}],"affinity":{"y":2}}}""",
        """{"spec":{"tolerations":[{"key":"b"}],"affinity":{"x":1,"y":2}}}""")]
    // Lists of scalars that merge.
    [InlineData("""{"metadata":{"finalizers":["a","b"]}}""",
        """{"metadata":{"finalizers":["c","a"],"$deleteFromPrimitiveList/finalizers":["b"]}}""",
        """{"metadata":{"finalizers":["a","c"]}}""")]
    [InlineData("""{"metadata":{"finalizers":["a","b","c"]}}""",
        """{"metadata":{"$deleteFromPrimitiveList/finalizers":["b"],"$setElementOrder/finalizers":["c","a"]}}""",
        """{"metadata":{"finalizers":["c","a"]}}""")]
    // Maps and unions.
    [InlineData(
        """{"metadata":{"labels":{"a":"1","b":"2"}}}""", """{"metadata":{"labels":{"a":null,"c":"3"}}}""",
        """{"metadata":{"labels":{"b":"2","c":"3"}}}""")]
    [InlineData(
        """{"metadata":{"labels":{"a":"1","b":"2"}}}""", """{"metadata":{"labels":{"$patch":"replace","c":"3"}}}""",
        """{"metadata":{"labels":{"c":"3"}}}""")]
    [InlineData("""{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{"$patch":"delete"}}}""", """{"metadata":{"labels":{}}}""")]
    [InlineData("""{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}""",
        """{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}}""",
        """{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/x"}}]}}""")]
    // Nothing there yet: nulls and directives do not end up in the object.
    [InlineData(
        """{}""", """{"spec":{"containers":[{"name":"a","image":null},{"name":"b","$patch":"delete"}],"affinity":null}}""",
        """{"spec":{"containers":[{"name":"a"}]}}""")]
    public void A_pod_is_patched_as_Kubernetes_would(string document, string patch, string expected)
    {
        var result = Apply(Pod.Definition, document, patch);

        JsonNode.DeepEquals(result, JsonNode.Parse(expected)).ShouldBeTrue(result?.ToJsonString());
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""{"spec":{"containers":[{"image":"x"}]}}""")]
    [InlineData("""{"spec":{"containers":["x"]}}""")]
    [InlineData("""{"spec":{"$patch":"explode"}}""")]
    [InlineData("""{"spec":{"$patch":7}}""")]
    [InlineData("""{"spec":{"$setElementOrder/containers":7,"containers":[]}}""")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":"a"}}""")]
    [InlineData("""{"spec":{"volumes":[{"name":"v","$retainKeys":["name"],"hostPath":{}}]}}""")]
    public void A_malformed_patch_is_400(string patch) =>
        Should.Throw<PatchException>(() => Apply(Pod.Definition, """{"spec":{},"metadata":{"finalizers":["a"]}}""", patch)).Code.ShouldBe(400);

    [Fact]
    public void A_deployments_strategy_keeps_only_what_the_patch_retains()
    {
        var result = Apply(
            Deployment.Definition, """{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}""",
            """{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}""");

        JsonNode.DeepEquals(result, JsonNode.Parse("""{"spec":{"strategy":{"type":"Recreate"}}}""")).ShouldBeTrue();
    }

    [Fact]
    public void Any_patch_of_any_document_applies_or_is_refused() =>
        Prop.ForAll(JsonValues.Make().ToArbitrary(), JsonValues.Make().ToArbitrary(), static (document, patch) =>
        {
            try
            {
                Apply(Pod.Definition, document, patch);
            }
            catch (PatchException refused)
            {
                refused.Code.ShouldBe(400);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_lists_and_directives_it_is_a_merge_patch() =>
        Prop.ForAll(JsonValues.Make().ToArbitrary(), JsonValues.Make().ToArbitrary(), static (document, patch) =>
        {
            if (patch[0] != '{' || patch.Contains('$') || patch.Contains('[') || document[0] != '{') return;
            var merged = JsonTree.Parse(MergePatch.Apply(Encoding.UTF8.GetBytes(document), Parse(patch)));
            JsonNode.DeepEquals(Apply(Pod.Definition, document, patch), merged).ShouldBeTrue();
        }).QuickCheckThrowOnFailure();

    private static JsonNode? Parse(string json) => JsonTree.Parse(Encoding.UTF8.GetBytes(json));

    private static JsonNode? Apply(KindDefinition kind, string document, string patch) =>
        StrategicMergePatch.Apply(Parse(document), Parse(patch), SchemaBuilder.Of(kind));
}
