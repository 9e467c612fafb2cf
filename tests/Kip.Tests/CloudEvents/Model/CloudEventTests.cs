using Kip.CloudEvents;
using Shouldly;

namespace Kip.Tests.CloudEvents.Model;

public class CloudEventTests
{
    [Fact]
    public void Attributes_are_enumerated_with_their_types_and_found_by_name()
    {
        var cloudEvent = Samples.Builder().Set("subject", "s").Set("time", "2018-04-05T17:31:00Z").Set("dataschema", "urn:a")
            .Set("datacontenttype", "text/plain").Set("flag", CloudEventValue.Boolean(true)).Set("number", CloudEventValue.Integer(5)).Build();
        Samples.Describe(cloudEvent).Split('\n')[..^1].ShouldBe(
        [
            "datacontenttype:String=text/plain", "dataschema:Uri=urn:a", "flag:Boolean=true", "id:String=1", "number:Integer=5",
            "source:UriReference=/s", "specversion:String=1.0", "subject:String=s", "time:Timestamp=2018-04-05T17:31:00Z", "type:String=t",
        ]);
        foreach (var (name, value) in cloudEvent.Attributes)
        {
            cloudEvent.TryGetAttribute(name, out var found).ShouldBeTrue();
            found.ShouldBe(value);
        }
        cloudEvent.TryGetAttribute("missing", out _).ShouldBeFalse();
        cloudEvent.TryGetTime(out var time).ShouldBeTrue();
        time.ShouldBe(new DateTimeOffset(2018, 4, 5, 17, 31, 0, TimeSpan.Zero));
    }

    [Fact]
    public void An_extension_is_added_replaced_and_removed_without_touching_the_rest()
    {
        var one = Samples.Builder().Set("a", "1").Set("b", "2").SetData(CloudEventDataKind.Bytes, new byte[] { 1 }).Build();
        var two = one.WithExtension("b", CloudEventValue.Integer(3)).WithExtension("c", CloudEventValue.String("4"));
        var three = two.WithoutExtension("a").WithoutExtension("nothing");

        Samples.Describe(one).ShouldContain("b:String=2");
        three.Extensions.ToArray().ShouldBe([new("b", CloudEventValue.Integer(3)), new("c", CloudEventValue.String("4"))]);
        three.Data.Equals(one.Data).ShouldBeTrue();
        three.WithoutExtension("nothing").ShouldBeSameAs(three);
    }

    [Fact]
    public void A_detached_event_outlives_its_buffer()
    {
        var buffer = "data"u8.ToArray();
        var detached = Samples.Builder().SetData(CloudEventDataKind.Bytes, buffer).Build().Detach();
        Array.Clear(buffer);
        detached.Data.ToArray().ShouldBe("data"u8.ToArray());
    }

    [Fact]
    public void A_builder_can_be_used_again()
    {
        var builder = Samples.Builder().Set("Bad", "x");
        builder.TryBuild(out _, out _).ShouldBeFalse();
        builder.Error.ShouldBeNull();
        builder.Set("specversion", "1.0").Set("id", "2").Set("source", "/s").Set("type", "t").Build().Extensions.Length.ShouldBe(0);
    }
}
