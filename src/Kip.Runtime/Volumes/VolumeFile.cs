namespace Kip.Runtime.Volumes;

/// <summary>A file of a volume.</summary>
/// <param name="Path">Relative to the volume.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Mode">Its Unix mode.</param>
public sealed record VolumeFile(string Path, byte[] Content, int Mode);
