namespace Kip.Resources;

/// <summary>How an object is to be deleted: what happens to what it owns, how long it gets, and what must still be true.</summary>
public sealed record DeleteOptions
{
    public static readonly DeleteOptions Default = new();

    public string? ApiVersion { get; init; }
    public string? Kind { get; init; }

    /// <value><c>Background</c> (the default), <c>Foreground</c> or <c>Orphan</c>.</value>
    public string? PropagationPolicy { get; init; }
    public bool? OrphanDependents { get; init; }
    public long? GracePeriodSeconds { get; init; }
    public Preconditions? Preconditions { get; init; }
    public ValueList<string> DryRun { get; init; }
}

/// <summary>What must hold for a deletion to be carried out; otherwise it is a conflict.</summary>
public sealed record Preconditions
{
    public string? Uid { get; init; }
    public string? ResourceVersion { get; init; }
}

/// <summary>What a delete does with the objects that the deleted one owns.</summary>
public static class PropagationPolicy
{
    /// <summary>The owner goes at once, what it owned afterwards.</summary>
    public const string Background = "Background";

    /// <summary>What it owns goes first; until then the owner stays, marked as deleted.</summary>
    public const string Foreground = "Foreground";

    /// <summary>What it owned stays, without an owner.</summary>
    public const string Orphan = "Orphan";
}
