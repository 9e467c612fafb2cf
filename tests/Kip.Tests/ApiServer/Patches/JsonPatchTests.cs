using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kip.ApiServer.Patches;
using Shouldly;

namespace Kip.Tests.ApiServer.Patches;

public class JsonPatchTests
{
    [Theory]
    // The examples of RFC 6902, appendix A.
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData(
        """{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""", """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""",
        """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData(
        """{"baz":"qux","foo":["a",2,"c"]}""", """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]""",
        """{"baz":"qux","foo":["a",2,"c"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    [InlineData("""{"foo":null}""", """[{"op":"test","path":"/foo","value":null},{"op":"replace","path":"/foo","value":1}]""", """{"foo":1}""")]
    [InlineData("""{"a":{"b":[1]}}""", """[{"op":"copy","from":"/a/b","path":"/c"},{"op":"add","path":"/c/0","value":0}]""", """{"a":{"b":[1]},"c":[0,1]}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    public void Operations_do_what_the_RFC_says(string document, string patch, string expected) =>
        JsonNode.DeepEquals(Apply(document, patch), JsonNode.Parse(expected)).ShouldBeTrue();

    [Theory]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/b"}]""", 422)]
    [InlineData("""[{"op":"replace","path":"/b","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/b/c","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/list/9","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/list/01","value":1}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/list/-"}]""", 422)]
    [InlineData("""[{"op":"move","from":"/o","path":"/o/x"}]""", 422)]
    [InlineData("""[{"op":"add","path":"/a"}]""", 400)]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", 400)]
    [InlineData("""[{"op":"jump","path":"/a"}]""", 400)]
    [InlineData("""[{"path":"/a"}]""", 400)]
    [InlineData("""[{"op":1,"path":"/a"}]""", 400)]
    [InlineData("""[1]""", 400)]
    [InlineData("""{}""", 400)]
    [InlineData("""null""", 400)]
    public void What_does_not_fit_is_422_and_what_is_malformed_is_400(string patch, int code) =>
        Should.Throw<PatchException>(() => Apply("""{"a":1,"list":[1],"o":{}}""", patch)).Code.ShouldBe(code);

    [Fact]
    public void A_small_patch_cannot_make_a_huge_document()
    {
        var doubling = string.Join(",", Enumerable.Range(0, 60).Select(static i => $$"""{"op":"copy","from":"","path":"/x{{i}}"}"""));

        Should.Throw<PatchException>(() => Apply("""{"a":"0123456789"}""", $"[{doubling}]")).Code.ShouldBe(413);
    }

    [Fact]
    public void Too_many_operations_are_413()
    {
        var many = string.Join(",", Enumerable.Repeat("""{"op":"test","path":"/a","value":1}""", JsonPatch.MaxOperations + 1));

        Should.Throw<PatchException>(() => Apply("""{"a":1}""", $"[{many}]")).Code.ShouldBe(413);
    }

    [Fact]
    public void Any_patch_of_any_document_applies_or_is_refused() =>
        Prop.ForAll(JsonValues.Make().ToArbitrary(), JsonValues.Make().ToArbitrary(), static (document, value) =>
        {
            foreach (var op in new[] { "add", "remove", "replace", "move", "copy", "test" })
            {
                try
                {
                    Apply(document, $$"""
                        [{"op":"{{op}}","path":"/metadata/labels","from":"/spec","value":{{value}}},
                        {"op":"{{op}}","path":"/spec/containers/0","from":"/metadata","value":1}]
                        """);
                }
                catch (PatchException refused)
                {
                    refused.Code.ShouldBeOneOf(400, 422);
                }
            }
        }).QuickCheckThrowOnFailure();

    private static JsonNode? Apply(string document, string patch) =>
        JsonPatch.Apply(JsonTree.Parse(Encoding.UTF8.GetBytes(document)), JsonTree.Parse(Encoding.UTF8.GetBytes(patch)));
}
