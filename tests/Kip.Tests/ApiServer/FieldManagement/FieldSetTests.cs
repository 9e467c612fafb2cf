using Kip.ApiServer.FieldManagement;
using Kip.Resources;
using Shouldly;

namespace Kip.Tests.ApiServer.FieldManagement;

public sealed class FieldSetTests
{
    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"f:spec":{"f:replicas":{}}}""")]
    [InlineData("""{"f:metadata":{"f:finalizers":{".":{},"v:\"a.example/b\"":{}},"f:labels":{".":{},"f:app":{}}}}""")]
    [InlineData("""{"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}""")]
    [InlineData("""{"f:items":{"i:0":{},"i:3":{"f:x":{}}}}""")]
    public void A_set_is_written_as_it_was_read(string json)
    {
        var read = Read(json);

        FieldSetJson.Write(read).ToString().ShouldBe(json);
    }

    [Fact]
    public void Keys_that_are_written_otherwise_are_the_same_keys()
    {
        var read = Read("""{"f:ports":{"k:{\"protocol\": \"TCP\", \"containerPort\":80}":{}}}""");

        FieldSetJson.Write(read).ToString().ShouldBe("""{"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{}}}""");
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""{"f:spec":1}""")]
    [InlineData("""{"k:{":{}}""")]
    [InlineData("""{"v:nothing":{}}""")]
    public void What_is_no_set_is_not_read(string json) => FieldSetJson.Read(FieldsV1.Of(System.Text.Encoding.UTF8.GetBytes(json))).ShouldBeNull();

    [Fact]
    public void Paths_read_as_conflicts_show_them()
    {
        var set = Read("""{"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{}}},"f:finalizers":{"v:\"x\"":{}}}}""");

        set.Paths().ShouldBe([".spec.containers[name=\"web\"]", ".spec.containers[name=\"web\"].image", ".spec.finalizers[=\"x\"]"]);
    }

    [Fact]
    public void A_path_stands_for_itself_and_not_for_what_is_below_it()
    {
        var parent = Read("""{"f:a":{}}""");
        var both = Read("""{"f:a":{".":{},"f:b":{}}}""");

        both.Except(parent).ShouldBe(Read("""{"f:a":{"f:b":{}}}"""));
        both.ExceptBelow(parent).ShouldBe(FieldSet.Empty);
        parent.Union(Read("""{"f:a":{"f:b":{}}}""")).ShouldBe(both);
        both.Intersect(parent).ShouldBe(parent);
    }

    [Fact]
    public void Sets_behave_as_sets_of_paths()
    {
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var (a, b) = (Any(random, 3), Any(random, 3));
            var (left, right) = (a.Paths().ToHashSet(), b.Paths().ToHashSet());

            a.Union(b).Paths().ShouldBe(left.Union(right), ignoreOrder: true);
            a.Intersect(b).Paths().ShouldBe(left.Intersect(right), ignoreOrder: true);
            a.Except(b).Paths().ShouldBe(left.Except(right), ignoreOrder: true);
            FieldSetJson.Read(FieldSetJson.Write(a)).ShouldBe(a);
        }
    }

    [Fact]
    public void Sets_of_one_shape_are_one_in_memory()
    {
        var first = FieldSetJson.Write(Read("""{"f:spec":{"f:shared":{}}}"""));

        FieldSetJson.Write(Read("""{"f:spec":{"f:shared":{}}}""")).ShouldBeSameAs(first);
    }

    private static FieldSet Any(Random random, int depth)
    {
        var nodes = new Dictionary<PathElement, FieldSetNode>();
        for (var i = random.Next(4); i > 0; i--)
        {
            var name = "abc"[random.Next(3)].ToString();
            var element = random.Next(3) switch
            {
                0 => PathElement.Field(name),
                1 => new PathElement(PathElementKind.Value, $"\"{name}\""),
                _ => new PathElement(PathElementKind.Key, $"{{\"name\":\"{name}\"}}"),
            };
            nodes[element] = new(element, random.Next(2) == 0, depth == 0 ? FieldSet.Empty : Any(random, depth - 1));
        }
        return FieldSet.Of([.. nodes.Values]);
    }

    private static FieldSet Read(string json) => FieldSetJson.Read(FieldsV1.Of(System.Text.Encoding.UTF8.GetBytes(json))).ShouldNotBeNull();
}
