namespace Kip.Client.Images;

/// <summary>Tells which content an image reference without a digest stands for now.</summary>
/// <remarks>The runtime answers for the bundles on this machine; a Revision asks once, when it is created, and keeps the answer.</remarks>
public interface IImageDigests
{
    /// <summary>The reference with its digest, e.g. <c>kip.local/hello@sha256:…</c>; null when nothing of that name is known.</summary>
    string? Find(string image);
}
