using Kip.Images.References;
using Kip.Resources.Core;

namespace Kip.Images;

/// <summary>Brings images to this machine: finds, pulls, verifies and unpacks them.</summary>
public interface IImageSource
{
    /// <summary>Completes when the image is unpacked on this machine. The same image asked for at once by many is fetched once.</summary>
    /// <remarks>
    /// <paramref name="policy"/> is Kubernetes': <c>Always</c> asks the registry what a tag stands for now and fetches only what is missing;
    /// <c>IfNotPresent</c> takes what is here; <c>Never</c> asks nobody. A reference with a digest never asks again for what is here.
    /// What is returned stays on disk for at least <see cref="Storage.ImageRetention.Grace"/> after this call, and as long as a pod or
    /// Revision names it.
    /// </remarks>
    /// <param name="reference">As written in the pod.</param>
    /// <param name="policy"><c>Always</c>, <c>IfNotPresent</c>, <c>Never</c>; empty: <c>IfNotPresent</c>.</param>
    /// <param name="pullSecrets">The Secrets that <c>imagePullSecrets</c> name, of type <c>kubernetes.io/dockerconfigjson</c> or <c>dockercfg</c>.</param>
    /// <param name="progress">Told what is going on, at most a few times a second; null: nobody.</param>
    /// <param name="cancel">Gives up waiting. Work that others wait for too goes on.</param>
    /// <exception cref="ImageException">It cannot be had; <see cref="ImageException.Reason"/> says why, in Kubernetes' words.</exception>
    Task<UnpackedImage> EnsureAsync(
        string reference, string policy, IReadOnlyList<Secret> pullSecrets, IProgress<PullProgress>? progress, CancellationToken cancel);
}

/// <summary>How far a pull is.</summary>
/// <param name="Image">The image as it was asked for.</param>
/// <param name="Text">What is going on, e.g. <c>pulling 3 layers</c>.</param>
/// <param name="DoneBytes">Compressed bytes that are here.</param>
/// <param name="TotalBytes">Compressed bytes of the whole image; 0 while unknown.</param>
public sealed record PullProgress(string Image, string Text, long DoneBytes, long TotalBytes);

/// <summary>An image on this machine, ready to be mounted.</summary>
public sealed record UnpackedImage
{
    /// <summary>The image as it was asked for.</summary>
    public required ImageReference Reference { get; init; }

    /// <summary>The digest of its manifest, or of the index where that was named: what <c>imageID</c> and <c>repo@sha256:…</c> show.</summary>
    public required Digest Digest { get; init; }

    /// <summary><c>registry/repository@sha256:…</c>.</summary>
    public string Id => Reference.At(Digest).ToString();

    public required ImageConfig Config { get; init; }

    /// <summary>
    /// One directory for each layer, lowest first, ready for overlayfs' lowerdir (which wants the highest first). They are shared with other
    /// images and must not be changed. All lie side by side in one folder, so that a mount can name them relative to it.
    /// </summary>
    public required IReadOnlyList<string> LayerDirectories { get; init; }
}

/// <summary>What an image says about how it is run.</summary>
public sealed record ImageConfig
{
    public IReadOnlyList<string> Entrypoint { get; init; } = [];
    public IReadOnlyList<string> Cmd { get; init; } = [];

    /// <summary>Each <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary><c>user</c>, <c>uid</c>, <c>user:group</c> or <c>uid:gid</c>; empty: root.</summary>
    public string User { get; init; } = "";

    /// <summary>Empty: <c>/</c>.</summary>
    public string WorkingDir { get; init; } = "";

    /// <summary>Each <c>port</c> or <c>port/protocol</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>A name or number, e.g. <c>SIGQUIT</c>; empty: SIGTERM.</summary>
    public string StopSignal { get; init; } = "";

    /// <summary>Paths that the image declares as volumes.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];
}
