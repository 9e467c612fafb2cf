using Kip.Images.References;

namespace Kip.Images.Storage;

/// <summary>How a tag came to this machine; it decides whether its registry is asked again.</summary>
public enum TagOrigin
{
    /// <summary>Pushed to Kip's own registry, which therefore knows best.</summary>
    Pushed,

    /// <summary>Pulled from its registry, which may have something newer.</summary>
    Pulled,

    /// <summary>Loaded from a file: whoever did so wants this one, whether or not its registry can be reached.</summary>
    Loaded,
}

/// <summary>What a tag stands for.</summary>
public sealed record TagEntry(string Name, Digest Digest, TagOrigin Origin, DateTimeOffset Set)
{
    internal static TagEntry? Parse(string name, string text, DateTime set)
    {
        var space = text.IndexOf(' ');
        return space > 0 && Digest.TryParse(text[..space], out var digest) && Enum.TryParse<TagOrigin>(text.AsSpan(space + 1), out var origin)
            ? new(name, digest, origin, set)
            : null;
    }
}
