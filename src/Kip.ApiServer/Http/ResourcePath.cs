namespace Kip.ApiServer.Http;

/// <summary>The parts of a path below a group and version: which resource, where, and which side of it.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">The version.</param>
/// <param name="Plural">The resource; empty for the group's version itself.</param>
/// <param name="Namespace">Null when the path names none.</param>
/// <param name="Name">Null for the collection.</param>
/// <param name="Subresource">Null for the object itself.</param>
public sealed record ResourcePath(string Group, string Version, string Plural, string? Namespace, string? Name, string? Subresource)
{
    /// <summary>Reads <c>/api/v1/…</c> and <c>/apis/GROUP/VERSION/…</c>. Null for a path that is neither or is longer than any resource's.</summary>
    public static ResourcePath? Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.None);
        // An empty first part comes from the leading slash; a trailing slash is forgiven; an empty part elsewhere names nothing.
        if (parts is not ["", ..]) return null;
        var rest = parts.AsSpan(1);
        if (rest is [.., ""]) rest = rest[..^1];
        foreach (var part in rest)
            if (part.Length == 0) return null;

        return rest switch
        {
            ["api", var version, .. var below] => Below("", version, below),
            ["apis", var group, var version, .. var below] => Below(group, version, below),
            _ => null,
        };
    }

    private static ResourcePath? Below(string group, string version, ReadOnlySpan<string> parts) => parts switch
    {
        [] => new(group, version, "", null, null, null),
        // A namespace is an object of the core group as well as a place, so its own subresources look like resources in it.
        ["namespaces", var name, "status" or "finalize"] when group.Length == 0 => new(group, version, "namespaces", null, name, parts[2]),
        ["namespaces", var space, var plural] => new(group, version, plural, space, null, null),
        ["namespaces", var space, var plural, var name] => new(group, version, plural, space, name, null),
        ["namespaces", var space, var plural, var name, var subresource] => new(group, version, plural, space, name, subresource),
        [var plural] => new(group, version, plural, null, null, null),
        [var plural, var name] => new(group, version, plural, null, name, null),
        [var plural, var name, var subresource] => new(group, version, plural, null, name, subresource),
        _ => null,
    };
}
