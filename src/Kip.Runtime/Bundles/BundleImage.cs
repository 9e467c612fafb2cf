using System.Text.RegularExpressions;

namespace Kip.Runtime.Bundles;

/// <summary>A reference to a bundle: <c>kip.local/NAME@sha256:HEX</c>.</summary>
/// <param name="Name">What it was built from, for people.</param>
/// <param name="Hex">The digest of its content: 64 lower-case hexadecimal digits. It alone says what runs.</param>
public readonly partial record struct BundleImage(string Name, string Hex)
{
    /// <summary>The registry part that tells a bundle from an OCI image.</summary>
    public const string Registry = "kip.local/";

    public string Digest => $"sha256:{Hex}";

    /// <summary>Reads a reference. False when it is none: another registry, no digest, a malformed one.</summary>
    public static bool TryParse(string image, out BundleImage parsed)
    {
        var match = Form.Match(image);
        parsed = match.Success ? new(match.Groups["name"].Value, match.Groups["hex"].Value) : default;
        return match.Success;
    }

    public override string ToString() => $"{Registry}{Name}@{Digest}";

    [GeneratedRegex("^kip\\.local/(?<name>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)@sha256:(?<hex>[0-9a-f]{64})$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form { get; }
}
