namespace Kip.Rules.Access;

/// <summary>What somebody asks to do: a verb on a resource, or on a path that is none.</summary>
/// <param name="Verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>, <c>deletecollection</c>…</param>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Resource">The plural; empty for a path.</param>
/// <param name="Subresource">Empty for the object itself.</param>
/// <param name="Namespace">Empty: the whole cluster.</param>
/// <param name="Name">Empty: no single object.</param>
/// <param name="Path">The path when no resource is asked for; else empty.</param>
public readonly record struct AccessRequest(
    string Verb, string Group, string Resource, string Subresource = "", string Namespace = "", string Name = "", string Path = "")
{
    /// <summary>A verb (a lower-case HTTP method) on a path.</summary>
    public static AccessRequest OfPath(string verb, string path) => new(verb, "", "", Path: path);

    /// <summary>Whether a resource is asked for, and not a path.</summary>
    public bool IsResource => Resource.Length > 0;

    /// <summary>The version that the request names; no rule looks at it.</summary>
    public string Version { get; init; } = "";
}
