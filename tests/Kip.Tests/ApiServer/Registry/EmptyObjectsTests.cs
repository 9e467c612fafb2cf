using Kip.ApiServer.Registry;
using Kip.Resources;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

/// <summary>Objects with nothing in them.</summary>
public sealed class EmptyObjectsTests
{
    [Fact]
    public void An_empty_object_of_each_kind_is_what_is_read_from_nothing()
    {
        foreach (var kind in Kinds.All.Concat(Kinds.OtherVersions)) EmptyObjects.Of(kind).ShouldBe(kind.Read("{}"u8), kind.ToString());
    }
}
