namespace Kip.Resources.Core;

/// <summary>Confidential data: values are base64 text. <see cref="StringData"/> is write-only and merged into <see cref="Data"/>.</summary>
public sealed record Secret : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "Secret", Plural = "secrets", Singular = "secret", Namespaced = true,
        StrategicMerge = true, ClrType = typeof(Secret),
    };

    public StringMap Data { get; init; }
    public StringMap StringData { get; init; }
    public string? Type { get; init; }
    public bool? Immutable { get; init; }

    public override KindDefinition GetDefinition() => Definition;

    // Secrets never reach a log line by accident.
    public override string ToString() => $"Secret {Key} ({Data.Count} keys)";
}
