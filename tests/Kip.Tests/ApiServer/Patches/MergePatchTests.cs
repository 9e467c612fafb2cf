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
            var once = MergePatch.Apply(Encoding.UTF8.GetBytes(document), Parse(patch));
            return JsonNode.DeepEquals(JsonTree.Parse(MergePatch.Apply(once, Parse(patch))), JsonTree.Parse(once));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_patch_does_not_name_keeps_its_text() =>
        Encoding.UTF8.GetString(MergePatch.Apply("""{"a":{"b":1.50,"c":"\u003cé"},"d":[{"e":null}]}"""u8.ToArray(), Parse("""{"a":{"f":true}}""")))
            .ShouldBe("""{"a":{"b":1.50,"c":"\u003cé","f":true},"d":[{"e":null}]}""");

    [Fact]
    public void A_large_patch_of_a_large_document_is_merged_in_one_pass()
    {
        var document = new JsonObject(Enumerable.Range(0, 50_000).Select(static i => KeyValuePair.Create<string, JsonNode?>($"old-{i}", i)));
        var patch = new JsonObject(Enumerable.Range(25_000, 50_000).Select(static i => KeyValuePair.Create<string, JsonNode?>($"old-{i}", -i)));
        var merged = (JsonObject)JsonTree.Parse(MergePatch.Apply(JsonTree.Write(document), patch))!;
        merged.Count.ShouldBe(75_000);
        ((int)merged["old-24999"]!).ShouldBe(24_999);
        ((int)merged["old-25000"]!).ShouldBe(-25_000);
    }

    private static JsonNode? Apply(string document, string patch) =>
        JsonTree.Parse(MergePatch.Apply(Encoding.UTF8.GetBytes(document), Parse(patch)));

    private static JsonNode? Parse(string json) => JsonTree.Parse(Encoding.UTF8.GetBytes(json));
}
