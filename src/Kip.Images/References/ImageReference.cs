using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Kip.Images.References;

/// <summary>Which image is meant: <c>[registry/]repository[:tag][@digest]</c>, completed as Docker does.</summary>
/// <remarks><c>busybox</c> is <c>docker.io/library/busybox:latest</c>. Where both are written the digest decides and the tag is only a remark.</remarks>
/// <param name="Registry">Host and perhaps port, e.g. <c>docker.io</c>, <c>localhost:5000</c>.</param>
/// <param name="Repository">The path in the registry, e.g. <c>library/busybox</c>.</param>
/// <param name="Tag">Null when only a digest is written.</param>
/// <param name="Digest">Null when only a tag is written.</param>
public sealed partial record ImageReference(string Registry, string Repository, string? Tag, Digest? Digest)
{
    /// <summary>The registry of what names none.</summary>
    public const string DockerHub = "docker.io";

    /// <summary>The name of Kip's own registry in references; its address is another name for it.</summary>
    public const string OwnRegistry = "kip.local";
    private const string DefaultTag = "latest";
    private const int MaxRepositoryLength = 255;

    /// <summary>Registry and repository: what tags and credentials belong to.</summary>
    public string Name => $"{Registry}/{Repository}";

    /// <summary>Reads a reference as people write it. False when it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        var match = Form.Match(text);
        if (!match.Success) return false;
        var path = match.Groups["path"].Value;
        var (registry, repository) = Split(path);
        if (registry is "index.docker.io" or "registry-1.docker.io") registry = DockerHub;
        if (registry == DockerHub && !repository.Contains('/')) repository = "library/" + repository;
        if (!IsRepository(repository) || !Host.IsMatch(registry)) return false;
        Digest? digest = null;
        if (match.Groups["digest"] is { Success: true, Value: var written })
        {
            if (!References.Digest.TryParse(written, out var parsed)) return false;
            digest = parsed;
        }
        var tag = match.Groups["tag"] is { Success: true, Value: var name } ? name : null;
        reference = new(registry, repository, tag ?? (digest is null ? DefaultTag : null), digest);
        return true;
    }

    /// <summary>Reads a reference as people write it.</summary>
    /// <exception cref="ImageException">It is none: <c>InvalidImageName</c>.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text, out var reference)
            ? reference
            : throw new ImageException(
                ImageFailure.InvalidImageName, $"\"{text}\" is not an image reference; it looks like registry/name:tag or registry/name@sha256:…");

    /// <summary>Whether a text is a repository's path as the distribution specification has it.</summary>
    public static bool IsRepository(string text) => text.Length <= MaxRepositoryLength && Repositories.IsMatch(text);

    /// <summary>Whether a text can be a tag.</summary>
    public static bool IsTag(string text) => Tags.IsMatch(text);

    /// <summary>The same repository, by content alone.</summary>
    public ImageReference At(Digest digest) => this with { Tag = null, Digest = digest };

    /// <summary>Complete and unambiguous, e.g. <c>docker.io/library/busybox:latest</c>.</summary>
    public override string ToString() => $"{Name}{(Tag is null ? "" : ":" + Tag)}{(Digest is null ? "" : "@" + Digest)}";

    // As Docker decides it: the first part is a host when it has a dot or a port, or is localhost.
    private static (string Registry, string Repository) Split(string path)
    {
        var slash = path.IndexOf('/');
        if (slash < 0) return (DockerHub, path);
        var first = path[..slash];
        return first.AsSpan().ContainsAny('.', ':') || first == "localhost"
            ? (first, path[(slash + 1)..])
            : (DockerHub, path);
    }

    [GeneratedRegex(@"^(?<path>[^@\s]+?)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?<digest>[^@\s]+))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form { get; }

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z")]
    private static partial Regex Repositories { get; }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z")]
    private static partial Regex Tags { get; }

    [GeneratedRegex(@"^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\z")]
    private static partial Regex Host { get; }
}
