using System.Collections.Frozen;

namespace Kip.ApiServer.Protobuf;

/// <summary>How a field of a Kubernetes message is written as JSON.</summary>
internal enum ProtobufType
{
    Text,
    Integer,
    Boolean,
    Message,

    /// <summary>Seconds since 1970 in a message of their own.</summary>
    Time,

    /// <summary>Entries of text and text.</summary>
    TextMap,

    /// <summary>Entries of text and bytes; base64 in JSON.</summary>
    BytesMap,
}

/// <summary>One field of a message.</summary>
internal sealed record ProtobufField(string Name, ProtobufType Type, bool Repeated = false, ProtobufMessage? Message = null);

/// <summary>The fields of a message by number, as Kubernetes' API definitions number them.</summary>
/// <remarks>
/// The kinds that kubectl and kn make themselves and then send as protobuf. A kind that is not here is refused; adding one is adding its
/// table, the field numbers being those of its <c>generated.proto</c>.
/// </remarks>
internal sealed class ProtobufMessage
{
    private readonly FrozenDictionary<int, ProtobufField> _fields;

    private ProtobufMessage(params (int Number, ProtobufField Field)[] fields) => _fields = fields.ToFrozenDictionary(static f => f.Number, static f => f.Field);

    private static readonly ProtobufMessage OwnerReference = new(
        (1, Text("kind")), (3, Text("name")), (4, Text("uid")), (5, Text("apiVersion")), (6, Flag("controller")), (7, Flag("blockOwnerDeletion")));

    private static readonly ProtobufMessage ObjectMeta = new(
        (1, Text("name")), (2, Text("generateName")), (3, Text("namespace")), (4, Text("selfLink")), (5, Text("uid")), (6, Text("resourceVersion")),
        (7, Number("generation")), (8, new("creationTimestamp", ProtobufType.Time)), (9, new("deletionTimestamp", ProtobufType.Time)),
        (10, Number("deletionGracePeriodSeconds")), (11, new("labels", ProtobufType.TextMap)), (12, new("annotations", ProtobufType.TextMap)),
        (13, Many("ownerReferences", OwnerReference)), (14, Texts("finalizers")));

    private static readonly ProtobufMessage Name = new((1, Text("name")));

    private static readonly ProtobufMessage ObjectReference = new(
        (1, Text("kind")), (2, Text("namespace")), (3, Text("name")), (4, Text("uid")), (5, Text("apiVersion")), (6, Text("resourceVersion")),
        (7, Text("fieldPath")));

    /// <summary>The kinds whose bodies are understood, by <c>apiVersion</c> and <c>kind</c>.</summary>
    public static readonly FrozenDictionary<(string ApiVersion, string Kind), ProtobufMessage> Known = new Dictionary<(string, string), ProtobufMessage>
    {
        [("v1", "Namespace")] = new((1, One("metadata", ObjectMeta)), (2, One("spec", new((1, Texts("finalizers"))))), (3, One("status", new((1, Text("phase")))))),
        [("v1", "ConfigMap")] = new(
            (1, One("metadata", ObjectMeta)), (2, new("data", ProtobufType.TextMap)), (3, new("binaryData", ProtobufType.BytesMap)), (4, Flag("immutable"))),
        [("v1", "Secret")] = new(
            (1, One("metadata", ObjectMeta)), (2, new("data", ProtobufType.BytesMap)), (3, Text("type")), (4, new("stringData", ProtobufType.TextMap)),
            (5, Flag("immutable"))),
        [("v1", "ServiceAccount")] = new(
            (1, One("metadata", ObjectMeta)), (2, Many("secrets", ObjectReference)), (3, Many("imagePullSecrets", Name)),
            (4, Flag("automountServiceAccountToken"))),
        [("autoscaling/v1", "Scale")] = new(
            (1, One("metadata", ObjectMeta)), (2, One("spec", new((1, Number("replicas"))))),
            (3, One("status", new((1, Number("replicas")), (2, Text("selector")))))),
    }.ToFrozenDictionary();

    /// <summary>The options of a deletion, which come under the version of what is deleted.</summary>
    public static readonly ProtobufMessage DeleteOptions = new(
        (1, Number("gracePeriodSeconds")), (2, One("preconditions", new((1, Text("uid")), (2, Text("resourceVersion"))))), (3, Flag("orphanDependents")),
        (4, Text("propagationPolicy")), (5, Texts("dryRun")));

    /// <summary>The field of a number; null for one that is not read.</summary>
    public ProtobufField? this[int number] => _fields.GetValueOrDefault(number);

    private static ProtobufField Text(string name) => new(name, ProtobufType.Text);

    private static ProtobufField Texts(string name) => new(name, ProtobufType.Text, Repeated: true);

    private static ProtobufField Number(string name) => new(name, ProtobufType.Integer);

    private static ProtobufField Flag(string name) => new(name, ProtobufType.Boolean);

    private static ProtobufField One(string name, ProtobufMessage message) => new(name, ProtobufType.Message, Message: message);

    private static ProtobufField Many(string name, ProtobufMessage message) => new(name, ProtobufType.Message, Repeated: true, message);
}
