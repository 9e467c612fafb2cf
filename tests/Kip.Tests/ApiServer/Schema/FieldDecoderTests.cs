using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kip.ApiServer.Schema;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Tests.Resources;
using Shouldly;
using Pod = Kip.Resources.Core.Pod;
using Secret = Kip.Resources.Core.Secret;

namespace Kip.Tests.ApiServer.Schema;

public class FieldDecoderTests
{
    public static TheoryData<string> KindNames => [.. Kinds.All.Select(static k => k.QualifiedPlural)];

    [Theory]
    [MemberData(nameof(KindNames))]
    public void An_object_of_each_kind_passes_unchanged(string plural)
    {
        var kind = Kinds.All.Single(k => k.QualifiedPlural == plural);
        var written = (Resource)Sample.Of(kind.ClrType)!;
        var bytes = kind.Write(written);
        // Sample texts are no base64.
        if (plural is "secrets" or "configmaps")
            bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\"1\"", "\"YQ==\"").Replace("\"2\"", "\"Yg==\""));

        var decoded = Decode(kind, Encoding.UTF8.GetString(bytes));

        decoded.TypeError.ShouldBeNull();
        decoded.StrictErrors.ShouldBeEmpty();
        kind.Read(decoded.Json).ShouldBe(kind.Read(bytes));
    }

    [Fact]
    public void Unknown_fields_are_named_with_their_path_and_dropped()
    {
        var decoded = Decode(Deployment.Definition, """
            {"spec":{"replica":3,"template":{"spec":{"containers":[{"name":"a","imag":"x"}]}}},"extra":{}}
            """);

        decoded.StrictErrors.ShouldBe(
            ["unknown field \"spec.template.spec.containers[0].imag\"", "unknown field \"spec.replica\"", "unknown field \"extra\""], ignoreOrder: true);
        ((Deployment)Deployment.Definition.Read(decoded.Json)).Spec.Template.Spec.Containers[0].Name.ShouldBe("a");
    }

    [Fact]
    public void A_repeated_field_is_named_and_the_last_one_wins()
    {
        var decoded = Decode(Deployment.Definition, """{"spec":{"replicas":3,"replicas":4},"metadata":{"labels":{"a":"1","a":"2"}}}""");

        decoded.StrictErrors.ShouldBe(["duplicate field \"spec.replicas\"", "duplicate field \"metadata.labels.a\""], ignoreOrder: true);
        ((Deployment)Deployment.Definition.Read(decoded.Json)).Spec.Replicas.ShouldBe(4);
    }

    [Theory]
    [InlineData("""{"spec":{"replicas":"3"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":1.5}}""", "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData(
        """{"spec":{"replicas":9999999999}}""",
        "json: cannot unmarshal number 9999999999 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"paused":1}}""", "json: cannot unmarshal number into Go struct field DeploymentSpec.spec.paused of type bool")]
    [InlineData("""{"spec":[]}""", "json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    [InlineData(
        """{"spec":{"template":{"spec":{"containers":{}}}}}""",
        "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels.a of type string")]
    [InlineData("""{"metadata":{"name":true}}""", "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string")]
    [InlineData("""{"metadata":{"creationTimestamp":"yesterday"}}""", "parsing time \"yesterday\"")]
    [InlineData("""{"metadata":{"name":"\ud800"}}""", "surrogate")]
    [InlineData(
        """{"spec":{"template":{"spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":true}}}]}}}}""",
        "json: cannot unmarshal bool into Go struct field "
        + "ResourceRequirements.spec.template.spec.containers[0].resources.limits.cpu of type resource.Quantity")]
    [InlineData("""[]""", "json: cannot unmarshal array into Go value of type v1.Deployment")]
    public void A_value_of_the_wrong_type_is_described_as_Kubernetes_does(string body, string message) =>
        Decode(Deployment.Definition, body).TypeError.ShouldNotBeNull().ShouldStartWith(message.Contains("surrogate") ? "invalid character" : message);

    [Fact]
    public void A_quantity_may_be_a_bare_number()
    {
        var decoded = Decode(Pod.Definition, """
            {"spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":1,"memory":"64Mi"},"requests":{"cpu":0.5,"memory":1e6,"ephemeral-storage":null}}}]}}
            """);

        decoded.TypeError.ShouldBeNull();
        var resources = ((Pod)Pod.Definition.Read(decoded.Json)).Spec.Containers[0].Resources!;
        resources.Limits.ShouldBe(StringMap.Of(("cpu", "1"), ("memory", "64Mi")));
        resources.Requests.ShouldBe(StringMap.Of(("cpu", "0.5"), ("memory", "1e6"), ("ephemeral-storage", "0")));
    }

    [Fact]
    public void A_quantity_is_a_number_for_whoever_reads_without_a_schema() =>
        ((Pod)Pod.Definition.Read("""{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"resources":{"limits":{"cpu":2}}}]}}"""u8))
            .Spec.Containers[0].Resources!.Limits.ShouldBe(StringMap.Of(("cpu", "2")));

    [Fact]
    public void Secret_data_must_be_base64() =>
        Decode(Secret.Definition, """{"data":{"a":"%%%"}}""").TypeError.ShouldBe("illegal base64 data in field \"data.a\"");

    [Fact]
    public void A_null_is_the_empty_value_wherever_it_stands()
    {
        var decoded = Decode(Pod.Definition, """
            {"metadata":null,"spec":{"containers":[null,{"name":null,"ports":[null],"command":[null],"stdin":null}],"nodeSelector":{"a":null},"affinity":null},
             "status":{"conditions":[null,{"type":"Ready"}]}}
            """);

        decoded.TypeError.ShouldBeNull();
        var pod = (Pod)Pod.Definition.Read(decoded.Json);
        pod.Spec.Containers[1].Command.ShouldBe([""]);
        pod.Spec.NodeSelector["a"].ShouldBe("");
        pod.Status.Conditions.Select(static c => (c.Type, c.Status)).ShouldBe([("", ""), ("Ready", "")]);
    }

    [Fact]
    public void Whatever_JSON_comes_is_read_or_refused_but_never_fails()
    {
        var kinds = Kinds.All.ToArray();
        var json = JsonValues.Make();
        Prop.ForAll(json.ToArbitrary(), Gen.Choose(0, kinds.Length - 1).ToArbitrary(), (text, which) =>
        {
            var decoded = Decode(kinds[which], text);
            if (decoded.TypeError is null) kinds[which].Read(decoded.Json).ShouldNotBeNull();
        }).QuickCheckThrowOnFailure();
    }

    private static DecodedFields Decode(KindDefinition kind, string json)
    {
        using var document = JsonDocument.Parse(json);
        return FieldDecoder.Decode(document.RootElement, SchemaBuilder.Of(kind));
    }
}
