namespace Kip.Images.Manifests;

/// <summary>A manifest, index or config that cannot be accepted; the message says what is wrong with it.</summary>
public sealed class ManifestException(string message, Exception? inner = null) : Exception(message, inner);
