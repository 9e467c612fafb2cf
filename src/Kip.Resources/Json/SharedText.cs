namespace Kip.Resources;

/// <summary>Words that many objects have in common, each in memory once as far as it was met lately.</summary>
public static class SharedText
{
    private const int MaxLength = 128;

    private static readonly string?[] Recent = new string?[256];

    /// <summary>An equal text, the same instance for all who ask for it; of rare or long texts perhaps the very one that was given.</summary>
    public static string Of(string text)
    {
        if (text.Length > MaxLength) return text;
        ref var slot = ref Recent[(uint)text.GetHashCode(StringComparison.Ordinal) % (uint)Recent.Length];
        return slot is { } known && known == text ? known : slot = text;
    }
}
