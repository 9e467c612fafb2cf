namespace Kip.ApiServer.Protobuf;

/// <summary>The fields of a Kubernetes message, by the numbers that its API definition gives them.</summary>
internal sealed class ProtobufMessage
{
    // Numbers are small and mostly without gaps, so they are an index.
    private readonly ProtobufField?[] _byNumber;

    public ProtobufMessage(IReadOnlyCollection<ProtobufField> fields)
    {
        Fields = fields;
        _byNumber = new ProtobufField?[fields.Count == 0 ? 0 : fields.Max(static f => f.Number) + 1];
        foreach (var field in fields) _byNumber[field.Number] = field;
    }

    /// <summary>All fields.</summary>
    public IReadOnlyCollection<ProtobufField> Fields { get; }

    /// <summary>The field of a number; null for one that is not known.</summary>
    public ProtobufField? this[int number] => (uint)number < (uint)_byNumber.Length ? _byNumber[number] : null;
}
