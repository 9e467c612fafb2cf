using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kip.ApiServer.Patches;
using Shouldly;

namespace Kip.Tests.ApiServer.Patches;

public class MergePatchTests
{
    [Theory]
    // The examples of RFC 7386, appendix A.
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", """null""", """null""")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""[1,2]""", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Patches_do_what_the_RFC_says(string document, string patch, string expected) =>
        JsonNode.DeepEquals(Apply(document, patch), JsonNode.Parse(expected)).ShouldBeTrue();

    [Fact]
    public void A_patch_applied_twice_changes_nothing_more() =>
        Prop.ForAll(JsonValues.Make().ToArbitrary(), JsonValues.Make().ToArbitrary(), static (document, patch) =>
        {
            var once = Apply(document, patch);
            var change = JsonTree.Parse(Encoding.UTF8.GetBytes(patch));
            return JsonNode.DeepEquals(MergePatch.Apply(once, change), once);
        }).QuickCheckThrowOnFailure();

    private static JsonNode? Apply(string document, string patch) =>
        MergePatch.Apply(JsonTree.Parse(Encoding.UTF8.GetBytes(document)), JsonTree.Parse(Encoding.UTF8.GetBytes(patch)));
}
