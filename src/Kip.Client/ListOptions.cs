using Kip.Resources;

namespace Kip.Client;

/// <summary>Which objects of a kind to list or watch.</summary>
/// <remarks>Selectors are in the wire form: <c>app=web,tier in (a,b),!old</c> and <c>metadata.name=x</c>.</remarks>
public sealed record ListOptions
{
    public static readonly ListOptions All = new();

    /// <value>Null for all namespaces (the default).</value>
    public string? Namespace { get; init; }
    public string? LabelSelector { get; init; }
    public string? FieldSelector { get; init; }

    /// <summary>
    /// For a watch: only changes after this version; null or empty: begin with the current state as <c>ADDED</c>. For a list: a state not older
    /// than this version, see <see cref="ResourceVersionMatch"/>.
    /// </summary>
    public string? ResourceVersion { get; init; }

    /// <summary>For a list: how <see cref="ResourceVersion"/> is meant, one of <see cref="Client.ResourceVersionMatch"/>.</summary>
    /// <value>Null: not older than it, or exactly it when there is a <see cref="Limit"/>.</value>
    public string? ResourceVersionMatch { get; init; }

    /// <summary>For a list: at most so many, the rest under <see cref="Continue"/>. Null: no limit.</summary>
    public int? Limit { get; init; }
    public string? Continue { get; init; }

    /// <summary>For a watch: ask for <c>BOOKMARK</c> events, which carry only a version.</summary>
    public bool AllowBookmarks { get; init; }
}

/// <summary>A part or all of the objects of a kind, and the version at which they were read.</summary>
public sealed record ResourceList(IReadOnlyList<Resource> Items, string ResourceVersion, string? Continue = null, long? RemainingItemCount = null);

/// <summary>One step of a watch.</summary>
public sealed record WatchEvent(WatchEventType Type, Resource Object);

/// <summary>What happened to an object. A bookmark's object carries nothing but a version.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
}

/// <summary>A change to be merged into an object by the server.</summary>
/// <param name="ContentType">One of <see cref="PatchContentType"/>.</param>
/// <param name="Body">The patch as UTF-8 JSON.</param>
/// <param name="Subresource">Null, <c>status</c> or <c>scale</c>.</param>
public sealed record Patch(string ContentType, ReadOnlyMemory<byte> Body, string? Subresource = null);

/// <summary>The media types that tell the API server what kind of patch a body is.</summary>
public static class PatchContentType
{
    public const string Json = "application/json-patch+json";
    public const string Merge = "application/merge-patch+json";
    public const string StrategicMerge = "application/strategic-merge-patch+json";
    public const string Apply = "application/apply-patch+yaml";
}
