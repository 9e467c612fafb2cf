namespace Kip.Resources.Duck;

/// <summary>As whom a thing sends events: its service accounts.</summary>
public sealed record AuthStatus
{
    public string? ServiceAccountName { get; init; }
    public ValueList<string> ServiceAccountNames { get; init; }
}

/// <summary>An EventPolicy that applies to a thing and is ready.</summary>
public sealed record AppliedEventPolicy
{
    public string? ApiVersion { get; init; }
    public string? Name { get; init; }
}
