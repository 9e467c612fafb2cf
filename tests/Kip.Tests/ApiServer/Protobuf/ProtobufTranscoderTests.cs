using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kip.ApiServer.Protobuf;
using Kip.ApiServer.Schema;
using Kip.Resources;
using Kip.Testing.Golden;
using Shouldly;

namespace Kip.Tests.ApiServer.Protobuf;

/// <summary>Bodies as kubectl 1.33 sent them, and what they stand for; and bodies that nobody sends.</summary>
public sealed class ProtobufTranscoderTests
{
    private static readonly Goldens Goldens = Goldens.Beside("Goldens");

    public static TheoryData<string> Recorded => [.. Goldens.Cases];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_recorded_body_is_the_object_that_kubectl_meant(string @case) =>
        Goldens.Check(
            @case, "object.json",
            Read(Body(@case))!.ToJsonString(new JsonSerializerOptions(JsonSerializerOptions.Web) { WriteIndented = true }) + "\n");

    [Fact]
    public void Every_message_that_a_field_names_is_there()
    {
        var seen = new HashSet<ProtobufMessage>();
        foreach (var (apiVersion, kind) in ProtobufMessages.Known.Kinds) Visit(ProtobufMessages.Known.Find(apiVersion, kind)!);
        seen.Count.ShouldBeGreaterThan(200);

        void Visit(ProtobufMessage message)
        {
            if (!seen.Add(message)) return;
            foreach (var field in message.Fields)
                if (field.MessageName is { } name) Visit(ProtobufMessages.Known[name]);
        }
    }

    [Fact]
    public void Every_field_of_Kubernetes_own_kinds_can_be_sent()
    {
        var missing = new List<string>();
        foreach (var kind in Kinds.All.Where(static k => k.StrategicMerge))
        {
            if (ProtobufMessages.Known.Find(kind.ApiVersion, kind.Kind) is { } message) Compare(SchemaBuilder.Of(kind), message, kind.Kind);
            else missing.Add(kind.ToString());
        }
        missing.ShouldBeEmpty();

        void Compare(SchemaNode schema, ProtobufMessage message, string path)
        {
            foreach (var field in schema.Fields)
            {
                // Conditions and the times of a start have fields of Knative's and Kip's own, which only their controllers write.
                if (field.Name is "conditions" or "kip.dev/startup") continue;
                // One record stands for the webhooks of both kinds; only those that change objects have this field.
                if (field.Name == "reinvocationPolicy" && path.StartsWith("Validating", StringComparison.Ordinal)) continue;
                // They come in the envelope.
                if (field.Name is "apiVersion" or "kind" && !path.Contains('.', StringComparison.Ordinal)) continue;
                if (Find(message, field.Name) is not { } found) missing.Add($"{path}.{field.Name}");
                else if (Leaf(field.Node) is { Type: SchemaType.Object } inner && found.MessageName is { } name)
                    Compare(inner, ProtobufMessages.Known[name], $"{path}.{field.Name}");
            }
        }
    }

    [Fact]
    public void Zeros_are_kept_where_they_say_something()
    {
        var deployment = Read(Envelope("apps/v1", "Deployment", static d => d.Message(2, static spec =>
        {
            spec.Number(1, 0);
            spec.Number(5, 0);
        })))!;

        deployment["spec"]!.ToJsonString().ShouldBe("""{"replicas":0}""");
    }

    [Fact]
    public void A_field_that_is_not_known_is_named_by_its_number_unless_it_is_empty()
    {
        var map = Read(Envelope("v1", "ConfigMap", static m =>
        {
            m.Text(77, "x");
            m.Number(78, 0);
        }))!;

        map.ToJsonString().ShouldBe("""{"apiVersion":"v1","kind":"ConfigMap","#77":null}""");
    }

