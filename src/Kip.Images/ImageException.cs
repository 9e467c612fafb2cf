namespace Kip.Images;

/// <summary>Why an image cannot be had; the names are Kubernetes' reasons of a waiting container.</summary>
public enum ImageFailure
{
    /// <summary>The registry cannot be reached, does not have it, does not let us in, or sent something that is not the image.</summary>
    ErrImagePull,

    /// <summary>The pull policy is <c>Never</c> and the image is not here.</summary>
    ErrImageNeverPull,

    /// <summary>The reference cannot be read.</summary>
    InvalidImageName,

    /// <summary>The image is here but its content is refused or damaged.</summary>
    ImageInspectError,
}

/// <summary>An image cannot be had; the message is one sentence for whoever named it.</summary>
public sealed class ImageException(ImageFailure reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public ImageFailure Reason { get; } = reason;
}
