namespace Kip.Images.Storage;

/// <summary>How long what nobody names is kept.</summary>
public static class ImageRetention
{
    /// <summary>Content younger than this may belong to a push or a start that is still under way.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);
}