    [Fact]
    public void A_schema_or_something_simpler_stands_where_CRDs_allow_both()
    {
        var schema = Read(Envelope(
            "apiextensions.k8s.io/v1", "CustomResourceDefinition", static crd => crd.Message(2, static spec => spec.Message(7, static version =>
            version.Message(4, static validation => validation.Message(1, static root =>
            {
                root.Message(24, static items => items.Message(1, static of => of.Text(5, "string")));
                root.Message(30, static additional => additional.Number(1, 1));
                root.Message(8, static value => value.Text(1, """{"a":[1]}"""));
                root.Message(33, static additional =>
                {
                    additional.Number(1, 1);
                    additional.Message(2, static of => of.Text(5, "integer"));
                });
            }))))))!["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

        schema.ToJsonString().ShouldBe("""{"default":{"a":[1]},"items":{"type":"string"},"additionalProperties":true,"additionalItems":{"type":"integer"}}""");
    }

    [Fact]
    public void Schemas_that_nest_without_end_are_refused()
    {
        var body = Envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition",
            static crd =>
                crd.Message(2, static spec => spec.Message(7, static version => version.Message(4, static v => v.Message(1, static root => Nest(root, 200))))));

        Should.Throw<FormatException>(() => Read(body)).Message.ShouldBe("its messages nest too deep");

        static void Nest(ProtobufWriter schema, int levels)
        {
            if (levels > 0) schema.Message(28, inner => Nest(inner, levels - 1));
        }
    }

    [Theory]
    [InlineData("0a0401ff", "it ends in the middle of a field")]
    [InlineData("0a", "it ends in the middle of a number")]
    [InlineData("0801", "the field metadata is not of its type")]
    [InlineData("0a030a01ff", "the field name holds bytes that are not UTF-8")]
    [InlineData("0b", "field 1 is of the unknown wire type 3")]
    [InlineData("00", "0 is not the number of a field")]
    [InlineData("0a0c420a08ffffffffffffffff7f", "9223372036854775807 seconds and 0 nanoseconds are no time")]
    public void Malformed_content_is_refused_with_its_reason(string hex, string why) =>
        Should.Throw<FormatException>(() => Read(Enveloped("v1", "ConfigMap", Convert.FromHexString(hex)))).Message.ShouldBe(why);

    [Fact]
    public void Whatever_is_changed_in_a_body_it_is_read_or_refused()
    {
        var bodies = Goldens.Cases.Select(Body).ToArray();
        var changed =
            from body in Gen.Elements(bodies)
            from at in Gen.Choose(0, body.Length - 1)
            from values in Gen.ArrayOf(Gen.Choose(0, 255).Select(static v => (byte)v))
            select (byte[])[.. body[..at], .. values, .. body[Math.Min(body.Length, at + values.Length)..]];
        Prop.ForAll(Arb.From(changed), body =>
        {
            try
            {
                Read(body);
            }
            catch (FormatException)
            {
                // The only way to refuse.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    private static ProtobufField? Find(ProtobufMessage message, string name)
    {
        foreach (var field in message.Fields)
        {
            if (field.Type == ProtobufType.Inline && Find(ProtobufMessages.Known[field.MessageName!], name) is { } inner) return inner;
            if (field.Name == name) return field;
        }
        return null;
    }

    private static SchemaNode Leaf(SchemaNode node)
    {
        while (node.Items is { } items) node = items;
        return node;
    }

    private static byte[] Body(string @case) => File.ReadAllBytes(Path.Combine(Goldens.Folder, @case, "body.pb"));

    private static JsonNode? Read(byte[] body) => ProtobufObject.Read(body, out _) is { } json ? JsonNode.Parse(json.Span) : null;

    private static byte[] Envelope(string apiVersion, string kind, Action<ProtobufWriter> write)
    {
        var content = new ProtobufWriter();
        write(content);
        return Enveloped(apiVersion, kind, content.ToArray());
    }

    private static byte[] Enveloped(string apiVersion, string kind, byte[] content)
    {
        var envelope = new ProtobufWriter();
        envelope.Message(1, type =>
        {
            type.Text(1, apiVersion);
            type.Text(2, kind);
        });
        byte[] head = [0x6b, 0x38, 0x73, 0, .. envelope.ToArray(), 0x12];
        var length = new List<byte>();
        for (var rest = content.Length; ; rest >>= 7)
        {
            length.Add((byte)(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest));
            if (rest <= 0x7f) break;
        }
        return [.. head, .. length, .. content];
    }
}
