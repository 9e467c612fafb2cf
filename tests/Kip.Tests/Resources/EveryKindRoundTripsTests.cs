using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.Resources;

public class EveryKindRoundTripsTests
{
    public static TheoryData<string> KindNames => [.. Kinds.All.Select(static k => k.QualifiedPlural)];

    [Theory]
    [MemberData(nameof(KindNames))]
    public void An_object_of_each_kind_is_read_back_as_it_was_written(string plural)
    {
        var kind = Kinds.All.Single(k => k.QualifiedPlural == plural);
        var written = (Resource)Sample.Of(kind.ClrType)!;

        var read = kind.Read(kind.Write(written));

        read.ShouldBe(written);
    }

    [Fact]
    public void A_version_that_is_stored_as_another_is_read_back_as_it_was_written()
    {
        foreach (var version in Kinds.OtherVersions)
        {
            var written = version.Read("""
                {"metadata":{"name":"a"},"spec":{"type":"t","source":"s","schema":"x","description":"d","reference":{"name":"b"}},
                "regarding":{"name":"r"},"note":"n"}
                """u8);

            var stored = version.ReadToStore(version.Write(written));

            stored.GetDefinition().ShouldBe(version.Stored);
            version.Read(version.Write(stored)).ShouldBe(written);
        }
    }

    [Fact]
    public void A_default_is_left_out_and_an_absent_field_reads_as_the_default()
    {
        var pod = (Pod)Pod.Definition.Read("""{"metadata":{"name":"a"},"spec":{"containers":null}}"""u8);

        pod.Spec.Containers.IsEmpty.ShouldBeTrue();
        System.Text.Encoding.UTF8.GetString(Pod.Definition.Write(pod))
            .ShouldBe("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{},"status":{}}""");
    }
}
