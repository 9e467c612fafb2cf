namespace Kip.Images.Layers;

/// <summary>A layer that is refused: malformed, larger than allowed, or trying to reach outside of itself.</summary>
public sealed class LayerException(string message, Exception? inner = null) : Exception(message, inner);
