namespace Kip.Client;

/// <summary>How a list's <see cref="ListOptions.ResourceVersion"/> is meant.</summary>
public static class ResourceVersionMatch
{
    /// <summary>The state at exactly that version, while it is remembered.</summary>
    public const string Exact = "Exact";

    /// <summary>That state or a later one.</summary>
    public const string NotOlderThan = "NotOlderThan";
}
